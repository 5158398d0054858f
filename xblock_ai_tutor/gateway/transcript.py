"""A learner's own conversation: read back with their own values restored, and erased for good. The API calls it."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from xblock_ai_tutor.gateway import messages
from xblock_ai_tutor.gateway.i18n import translator
from xblock_ai_tutor.gateway.lessons import read_lesson
from xblock_ai_tutor.gateway.residency.public import where
from xblock_ai_tutor.gateway.sandbox.html import answer_html
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders
from xblock_ai_tutor.gateway.services import Services
from xblock_ai_tutor.gateway.settlement import citations_of
from xblock_ai_tutor.gateway.store import conversations as stored
from xblock_ai_tutor.gateway.store.database import forget_write_ahead_log, transaction
from xblock_ai_tutor.gateway.store.ledger import dao_add_audit
from xblock_ai_tutor.gateway.store.lessons import dao_get_lesson
from xblock_ai_tutor.gateway.store.tables import Turn as StoredTurn
from xblock_ai_tutor.gateway.tickets import Ticket


def read_transcript(services: Services, ticket: Ticket) -> dict[str, Any]:
    """The conversation of the ticket's learner, oldest turn first, with how long it is kept and where words go."""
    with transaction() as session:
        row = stored.dao_get_conversation(session, conversation=ticket.conversation, learner=ticket.learner)
        kept = services.decrypt(row.placeholders_cipher) if row else ""
        turns = stored.dao_get_finished_turns(session, conversation=ticket.conversation, learner=ticket.learner)
        bodies = {turn.lesson: dao_get_lesson(session, turn.lesson) for turn in turns}
    links = {digest: read_lesson(body).links if body else () for digest, body in bodies.items()}
    placeholders = Placeholders.from_json(kept) if kept else Placeholders()
    say = translator(ticket.language)

    def shown(turn: StoredTurn) -> dict[str, Any]:
        question = placeholders.restore(services.decrypt(turn.question_cipher))
        answer = placeholders.restore(services.decrypt(turn.answer_cipher))
        return {
            "id": turn.id,
            "at": dt.datetime.fromtimestamp(turn.at_ms / 1000, dt.UTC).isoformat(timespec="seconds"),
            "step": turn.step,
            "question": question or say.gettext(messages.NOT_KEPT),
            "html": answer_html(answer, turn.citations, links[turn.lesson]) if answer else "",
            "status": turn.status,
            "notices": turn.notices,
            "citations": citations_of(turn.citations),
        }

    return {
        "turns": [shown(turn) for turn in turns],
        "retention_days": services.settings.retention_days,
        "where": where(services),
    }


def erase_transcript(ticket: Ticket) -> int:
    """Erase the conversation of the ticket's learner from the database and its files; how many turns there were."""
    with transaction() as session:
        turns = stored.dao_erase_conversation(session, conversation=ticket.conversation, learner=ticket.learner)
        dao_add_audit(
            session,
            at_ms=int(time.time() * 1000),
            actor="learner",
            action="conversation_erased",
            detail={"turns": turns},
        )
    forget_write_ahead_log()
    return turns
