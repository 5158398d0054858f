"""The ledger and the audit at rest: rows are added and read, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.database import dao_insert_once
from xblock_ai_tutor.gateway.store.tables import AuditEntry, LedgerRow

_NUMBERING_LOCK: Final = 0x7475746F72  # any number that this database's other users do not take ("tutor")


def dao_add_ledger_row(session: Session, row: LedgerRow) -> bool:
    """Book a turn. A turn is booked once: whoever settles first has the say. Whether it was this one.

    One transaction at a time numbers rows: were a lower number committed after a higher one was exported, the next
    export would pass it by. In SQLite there is only ever one that writes.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_NUMBERING_LOCK)))
    columns = [column.name for column in LedgerRow.__table__.columns if not column.primary_key]
    return dao_insert_once(session, LedgerRow, **{name: getattr(row, name) for name in columns})


def dao_get_ledger_after(session: Session, *, cursor: int, limit: int) -> Sequence[LedgerRow]:
    """Up to `limit` rows whose running number is above `cursor`, in order."""
    return session.scalars(
        select(LedgerRow).where(LedgerRow.cursor > cursor).order_by(LedgerRow.cursor).limit(limit)
    ).all()


def dao_add_audit(session: Session, *, at_ms: int, actor: str, action: str, detail: dict[str, Any]) -> None:
    """Record what was done. `detail` holds counts and settings, never words or pseudonyms."""
    session.add(AuditEntry(at_ms=at_ms, actor=actor, action=action, detail=detail))
