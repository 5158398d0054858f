"""The ledger at rest: rows are added and read, never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import LedgerRow


def dao_add_ledger_row(session: Session, row: LedgerRow) -> None:
    """Book a turn. A turn is booked once: whoever settles first has the say."""
    if session.scalar(select(LedgerRow.cursor).where(LedgerRow.turn == row.turn)) is None:
        session.add(row)


def dao_get_ledger_after(session: Session, *, cursor: int, limit: int) -> Sequence[LedgerRow]:
    """Up to `limit` rows whose running number is above `cursor`, in order."""
    return session.scalars(
        select(LedgerRow).where(LedgerRow.cursor > cursor).order_by(LedgerRow.cursor).limit(limit)
    ).all()
