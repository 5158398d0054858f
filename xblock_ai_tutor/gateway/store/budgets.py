"""Budgets at rest: tokens are reserved before a model is called and settled after. Exact under concurrency.

A reservation is one conditional statement, so two turns can never both take the last tokens; the row in `reservations`
says what to give back when a worker dies. Budgets are always touched in the order of their scopes, in which a
statement's VALUES are worked through: two turns that share two of them can never wait for each other.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.direct import Statement, Work
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
    """A budget as it stands, in tokens. `warned`: the highest percentage that the operator was told of."""

    scope: str
    period: str
    used: int
    reserved: int
    limit: int
    warned: int


_COLUMNS: Final = "scope, period, used, reserved, limit_tokens, warned"
_GIVE_BACK: Final = Statement(
    "UPDATE budgets SET reserved = reserved - :tokens WHERE scope = :scope AND period = :period"
)
_DROP: Final = Statement("DELETE FROM reservations WHERE turn = :turn RETURNING scope, period, tokens")


@functools.cache
def _take(budgets: int) -> Statement:
    """Hold `:tokens` in so many budgets; the scopes of those that had them. One that is new is begun."""
    rows = ", ".join(f"(:scope{n}, :period{n}, 0, :tokens, :limit{n}, 0)" for n in range(budgets))
    return Statement(
        f"INSERT INTO budgets ({_COLUMNS}) VALUES {rows} "  # noqa: S608 - no value in it
        "ON CONFLICT (scope, period) DO UPDATE "
        "SET reserved = budgets.reserved + excluded.reserved, limit_tokens = excluded.limit_tokens "
        "WHERE budgets.used + budgets.reserved + excluded.reserved <= excluded.limit_tokens RETURNING scope"
    )


@functools.cache
def _hold(budgets: int) -> Statement:
    rows = ", ".join(
        f"(:turn, :scope{n}, :period{n}, :tokens, :likely_in, :likely_out, :worker, :expires_ms)"
        for n in range(budgets)
    )
    return Statement(
        "INSERT INTO reservations (turn, scope, period, tokens, likely_in, likely_out, worker, expires_ms) "  # noqa: S608
        f"VALUES {rows}"
    )


@functools.cache
def _settle(budgets: int) -> Statement:
    """Give `:tokens` back to so many budgets and book `:spent`. One that was forgotten meanwhile begins with that."""
    rows = ", ".join(f"(:scope{n}, :period{n}, :spent, 0, 0, 0)" for n in range(budgets))
    return Statement(
        f"INSERT INTO budgets ({_COLUMNS}) VALUES {rows} "  # noqa: S608 - no value in it
        "ON CONFLICT (scope, period) DO UPDATE "
        "SET used = budgets.used + excluded.used, reserved = budgets.reserved - :tokens "
        f"RETURNING {_COLUMNS}"
    )


@functools.cache
def _read(budgets: int) -> Statement:
    wanted = " OR ".join(f"(scope = :scope{n} AND period = :period{n})" for n in range(budgets))
    return Statement(f"SELECT {_COLUMNS} FROM budgets WHERE {wanted}")  # noqa: S608 - no value in it


def dao_reserve_tokens(
    work: Work, *, turn: str, claims: Sequence[Claim], hold: Hold, expires_ms: int, worker: str = ""
) -> Claim | None:
    """Hold `hold.tokens` in every claim, or in none: then the claim that lacks them is returned."""
    if not claims:
        return None
    ordered = sorted(claims, key=lambda each: each.scope)
    hopeless = next((claim for claim in ordered if hold.tokens > claim.limit), None)
    if hopeless is not None:
        return hopeless
    values: dict[str, Any] = {
        "turn": turn,
        "tokens": hold.tokens,
        "likely_in": hold.likely_in,
        "likely_out": hold.likely_out,
        "worker": worker,
        "expires_ms": expires_ms,
    } | _named(ordered)
    taken = {row[0] for row in work.rows(_take(len(ordered)), values)}
    lacking = next((claim for claim in ordered if claim.scope not in taken), None)
    if lacking is None:
        work.run(_hold(len(ordered)), values)
        return None
    for claim in ordered:
        if claim.scope in taken:
            giving = {"scope": claim.scope, "period": claim.period, "tokens": hold.tokens}
            work.run(_GIVE_BACK, giving)
    return lacking


def dao_settle_tokens(work: Work, *, turn: str, used: int) -> Sequence[Balance]:
    """Give back what `turn` holds and book what it used; the budgets after it, none when it was settled before.

    Taking the reservations away comes first and is one statement: of two that settle the same turn, one finds them.
    """
    held = sorted(work.rows(_DROP, {"turn": turn}))
    if not held:
        return ()
    tokens = held[0][2]  # a turn holds the same in each
    values = _named([Claim(scope, period, 0) for scope, period, _tokens in held])
    return _balances(work, _settle(len(held)), values | {"tokens": tokens, "spent": used})


def dao_get_balances(work: Work, claims: Sequence[Claim]) -> Sequence[Balance]:
    """The budgets behind `claims`, as far as they were drawn on before."""
    return _balances(work, _read(len(claims)), _named(claims)) if claims else ()


def _balances(work: Work, statement: Statement, values: dict[str, Any]) -> Sequence[Balance]:
    return [Balance(*row) for row in work.rows(statement, values)]


def _named(claims: Sequence[Claim]) -> dict[str, Any]:
    """The claims as parameters: `scope0`, `period0`, `limit0`, `scope1`, …"""
    values: dict[str, Any] = {}
    for n, claim in enumerate(claims):
        values |= {f"scope{n}": claim.scope, f"period{n}": claim.period, f"limit{n}": claim.limit}
    return values


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


def dao_forget_learner_days(session: Session, before: str) -> None:
    """Drop what single learners used on days before `before` (`2026-07-03`): nothing needs it any more."""
    session.execute(delete(Budget).where(Budget.scope.startswith("learner:"), Budget.period < before))


def dao_get_budgets(session: Session, periods: Sequence[str]) -> Sequence[Budget]:
    """Every budget that was drawn on in one of `periods`, by scope."""
    return session.scalars(select(Budget).where(Budget.period.in_(periods)).order_by(Budget.scope)).all()
