"""Budgets at rest: tokens are reserved before a model is called and settled after. Exact under concurrency.

A reservation is one conditional UPDATE, so two turns can never both take the last tokens; the row in `reservations`
says what to give back when a worker dies. Budgets are always touched in the order of their scopes: two turns that
share two of them can never wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.database import dao_insert_once
from xblock_ai_tutor.gateway.store.tables import Budget, Reservation


@dataclass(frozen=True, slots=True)
class Claim:
    """A budget that a turn draws on: whose (`scope`), which day or month (`period`), and its limit in tokens."""

    scope: str
    period: str
    limit: int


@dataclass(frozen=True, slots=True)
class Hold:
    """What a turn holds, in tokens: the most that it can use, and what it probably uses (input, output)."""

    tokens: int = 0
    likely_in: int = 0
    likely_out: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """A budget after it was settled, in tokens."""

    scope: str
    period: str
    used: int
    limit: int


def dao_reserve_tokens(
    session: Session, *, turn: str, claims: Sequence[Claim], hold: Hold, expires_ms: int, worker: str = ""
) -> Claim | None:
    """Hold `hold.tokens` in every claim. Returns the claim that lacks them (the caller then rolls back), or None."""
    for claim in sorted(claims, key=lambda each: each.scope):
        dao_insert_once(session, Budget, scope=claim.scope, period=claim.period, used=0, reserved=0)
        taken = session.execute(
            update(Budget)
            .where(Budget.scope == claim.scope, Budget.period == claim.period)
            .where(Budget.used + Budget.reserved + hold.tokens <= claim.limit)
            .values(reserved=Budget.reserved + hold.tokens, limit_tokens=claim.limit)
        )
        if taken.rowcount == 0:  # type: ignore[attr-defined]
            return claim
        session.add(
            Reservation(
                turn=turn,
                scope=claim.scope,
                period=claim.period,
                tokens=hold.tokens,
                likely_in=hold.likely_in,
                likely_out=hold.likely_out,
                worker=worker,
                expires_ms=expires_ms,
            )
        )
        session.flush()
    return None


def dao_settle_tokens(session: Session, *, turn: str, used: int) -> Sequence[Balance]:
    """Give back what `turn` holds and book what it used; the budgets after it, none when it was settled before.

    Taking the reservations away comes first and is one statement: of two that settle the same turn, one finds them.
    """
    gone = session.execute(
        delete(Reservation)
        .where(Reservation.turn == turn)
        .returning(Reservation.scope, Reservation.period, Reservation.tokens)
    ).all()
    balances = []
    for scope, period, tokens in sorted(gone):
        after = session.execute(
            update(Budget)
            .where(Budget.scope == scope, Budget.period == period)
            .values(reserved=Budget.reserved - tokens, used=Budget.used + used)
            .returning(Budget.used, Budget.limit_tokens)
        ).one()
        balances.append(Balance(scope, period, *after))
    return balances


def dao_get_reservation(session: Session, turn: str) -> Reservation | None:
    """One of the reservations of `turn` (they hold the same), or None."""
    return session.scalars(select(Reservation).where(Reservation.turn == turn).limit(1)).one_or_none()


def dao_get_holders(session: Session, *, expired_ms: int, workers: Sequence[str]) -> Sequence[str]:
    """The turns that hold tokens past their time, or whose worker is one of `workers`."""
    lost = or_(Reservation.expires_ms < expired_ms, Reservation.worker.in_(workers))
    return session.scalars(select(Reservation.turn).where(lost).distinct()).all()


def dao_get_workers(session: Session) -> Sequence[str]:
    """The workers whose turns hold tokens now."""
    return session.scalars(select(Reservation.worker).distinct()).all()


def dao_mark_warned(session: Session, *, scope: str, period: str, percent: int) -> bool:
    """Note that the operator is told of `percent`; False when they were told of it, or of more, before."""
    noted = session.execute(
        update(Budget)
        .where(Budget.scope == scope, Budget.period == period, Budget.warned < percent)
        .values(warned=percent)
    )
    return bool(noted.rowcount)  # type: ignore[attr-defined]


def dao_get_remaining_tokens(session: Session, claim: Claim) -> int:
    """Tokens of a claim that are neither used nor held."""
    row = session.get(Budget, (claim.scope, claim.period))
    return max(0, claim.limit - (row.used + row.reserved if row else 0))


def dao_forget_learner_days(session: Session, before: str) -> None:
    """Drop what single learners used on days before `before` (`2026-07-03`): nothing needs it any more."""
    session.execute(delete(Budget).where(Budget.scope.startswith("learner:"), Budget.period < before))


def dao_get_budgets(session: Session, periods: Sequence[str]) -> Sequence[Budget]:
    """Every budget that was drawn on in one of `periods`, by scope."""
    return session.scalars(select(Budget).where(Budget.period.in_(periods)).order_by(Budget.scope)).all()
