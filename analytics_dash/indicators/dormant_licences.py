"""Indicator: of licences that ran for two whole months, the share that nobody used in either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics_dash.disclosure.views import EVERY_VIEW
from analytics_dash.indicators.model import Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import contributed, licensed_throughout, one
from analytics_dash.indicators.shared import active_months, in_all, licensed, reported
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person and month throughout which, and throughout the month before, the licence ran.

    Both months must have been reported. A usage row counts in the month in which its period starts.
    """
    licensed = licensed_throughout(tables, window)
    months = reported(tables, window)
    licensed = licensed.semi_join(months, "month").semi_join(months.rename(before="month"), "before")
    use = active_months(tables, window)
    now, then = (use.rename({f"{when}_person": "person", f"{when}_month": "month"}) for when in ("now", "then"))
    joined = licensed.left_join(now, (licensed.person == now.now_person) & (licensed.month == now.now_month))
    joined = joined.left_join(then, (joined.person == then.then_person) & (joined.before == then.then_month))
    dormant = joined.now_person.isnull() & joined.then_person.isnull()
    return contributed(tables, joined.select("person", "month", numerator=dormant.cast("int64"), denominator=one()))


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months of the window that are reported like the month before them, from those on with licences."""
    first = Window.ending(window.months[0], months=2).months[0]
    known = set(reported(tables, window).to_pyarrow()["month"].to_pylist())
    pairs = zip((first, *window.months), window.months, strict=False)
    return in_all(tuple(month for before, month in pairs if {before, month} <= known), licensed(tables, window))


INDICATOR = Indicator(
    id="dormant_licences",
    version=3,  # 2: no month of fewer than ten; 3: nothing before there are licences
    title=_("Dormant licences"),
    question=_("Are licences paid for that nobody uses?"),
    definition=_(
        "Of the ChatGPT licences that ran throughout the month and the month before, the share without any use in "
        "either. Over several months, each licence counts once for each month."
    ),
    unit="%",
    numerator=_("licences without use in the month and the month before, once for each such month"),
    denominator=_("licences that ran throughout both months, once for each such month"),
    kind="proportion",
    scale=100,
    views=EVERY_VIEW,
    counted="monthly",
    arms=(),
    minimum_group=10,
    misuse=_(
        "No use is no fault: people are on leave, on other work, or have found that it does not help. Taking licences "
        "away by this figure alone teaches people to send empty messages."
    ),
    source=_("ChatGPT user analytics and the HR roster (licence dates)"),
    contributions=contributions,
    available=available,
)
