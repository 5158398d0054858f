"""Messages a minute at rest: a learner's latest times, so that the limit holds in any sixty seconds, on all workers."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import delete
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.direct import Statement, Work
from xblock_ai_tutor.gateway.store.tables import Pace

MINUTE_MS: Final = 60_000

_READ: Final = Statement("SELECT CAST(recent AS TEXT) FROM paces WHERE learner = :learner")
# Written only over what was read. Whoever was first is waited for, and then this returns nothing.
_WRITE: Final = Statement(
    "INSERT INTO paces (learner, recent, latest_ms) VALUES (:learner, :recent, :now_ms) "
    "ON CONFLICT (learner) DO UPDATE SET recent = excluded.recent, latest_ms = excluded.latest_ms "
    "WHERE CAST(paces.recent AS TEXT) = :seen RETURNING latest_ms"
)


def dao_take_message(work: Work, *, learner: str, most: int, now_ms: int) -> int:
    """Count a message of the learner's; 0, or the milliseconds until they may send the next one (not counted then).

    The row is held until the transaction ends: two messages at once are counted one after the other.
    """
    while True:
        row = work.row(_READ, {"learner": learner})
        seen = row[0] if row else None
        times = msgspec.json.decode(seen, type=list[int]) if seen else []
        recent = [at for at in times if at > now_ms - MINUTE_MS][-most:]
        if len(recent) >= most:
            return recent[0] + MINUTE_MS - now_ms
        written = msgspec.json.encode([*recent, now_ms]).decode()
        if work.row(_WRITE, {"learner": learner, "recent": written, "now_ms": now_ms, "seen": seen}) is not None:
            return 0


def dao_forget_paces(session: Session, now_ms: int) -> None:
    """Drop the times that no longer count."""
    session.execute(delete(Pace).where(Pace.latest_ms < now_ms - MINUTE_MS))
