"""The ledger and the audit at rest: rows are added and read, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import AuditEntry, LedgerRow


def dao_add_ledger_row(session: Session, row: LedgerRow) -> None:
    """Book a turn. A turn is booked once: whoever settles first has the say."""
    if session.scalar(select(LedgerRow.cursor).where(LedgerRow.turn == row.turn)) is None:
        session.add(row)


def dao_get_ledger_after(session: Session, *, cursor: int, limit: int) -> Sequence[LedgerRow]:
    """Up to `limit` rows whose running number is above `cursor`, in order."""
    return session.scalars(
        select(LedgerRow).where(LedgerRow.cursor > cursor).order_by(LedgerRow.cursor).limit(limit)
    ).all()


def dao_add_audit(session: Session, *, at_ms: int, actor: str, action: str, detail: dict[str, Any]) -> None:
    """Record what was done. `detail` holds counts and settings, never words or pseudonyms."""
    session.add(AuditEntry(at_ms=at_ms, actor=actor, action=action, detail=detail))
