"""What a learner says of an answer: a thumb, or a report that a person looks at. Called by the API and `reports`.

Reporting an answer shows its turn, redacted as it is stored, to whoever works through the queue; the page says so.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from typing import Any, Final, Literal

from xblock_ai_tutor.gateway.failures import NotFoundError
from xblock_ai_tutor.gateway.i18n import marked
from xblock_ai_tutor.gateway.logs import log
from xblock_ai_tutor.gateway.services import Services
from xblock_ai_tutor.gateway.store import feedback as stored
from xblock_ai_tutor.gateway.store.audit import dao_add_audit
from xblock_ai_tutor.gateway.store.database import transaction
from xblock_ai_tutor.gateway.store.tables import Conversation, Report, Turn
from xblock_ai_tutor.gateway.tickets import Ticket

Thumb = Literal["up", "down", "none"]
Kind = Literal["wrong", "worrying"]
Outcome = Literal["upheld", "not_upheld"]
_THUMBS: Final = {"up": 1, "down": -1, "none": 0}

NO_SUCH_ANSWER: Final = marked("That answer is not in your conversation any more. Reload the page.")


def set_thumb(ticket: Ticket, *, turn: str, thumb: Thumb) -> None:
    """Keep the learner's thumb. Raises `NotFoundError` for an answer that is not theirs."""
    with transaction() as session:
        if stored.dao_get_own_turn(session, turn=turn, **_owner(ticket)) is None:
            raise NotFoundError(NO_SUCH_ANSWER, code="answer_unknown")
        stored.dao_set_thumb(session, turn=turn, thumb=_THUMBS[thumb], now_ms=_now_ms())


def report(ticket: Ticket, *, turn: str, kind: Kind) -> bool:
    """Put an answer into the queue; False when it was there. Raises `NotFoundError` for one that is not theirs."""
    with transaction() as session:
        if stored.dao_get_own_turn(session, turn=turn, **_owner(ticket)) is None:
            raise NotFoundError(NO_SUCH_ANSWER, code="answer_unknown")
        added = stored.dao_add_report(session, turn=turn, kind=kind, now_ms=_now_ms())
    if added:
        log("answer_reported", kind=kind)  # an operator may want to be told at once
    return added


def queue(services: Services, *, waiting_only: bool = True) -> list[dict[str, Any]]:
    """Reports, oldest first: `{"report", "kind", "at", "course", "lesson", "step", "outcome", "kept_until"}`."""
    with transaction() as session:
        rows: Sequence[tuple[Report, Turn, Conversation]] = stored.dao_get_reports(session, waiting_only=waiting_only)
    return [_listed(services, *row) for row in rows]


def reported(services: Services, number: int) -> dict[str, Any] | None:
    """One report with the question and the answer as they are stored (placeholders, no values), or None."""
    with transaction() as session:
        row = stored.dao_get_report(session, number)
    if row is None:
        return None
    _report, turn, _conversation = row
    return _listed(services, *row) | {
        "question": services.decrypt(turn.question_cipher),
        "answer": services.decrypt(turn.answer_cipher),
        "notices": [notice["message"] for notice in turn.notices],
    }


def close_report(number: int, *, outcome: Outcome) -> bool:
    """Note what a person decided, in the queue and in the audit; False when there is no such report."""
    with transaction() as session:
        closed = stored.dao_close_report(session, report=number, outcome=outcome, now_ms=_now_ms())
        if closed:
            detail = {"report": number, "outcome": outcome}
            dao_add_audit(session, at_ms=_now_ms(), actor="operator", action="report_closed", detail=detail)
    return closed


def _listed(services: Services, row: Report, turn: Turn, conversation: Conversation) -> dict[str, Any]:
    return {
        "report": row.id,
        "kind": row.kind,
        "at": _written(row.at_ms),
        "course": conversation.course,
        "lesson": turn.lesson,
        "step": turn.step,
        "outcome": row.outcome or "waiting",
        "kept_until": _written(turn.at_ms + services.settings.retention_days * 86_400_000),
    }


def _owner(ticket: Ticket) -> dict[str, str]:
    return {"conversation": ticket.conversation, "learner": ticket.learner}


def _written(at_ms: int) -> str:
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).isoformat(timespec="seconds")


def _now_ms() -> int:
    return int(time.time() * 1000)
