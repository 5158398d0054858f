"""Budgets at rest: tokens are reserved before a model is called and settled after. Exact under concurrency.

A reservation is one conditional UPDATE, so two turns can never both take the last tokens; the row in `reservations`
says what to give back when a worker dies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import Budget, Reservation


@dataclass(frozen=True, slots=True)
class Claim:
    """A budget that a turn draws on: whose (`scope`), which day or month (`period`), and its limit in tokens."""

    scope: str
    period: str
    limit: int


def dao_reserve_tokens(
    session: Session, *, turn: str, claims: Sequence[Claim], tokens: int, expires_ms: int
) -> Claim | None:
    """Hold `tokens` in every claim. Returns the claim that lacks them (the caller then rolls back), or None."""
    for claim in claims:
        session.execute(
            # The same statement in SQLite and PostgreSQL; SQLAlchemy's ON CONFLICT is one function for each.
            text("INSERT INTO budgets (scope, period, used, reserved) VALUES (:s, :p, 0, 0) ON CONFLICT DO NOTHING"),
            {"s": claim.scope, "p": claim.period},
        )
        taken = session.execute(
            update(Budget)
            .where(Budget.scope == claim.scope, Budget.period == claim.period)
            .where(Budget.used + Budget.reserved + tokens <= claim.limit)
            .values(reserved=Budget.reserved + tokens)
        )
        if taken.rowcount == 0:  # type: ignore[attr-defined]
            return claim
        session.add(
            Reservation(turn=turn, scope=claim.scope, period=claim.period, tokens=tokens, expires_ms=expires_ms)
        )
        session.flush()
    return None


def dao_settle_tokens(session: Session, *, turn: str, used: int) -> bool:
    """Give back what `turn` holds and book what it used; False when it holds nothing (settled before)."""
    held = session.scalars(select(Reservation).where(Reservation.turn == turn)).all()
    for reservation in held:
        session.execute(
            update(Budget)
            .where(Budget.scope == reservation.scope, Budget.period == reservation.period)
            .values(reserved=Budget.reserved - reservation.tokens, used=Budget.used + used)
        )
    session.execute(delete(Reservation).where(Reservation.turn == turn))
    return bool(held)


def dao_get_expired_reservations(session: Session, now_ms: int) -> Sequence[str]:
    """The turns that still hold tokens past their time."""
    return session.scalars(select(Reservation.turn).where(Reservation.expires_ms < now_ms).distinct()).all()


def dao_get_remaining_tokens(session: Session, claim: Claim) -> int:
    """Tokens of a claim that are neither used nor held."""
    row = session.get(Budget, (claim.scope, claim.period))
    return max(0, claim.limit - (row.used + row.reserved if row else 0))
