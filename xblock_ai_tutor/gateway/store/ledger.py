"""The ledger at rest: rows are added and read, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.direct import Statement, Work
from xblock_ai_tutor.gateway.store.tables import LedgerRow, table_of

_NUMBERING_LOCK: Final = 0x7475746F72  # any number that this database's other users do not take ("tutor")
_LOCK: Final = Statement(f"SELECT pg_advisory_xact_lock({_NUMBERING_LOCK})")
_COLUMNS: Final = tuple(column.key for column in table_of(LedgerRow).c if not column.primary_key)
_JSON: Final = ("redactions", "guard_actions")
_BOOK: Final = Statement(
    f"INSERT INTO ledger ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)}) "  # noqa: S608 - no value in it
    "ON CONFLICT DO NOTHING"
)


def dao_add_ledger_row(work: Work, row: Mapping[str, Any]) -> None:
    """Book a turn: `row` has a value for each column but the cursor. A turn is booked once: the first has the say.

    One transaction at a time numbers rows: were a lower number committed after a higher one was exported, the next
    export would pass it by. In SQLite there is only ever one that writes.
    """
    if work.dialect == "postgresql":
        work.run(_LOCK)
    work.run(_BOOK, {**row, **{name: msgspec.json.encode(row[name]).decode() for name in _JSON}})


def dao_get_ledger_after(session: Session, *, cursor: int, limit: int) -> Sequence[LedgerRow]:
    """Up to `limit` rows whose running number is above `cursor`, in order."""
    return session.scalars(
        select(LedgerRow).where(LedgerRow.cursor > cursor).order_by(LedgerRow.cursor).limit(limit)
    ).all()


def dao_count_turns_since(session: Session, since_ms: int) -> dict[str, int]:
    """How many turns ended since then, by status."""
    query = select(LedgerRow.status, func.count()).where(LedgerRow.at_ms >= since_ms).group_by(LedgerRow.status)
    return {row[0]: row[1] for row in session.execute(query)}
