"""Indicator: what the tutor's model cost for each active learner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analytics_dash.indicators.model import BY_DEPARTMENT, Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import contributed, one
from analytics_dash.indicators.shared import begun, in_all, turns_by_month, turns_loaded
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


MICRO_IN_MILL: Final = 1000


def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person and month with a prompt: the cost of their turns, and 1.

    Each person's cost in a month is rounded to thousandths of a dollar, so that the unit of a sum is one that the
    rounding of the rule means something in.
    """
    cost = turns_by_month(tables, window)
    mills = ((cost.cost_microusd + MICRO_IN_MILL // 2) / MICRO_IN_MILL).floor()
    return contributed(tables, cost.select("person", "month", numerator=mills.cast("int64"), denominator=one()))


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which the gateway's ledger was loaded, from those on in which its model has a price."""
    turns = tables.turns
    return in_all(
        turns_loaded(tables, window),
        begun(tables, "charged turns", lambda: turns.filter(turns.cost_microusd > 0), window),
    )


INDICATOR = Indicator(
    id="tutor_cost",
    version=3,  # 2: no month of fewer than ten; 3: nothing before the model had a price
    title=_("Cost of the tutor"),
    question=_("What does the tutor cost for each learner who uses it?"),
    definition=_(
        "What the model charged for the tutor's turns in the month, for each 1,000 people who used it. Over several "
        "months, each person counts once for each month."
    ),
    unit=_("US dollars per 1,000 active learners"),
    numerator=_("cost of the tutor's turns, in US dollars"),
    denominator=_("people who asked the tutor, once for each month"),
    kind="ratio",
    scale=1,
    views=BY_DEPARTMENT,
    counted="acts",
    arms=(),
    minimum_group=10,
    misuse=_(
        "The model's price alone, without staff, licences or hosting. Cheap is not good: a learner who gives up costs "
        "nothing. Says nothing of money saved."
    ),
    source=_("The tutor gateway's ledger (cost) and the HR roster"),
    contributions=contributions,
    available=available,
)
