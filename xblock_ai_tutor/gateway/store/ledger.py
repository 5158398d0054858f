"""The ledger at rest: rows are added and read, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import LedgerRow, table_of

_NUMBERING_LOCK: Final = 0x7475746F72  # any number that this database's other users do not take ("tutor")
_LOCK: Final = select(func.pg_advisory_xact_lock(_NUMBERING_LOCK))
_ledger: Final = table_of(LedgerRow)
_COLUMNS: Final = tuple(column.key for column in _ledger.c if not column.primary_key)
# Built once: building a statement costs more than running it. psycopg's count of rows is unknown, so they are returned.
_BOOK: Final[dict[str, Any]] = {
    "sqlite": sqlite.insert(_ledger).on_conflict_do_nothing().returning(literal(1)),
    "postgresql": postgresql.insert(_ledger).on_conflict_do_nothing().returning(literal(1)),
}


def dao_add_ledger_row(session: Session, row: LedgerRow) -> bool:
    """Book a turn. A turn is booked once: whoever settles first has the say. Whether it was this one.

    One transaction at a time numbers rows: were a lower number committed after a higher one was exported, the next
    export would pass it by. In SQLite there is only ever one that writes.
    """
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        session.execute(_LOCK)
    values = {name: getattr(row, name) for name in _COLUMNS}
    return session.execute(_BOOK[dialect], values).first() is not None


def dao_get_ledger_after(session: Session, *, cursor: int, limit: int) -> Sequence[LedgerRow]:
    """Up to `limit` rows whose running number is above `cursor`, in order."""
    return session.scalars(
        select(LedgerRow).where(LedgerRow.cursor > cursor).order_by(LedgerRow.cursor).limit(limit)
    ).all()


def dao_count_turns_since(session: Session, since_ms: int) -> dict[str, int]:
    """How many turns ended since then, by status."""
    query = select(LedgerRow.status, func.count()).where(LedgerRow.at_ms >= since_ms).group_by(LedgerRow.status)
    return {row[0]: row[1] for row in session.execute(query)}
