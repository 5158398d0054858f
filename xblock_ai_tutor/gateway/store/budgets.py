"""Budgets at rest: tokens are reserved before a model is called and settled after. Exact under concurrency.

A reservation is one conditional UPDATE, so two turns can never both take the last tokens; the row in `reservations`
says what to give back when a worker dies. Budgets are always touched in the order of their scopes: two turns that
share two of them can never wait for each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Update, bindparam, delete, insert, or_, select, text, update
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import Budget, Reservation, table_of


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


# The statements of every turn, built once: building one costs more than running it.
_budgets: Final = table_of(Budget)
_reservations: Final = table_of(Reservation)
# The same statement in SQLite and PostgreSQL; SQLAlchemy's ON CONFLICT is one function for each.
_BEGIN: Final = text(
    "INSERT INTO budgets (scope, period, used, reserved, limit_tokens, warned) VALUES (:s, :p, 0, 0, :most, 0) "
    "ON CONFLICT DO NOTHING"
)
_THIS: Final = (_budgets.c.scope == bindparam("s"), _budgets.c.period == bindparam("p"))
_TAKE: Final = (
    update(_budgets)
    .where(*_THIS, _budgets.c.used + _budgets.c.reserved + bindparam("tokens") <= bindparam("most"))
    .values(reserved=_budgets.c.reserved + bindparam("tokens"), limit_tokens=bindparam("most"))
)
_GIVE: Final = (
    update(_budgets)
    .where(*_THIS)
    .values(reserved=_budgets.c.reserved - bindparam("tokens"), used=_budgets.c.used + bindparam("spent"))
    .returning(_budgets.c.used, _budgets.c.limit_tokens)
)
_LEFT: Final = select(_budgets.c.used + _budgets.c.reserved).where(*_THIS)
_HOLD: Final = insert(_reservations)
_DROP: Final = (
    delete(_reservations)
    .where(_reservations.c.turn == bindparam("t"))
    .returning(_reservations.c.scope, _reservations.c.period, _reservations.c.tokens)
)


def dao_reserve_tokens(
    session: Session, *, turn: str, claims: Sequence[Claim], hold: Hold, expires_ms: int, worker: str = ""
) -> Claim | None:
    """Hold `hold.tokens` in every claim. Returns the claim that lacks them (the caller then rolls back), or None."""
    ordered = sorted(claims, key=lambda each: each.scope)
    for claim in ordered:
        taking = {"s": claim.scope, "p": claim.period, "tokens": hold.tokens, "most": claim.limit}
        if not _rows(session, _TAKE, taking):
            session.execute(_BEGIN, {"s": claim.scope, "p": claim.period, "most": claim.limit})
            if not _rows(session, _TAKE, taking):
                return claim
    held = {
        "turn": turn,
        "tokens": hold.tokens,
        "likely_in": hold.likely_in,
        "likely_out": hold.likely_out,
        "worker": worker,
        "expires_ms": expires_ms,
    }
    if ordered:
        session.execute(_HOLD, [{**held, "scope": claim.scope, "period": claim.period} for claim in ordered])
    return None


def dao_settle_tokens(session: Session, *, turn: str, used: int) -> Sequence[Balance]:
    """Give back what `turn` holds and book what it used; the budgets after it, none when it was settled before.

    Taking the reservations away comes first and is one statement: of two that settle the same turn, one finds them.
    """
    balances = []
    for scope, period, tokens in sorted(session.execute(_DROP, {"t": turn}).all()):
        giving = {"s": scope, "p": period, "tokens": tokens, "spent": used}
        balances.append(Balance(scope, period, *session.execute(_GIVE, giving).one()))
    return balances


def _rows(session: Session, statement: Update, values: Mapping[str, object]) -> int:
    """How many rows a statement changed."""
    return int(session.execute(statement, values).rowcount)  # type: ignore[attr-defined]


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
    gone = session.execute(_LEFT, {"s": claim.scope, "p": claim.period}).scalar()
    return max(0, claim.limit - (gone or 0))


def dao_forget_learner_days(session: Session, before: str) -> None:
    """Drop what single learners used on days before `before` (`2026-07-03`): nothing needs it any more."""
    session.execute(delete(Budget).where(Budget.scope.startswith("learner:"), Budget.period < before))


def dao_get_budgets(session: Session, periods: Sequence[str]) -> Sequence[Budget]:
    """Every budget that was drawn on in one of `periods`, by scope."""
    return session.scalars(select(Budget).where(Budget.period.in_(periods)).order_by(Budget.scope)).all()
