"""The ledger at rest: rows are added and read, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import LedgerRow, table_of

_ledger: Final = table_of(LedgerRow)
_BOOKED: Final = select(_ledger.c.cursor).where(_ledger.c.turn == bindparam("turn"))
_BOOK: Final = insert(_ledger)
_COLUMNS: Final = tuple(column.key for column in _ledger.c if not column.primary_key)


def dao_add_ledger_row(session: Session, row: LedgerRow) -> None:
    """Book a turn. A turn is booked once: whoever settles first has the say."""
    if session.execute(_BOOKED, {"turn": row.turn}).scalar() is None:
        session.execute(_BOOK, {name: getattr(row, name) for name in _COLUMNS})


def dao_get_ledger_after(session: Session, *, cursor: int, limit: int) -> Sequence[LedgerRow]:
    """Up to `limit` rows whose running number is above `cursor`, in order."""
    return session.scalars(
        select(LedgerRow).where(LedgerRow.cursor > cursor).order_by(LedgerRow.cursor).limit(limit)
    ).all()
