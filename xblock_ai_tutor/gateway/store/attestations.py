"""Residency attestations at rest: rows are added and read, never changed. And whose turn it is to check.

The one row of `residency_checks` is a lease: of several workers whose timers ring together, one takes it and looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import AttestationRow, ResidencyCheck

_ONLY: int = 1


def dao_add_attestation(session: Session, row: AttestationRow) -> int:
    """Add a row; its number."""
    session.add(row)
    session.flush()
    return row.id


def dao_get_attestation(session: Session, number: int) -> AttestationRow | None:
    return session.get(AttestationRow, number)


def dao_get_last_attestation(session: Session, subject: str, *, but: str = "") -> AttestationRow | None:
    """The newest row about `subject` whose outcome is not `but`. Numbers decide, not clocks."""
    return session.scalar(
        select(AttestationRow)
        .where(AttestationRow.subject == subject, AttestationRow.outcome != but)
        .order_by(AttestationRow.id.desc())
        .limit(1)
    )


def dao_get_attestations(session: Session, *, limit: int) -> Sequence[AttestationRow]:
    """The newest rows, newest first."""
    return session.scalars(select(AttestationRow).order_by(AttestationRow.id.desc()).limit(limit)).all()


def dao_iter_attestations(session: Session, *, after: int = 0) -> Iterator[AttestationRow]:
    """Every row whose number is above `after`, oldest first."""
    query = select(AttestationRow).where(AttestationRow.id > after).order_by(AttestationRow.id)
    yield from session.scalars(query.execution_options(yield_per=500))


def dao_take_check(session: Session, *, now_ms: int, lease_ms: int) -> bool:
    """Whether the caller may check now. A lease that ends later than any lease could was taken on another clock."""
    if session.get(ResidencyCheck, _ONLY) is None:
        session.add(ResidencyCheck(id=_ONLY, until_ms=0))
        session.flush()
    taken = session.execute(
        update(ResidencyCheck)
        .where(
            ResidencyCheck.id == _ONLY,
            (ResidencyCheck.until_ms <= now_ms) | (ResidencyCheck.until_ms > now_ms + lease_ms),
        )
        .values(until_ms=now_ms + lease_ms)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def dao_give_check_back(session: Session) -> None:
    """The look is over: whoever finds another due may take it."""
    session.execute(update(ResidencyCheck).where(ResidencyCheck.id == _ONLY).values(until_ms=0))
