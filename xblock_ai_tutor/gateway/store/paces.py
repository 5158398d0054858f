"""Messages a minute at rest: a learner's latest times, so that the limit holds in any sixty seconds, on all workers."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.database import dao_insert_once
from xblock_ai_tutor.gateway.store.tables import Pace

MINUTE_MS: Final = 60_000


def dao_take_message(session: Session, *, learner: str, most: int, now_ms: int) -> int:
    """Count a message of the learner's; 0, or the milliseconds until they may send the next one (not counted then).

    The row is held until the transaction ends: two messages at once are counted one after the other.
    """
    dao_insert_once(session, Pace, learner=learner, recent=[], latest_ms=now_ms)
    row = session.get_one(Pace, learner, with_for_update=True)
    recent = [at for at in row.recent if at > now_ms - MINUTE_MS][-most:]
    if len(recent) >= most:
        return recent[0] + MINUTE_MS - now_ms
    row.recent, row.latest_ms = [*recent, now_ms], now_ms
    return 0


def dao_forget_paces(session: Session, now_ms: int) -> None:
    """Drop the times that no longer count."""
    session.execute(delete(Pace).where(Pace.latest_ms < now_ms - MINUTE_MS))
