"""`tutor-gateway budgets show`: what is used and held, of which limit, and when it returns."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from xblock_ai_tutor.gateway.commands.common import EXIT_CODES, database_errors, ledger_app, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xblock_ai_tutor.gateway.store.tables import Budget


@click.group(epilog=EXIT_CODES)
def budgets() -> None:
    """Budgets: tokens of the service, of departments, of lessons and of learners."""


@budgets.command(epilog=EXIT_CODES)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def show(as_json: bool) -> None:
    """Show this month's budgets, and how many learners are near the end of today's.

    Only budgets that were drawn on are there, with the limit that was last enforced. No single learner is shown. Needs
    TUTOR_DATABASE_URL and no key.
    """
    from xblock_ai_tutor.gateway.store.budgets import dao_get_budgets  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import reading  # noqa: PLC0415

    now = dt.datetime.now(dt.UTC)
    day, month = now.strftime("%Y-%m-%d"), now.strftime("%Y-%m")
    with database_errors(), ledger_app().app_context(), reading() as session:
        rows = dao_get_budgets(session, [day, month])
    learners = [row for row in rows if row.period == day]
    shared = [_shared(row) for row in rows if row.period == month]
    found = {"month": month, "budgets": shared, "learners_today": _learners(day, learners)}
    if as_json:
        say_json(found)
    else:
        _say(found)


@budgets.command(epilog=EXIT_CODES)
def export() -> None:
    """Write the service's budget of this month and the twelve before, one JSON object a line: the feed `tutor-budgets`.

    Budgets of departments, lessons and learners stay here. Needs TUTOR_DATABASE_URL and no key.
    """
    from xblock_ai_tutor.gateway.budget import SERVICE  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.budgets import dao_get_budgets  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import reading  # noqa: PLC0415

    now = dt.datetime.now(dt.UTC)
    counted = [now.year * 12 + now.month - 1 - back for back in range(12, -1, -1)]
    months = [f"{each // 12}-{each % 12 + 1:02}" for each in counted]
    with database_errors(), ledger_app().app_context(), reading() as session:
        rows = {row.period: _shared(row) for row in dao_get_budgets(session, months) if row.scope == SERVICE}
    for month in months:
        if month in rows:
            kept = ("budget", "period", "used_tokens", "held_tokens", "limit_tokens")
            say_json({"at": now.isoformat(timespec="seconds")} | {name: rows[month][name] for name in kept})


def _shared(row: Budget) -> dict[str, Any]:
    from xblock_ai_tutor.gateway.budget import returns_at  # noqa: PLC0415

    return {
        "budget": row.scope,
        "period": row.period,
        "used_tokens": row.used,
        "held_tokens": row.reserved,
        "limit_tokens": row.limit_tokens,
        "percent": _percent(row),
        "warned_percent": row.warned,
        "returns_at": returns_at(row.period).isoformat(timespec="seconds"),
    }


def _learners(day: str, rows: Sequence[Budget]) -> dict[str, Any]:
    """How many learners there are at each threshold: counts, no one."""
    from xblock_ai_tutor.gateway.budget_watch import THRESHOLDS  # noqa: PLC0415

    reached = {str(percent): sum(1 for row in rows if _percent(row) >= percent) for percent in THRESHOLDS}
    return {"period": day, "learners": len(rows), "at_percent": reached}


def _percent(row: Budget) -> int:
    return row.used * 100 // row.limit_tokens if row.limit_tokens else 0


def _say(found: dict[str, Any]) -> None:
    if not found["budgets"]:
        click.echo(f"No budget was drawn on in {found['month']}.")
    for budget in found["budgets"]:
        click.echo(
            f"{budget['budget']}: {budget['percent']} % used in {budget['period']} ({budget['used_tokens']:,} used and "
            f"{budget['held_tokens']:,} held of {budget['limit_tokens']:,} tokens); returns {budget['returns_at']}"
        )
    today = found["learners_today"]
    reached = ", ".join(f"{count} at {percent} % or more" for percent, count in today["at_percent"].items())
    click.echo(f"Learners today ({today['period']}): {today['learners']} used the tutor; {reached}.")
