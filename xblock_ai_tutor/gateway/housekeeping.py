"""What must happen without anyone asking: budgets of dead workers given back, transcripts past retention erased.

`serve`'s workers run it on a timer; `tutor-gateway transcripts sweep` runs it now. Both are the same functions.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.budget import cost_microusd
from xblock_ai_tutor.gateway.budget_watch import warn_of_use
from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.services import Services
from xblock_ai_tutor.gateway.store import conversations as stored
from xblock_ai_tutor.gateway.store.audit import dao_add_audit
from xblock_ai_tutor.gateway.store.budgets import (
    dao_forget_learner_days,
    dao_get_holders,
    dao_get_reservation,
    dao_get_workers,
    dao_settle_tokens,
)
from xblock_ai_tutor.gateway.store.database import forget_write_ahead_log, reading, transaction
from xblock_ai_tutor.gateway.store.direct import within
from xblock_ai_tutor.gateway.store.ledger import dao_add_ledger_row
from xblock_ai_tutor.gateway.store.paces import dao_forget_paces
from xblock_ai_tutor.gateway.store.tokens import dao_forget_tokens
from xblock_ai_tutor.gateway.workers import dead

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
    """End turns whose worker died and give back what they hold; how many there were.

    A turn is stranded when its worker is surely dead (`workers`), or when no turn lasts that long. It is booked at what
    it probably used: the model was asked within milliseconds of the reservation, and is paid for what it was asked.
    """
    before_ms = now_ms - stranded_after_ms(services.settings)
    with reading() as session:
        gone = dead(dao_get_workers(session))
        holders = dao_get_holders(session, expired_ms=now_ms, workers=gone)
        stranded = {*holders, *(turn.id for turn in stored.dao_get_running_turns_before(session, before_ms))}
    # One transaction for each: a crowd of them would hold many learners' budgets at once.
    return sum(_release(services, turn, now_ms) for turn in sorted(stranded))


def _release(services: Services, turn_id: str, now_ms: int) -> bool:
    """End one stranded turn; False when it ended meanwhile."""
    with transaction() as session:
        work = within(session)
        held = dao_get_reservation(session, turn_id)
        turn = stored.dao_get_turn(session, turn_id)
        running = turn is not None and turn.status == stored.RUNNING
        if held is None and not running:
            return False
        tokens_in, tokens_out = (held.likely_in, held.likely_out) if held else (0, 0)
        balances = dao_settle_tokens(work, turn=turn_id, used=tokens_in + tokens_out)
        if held is not None and not balances:
            return False  # settled while we looked
        conversation = stored.dao_lock_conversation(session, turn.conversation) if turn else None
        if turn is not None and running:
            turn.status, turn.reason = "incomplete", "stranded"
            session.flush()
        booked = {
            "turn": turn_id,
            "at_ms": now_ms,
            "learner": conversation.learner if conversation else "",
            "course": conversation.course if conversation else "",
            "lesson": turn.lesson if turn else "",
            "lesson_id": "",
            "step": turn.step if turn else "",
            "status": "incomplete",
            "reason": "stranded",
            "redactions": {},
            "guard_actions": {},
            "citations": 0,
            "tokens_in": tokens_in,
            "tokens_out": tokens_out,
            "cost_microusd": cost_microusd(services.settings, tokens_in=tokens_in, tokens_out=tokens_out),
            "first_text_ms": None,
            "total_ms": now_ms - turn.at_ms if turn else 0,
            "model": services.model.name if held else "",
        }
        dao_add_ledger_row(work, booked)
    warn_of_use(balances)
    return True


def forget_what_expired(services: Services, now_ms: int) -> None:
    """Drop tokens that expired, the times of past messages, and single learners' days past retention."""
    oldest = dt.datetime.fromtimestamp((now_ms - services.settings.retention_days * _DAY_MS) / 1000, dt.UTC)
    with transaction() as session:
        dao_forget_tokens(session, now_ms)
        dao_forget_paces(session, now_ms)
        dao_forget_learner_days(session, oldest.strftime("%Y-%m-%d"))


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
