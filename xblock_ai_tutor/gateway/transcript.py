"""A learner's own conversation: read back with their own values restored, and erased for good. The API calls it."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from xblock_ai_tutor.gateway import messages
from xblock_ai_tutor.gateway.allowance import read_allowance
from xblock_ai_tutor.gateway.budget import claims_on
from xblock_ai_tutor.gateway.i18n import translator
from xblock_ai_tutor.gateway.lessons import read_lesson
from xblock_ai_tutor.gateway.residency.public import where
from xblock_ai_tutor.gateway.restoring import placeholders_of, restored
from xblock_ai_tutor.gateway.sandbox.html import answer_html
from xblock_ai_tutor.gateway.services import Services
from xblock_ai_tutor.gateway.settlement import citations_of
from xblock_ai_tutor.gateway.store import conversations as stored
from xblock_ai_tutor.gateway.store.audit import dao_add_audit
from xblock_ai_tutor.gateway.store.database import forget_write_ahead_log, reading, transaction
from xblock_ai_tutor.gateway.store.direct import within
from xblock_ai_tutor.gateway.store.feedback import dao_get_opinions
from xblock_ai_tutor.gateway.store.lessons import dao_get_lesson
from xblock_ai_tutor.gateway.store.tables import Turn as StoredTurn
from xblock_ai_tutor.gateway.store.tokens import dao_revoke_tickets
from xblock_ai_tutor.gateway.ticket_checks import is_revoked
from xblock_ai_tutor.gateway.tickets import LEEWAY_MS, TICKET_SECONDS, Ticket


def read_transcript(services: Services, ticket: Ticket) -> dict[str, Any]:
    """The conversation of the ticket's learner, oldest turn first, with how long it is kept and where words go.

    A ticket from before an erasure reads nothing, not even what was asked since.
    """
    with transaction() as session:
        row = stored.dao_get_conversation(session, conversation=ticket.conversation, learner=ticket.learner)
        kept = row.placeholders_cipher if row else None
        turns = stored.dao_get_finished_turns(session, conversation=ticket.conversation, learner=ticket.learner)
        thumbs, reports = dao_get_opinions(session, ticket.conversation)
        if is_revoked(session, ticket):
            kept, turns, thumbs, reports = None, (), {}, {}
        bodies = {turn.lesson: dao_get_lesson(within(session), turn.lesson) for turn in turns}
    links = {digest: read_lesson(body).links if body else () for digest, body in bodies.items()}
    placeholders = placeholders_of(services, kept)
    say = translator(ticket.language)
    now = dt.datetime.now(dt.UTC)
    with reading() as session:
        left = read_allowance(within(session), claims_on(services.settings, ticket, now))

    def shown(turn: StoredTurn) -> dict[str, Any]:
        words = restored(services, turn, placeholders)
        return {
            "id": turn.id,
            "at": words.at,
            "step": turn.step,
            "question": words.question or say.gettext(messages.NOT_KEPT),
            "html": answer_html(words.answer, turn.citations, links[turn.lesson]) if words.answer else "",
            "status": turn.status,
            "notices": turn.notices,
            "citations": citations_of(turn.citations),
            "thumb": {1: "up", -1: "down"}.get(thumbs.get(turn.id, 0), "none"),
            "reported": reports.get(turn.id),
        }

    return {
        "turns": [shown(turn) for turn in turns],
        "allowance": left.to_json(ticket.language) if left else None,
        "retention_days": services.settings.retention_days,
        "where": where(services),
    }


def erase_transcript(ticket: Ticket) -> int:
    """Erase the conversation of the ticket's learner from the database and its files; how many turns there were.

    Every ticket of the conversation that was issued until now is void from here on.
    """
    now_ms = int(time.time() * 1000)
    with transaction() as session:
        if is_revoked(session, ticket):
            return 0  # what it was for is gone, and what came after is not its own
        dao_revoke_tickets(
            session,
            conversation=ticket.conversation,
            before_ms=now_ms,
            expires_ms=now_ms + TICKET_SECONDS * 1000 + LEEWAY_MS,
        )
        turns = stored.dao_erase_conversation(session, conversation=ticket.conversation, learner=ticket.learner)
        dao_add_audit(
            session,
            at_ms=now_ms,
            actor="learner",
            action="conversation_erased",
            detail={"turns": turns},
        )
    forget_write_ahead_log()
    return turns
