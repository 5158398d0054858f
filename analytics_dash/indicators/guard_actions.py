"""Indicator: how often the gateway's guard stepped in, for each 1,000 answers of the tutor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics_dash.indicators.model import BY_DEPARTMENT, Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import contributed
from analytics_dash.indicators.shared import turns_by_month, turns_loaded
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person and month with a prompt: what the guard did, and how many answers there were."""
    turns = turns_by_month(tables, window)
    return contributed(tables, turns.select("person", "month", numerator="guarded", denominator="answered"))


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which the gateway's ledger was loaded."""
    return turns_loaded(tables, window)


INDICATOR = Indicator(
    id="guard_actions",
    version=2,  # 2: no month of fewer than ten
    title=_("Guard actions"),
    question=_("How often must the tutor's guard step in?"),
    definition=_(
        "How often the gateway's guard took something out of an answer, or stopped one, in the month, for each 1,000 "
        "answers."
    ),
    unit=_("per 1,000 answers"),
    numerator=_("actions of the guard"),
    denominator=_("answers of the tutor"),
    kind="ratio",
    scale=1000,
    views=BY_DEPARTMENT,
    counted="acts",
    arms=(),
    minimum_group=10,
    misuse=_(
        "It counts what the guard caught, not what it missed. A rise may be a stricter rule, other questions or "
        "another model."
    ),
    source=_("The tutor gateway's ledger and the HR roster"),
    contributions=contributions,
    available=available,
)
