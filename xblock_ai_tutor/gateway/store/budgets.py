"""Budgets at rest: tokens are reserved before a model is called and settled after. Exact under concurrency.

A reservation is one conditional UPDATE, so two turns can never both take the last tokens; the row in `reservations`
says what to give back when a worker dies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Update, bindparam, delete, insert, select, text, update
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import Budget, Reservation, table_of


@dataclass(frozen=True, slots=True)
class Claim:
    """A budget that a turn draws on: whose (`scope`), which day or month (`period`), and its limit in tokens."""

    scope: str
    period: str
    limit: int


# The statements of every turn, built once: building one costs more than running it.
_budgets: Final = table_of(Budget)
_reservations: Final = table_of(Reservation)
# The same statement in SQLite and PostgreSQL; SQLAlchemy's ON CONFLICT is one function for each.
_BEGIN: Final = text("INSERT INTO budgets (scope, period, used, reserved) VALUES (:s, :p, 0, 0) ON CONFLICT DO NOTHING")
_THIS: Final = (_budgets.c.scope == bindparam("s"), _budgets.c.period == bindparam("p"))
_TAKE: Final = (
    update(_budgets)
    .where(*_THIS, _budgets.c.used + _budgets.c.reserved + bindparam("tokens") <= bindparam("most"))
    .values(reserved=_budgets.c.reserved + bindparam("tokens"))
)
_GIVE: Final = (
    update(_budgets)
    .where(*_THIS)
    .values(reserved=_budgets.c.reserved - bindparam("tokens"), used=_budgets.c.used + bindparam("spent"))
)
_LEFT: Final = select(_budgets.c.used + _budgets.c.reserved).where(*_THIS)
_HOLD: Final = insert(_reservations)
_DROP: Final = (
    delete(_reservations)
    .where(_reservations.c.turn == bindparam("t"))
    .returning(_reservations.c.scope, _reservations.c.period, _reservations.c.tokens)
)


def dao_reserve_tokens(
    session: Session, *, turn: str, claims: Sequence[Claim], tokens: int, expires_ms: int
) -> Claim | None:
    """Hold `tokens` in every claim. Returns the claim that lacks them (the caller then rolls back), or None."""
    for claim in claims:
        this = {"s": claim.scope, "p": claim.period}
        taking = {**this, "tokens": tokens, "most": claim.limit}
        if not _rows(session, _TAKE, taking):
            session.execute(_BEGIN, this)
            if not _rows(session, _TAKE, taking):
                return claim
    held = {"turn": turn, "tokens": tokens, "expires_ms": expires_ms}
    session.execute(_HOLD, [{**held, "scope": claim.scope, "period": claim.period} for claim in claims])
    return None


def dao_settle_tokens(session: Session, *, turn: str, used: int) -> bool:
    """Give back what `turn` holds and book what it used; False when it holds nothing (settled before)."""
    held = session.execute(_DROP, {"t": turn}).all()
    for scope, period, tokens in held:
        session.execute(_GIVE, {"s": scope, "p": period, "tokens": tokens, "spent": used})
    return bool(held)


def _rows(session: Session, statement: Update, values: Mapping[str, object]) -> int:
    """How many rows a statement changed."""
    return int(session.execute(statement, values).rowcount)  # type: ignore[attr-defined]


def dao_get_expired_reservations(session: Session, now_ms: int) -> Sequence[str]:
    """The turns that still hold tokens past their time."""
    return session.scalars(select(Reservation.turn).where(Reservation.expires_ms < now_ms).distinct()).all()


def dao_get_remaining_tokens(session: Session, claim: Claim) -> int:
    """Tokens of a claim that are neither used nor held."""
    gone = session.execute(_LEFT, {"s": claim.scope, "p": claim.period}).scalar()
    return max(0, claim.limit - (gone or 0))
