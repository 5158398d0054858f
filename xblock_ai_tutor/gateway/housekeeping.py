"""What must happen without anyone asking: budgets of dead workers given back, transcripts past retention erased.

`serve`'s workers run it on a timer; `tutor-gateway transcripts sweep` runs it now. Both are the same functions.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.services import Services
from xblock_ai_tutor.gateway.store import conversations as stored
from xblock_ai_tutor.gateway.store.audit import dao_add_audit
from xblock_ai_tutor.gateway.store.budgets import dao_get_expired_reservations, dao_settle_tokens
from xblock_ai_tutor.gateway.store.database import forget_write_ahead_log, transaction
from xblock_ai_tutor.gateway.store.ledger import dao_add_ledger_row
from xblock_ai_tutor.gateway.store.tables import LedgerRow

_DAY_MS: Final = 24 * 60 * 60 * 1000
_MARGIN_MS: Final = 30_000


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep erased, and what is left.

    `before` is the moment (ISO 8601, UTC) before which nothing may be left; `overdue` counts what still is, looked for
    again after the erasure: turns that are running, and nothing else. `log_emptied`: SQLite's write-ahead log, in which
    erased text can be read, is empty.
    """

    turns: int
    conversations: int
    turns_left: int
    conversations_left: int
    before: str
    overdue: int
    log_emptied: bool


def stranded_after_ms(settings: Settings) -> int:
    """After how long a turn that has not ended cannot be running any more."""
    return int(settings.turn_seconds * 1000) + _MARGIN_MS


def release_stranded(services: Services, now_ms: int) -> int:
    """End turns whose worker died and give back what they hold; how many there were."""
    before_ms = now_ms - stranded_after_ms(services.settings)
    with transaction() as session:
        stranded = stored.dao_get_running_turns_before(session, before_ms)
        for turn in stranded:
            conversation = stored.dao_lock_conversation(session, turn.conversation)
            turn.status, turn.reason = "incomplete", "stranded"
            dao_add_ledger_row(
                session,
                LedgerRow(
                    turn=turn.id,
                    at_ms=now_ms,
                    learner=conversation.learner if conversation else "",
                    course=conversation.course if conversation else "",
                    lesson=turn.lesson,
                    lesson_id="",
                    step=turn.step,
                    status="incomplete",
                    reason="stranded",
                    redactions={},
                    guard_actions={},
                    citations=0,
                    tokens_in=0,
                    tokens_out=0,
                    cost_microusd=0,
                    first_text_ms=None,
                    total_ms=now_ms - turn.at_ms,
                    model="",
                ),
            )
        for holder in dao_get_expired_reservations(session, now_ms):
            dao_settle_tokens(session, turn=holder, used=0)
    return len(stranded)


def sweep_transcripts(services: Services, *, actor: str, now_ms: int | None = None) -> Swept:
    """Erase transcripts past retention, prove what is left, and record that it was done."""
    now_ms = int(time.time() * 1000) if now_ms is None else now_ms
    before_ms = now_ms - services.settings.retention_days * _DAY_MS
    with transaction() as session:
        turns, conversations = stored.dao_erase_turns_before(session, before_ms)
        if turns or conversations or actor != "housekeeping":
            detail = {
                "turns": turns,
                "conversations": conversations,
                "retention_days": services.settings.retention_days,
            }
            dao_add_audit(session, at_ms=now_ms, actor=actor, action="transcripts_swept", detail=detail)
    emptied = forget_write_ahead_log() if turns or conversations or actor != "housekeeping" else True
    with transaction() as session:  # what is there now, not what was meant to be
        left = stored.dao_count_transcripts(session)
        overdue = stored.dao_count_turns_before(session, before_ms)
    before = dt.datetime.fromtimestamp(before_ms / 1000, dt.UTC).isoformat(timespec="seconds")
    return Swept(turns, conversations, *left, before=before, overdue=overdue, log_emptied=emptied)
