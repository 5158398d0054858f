"""Indicators: of the people who used ChatGPT in the month, the shares who did so on 1, 2, 3 and 4 days a week."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analytics_dash.indicators.model import OVER_TIME, Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import calendar, contributed, one
from analytics_dash.indicators.shared import known_months, months_in, of_window, use_by_month
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


DAYS_A_WEEK: Final = (1, 2, 3, 4)
"""The thresholds. The median is where the share falls below a half; see `analytics_dash.effects.median`."""


def _contributions(threshold: int) -> Callable[[WarehouseTables, Window], ir.Table]:
    def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
        """One row for each person and month with use on a known number of days."""
        known = _days(tables, window)
        often = known.active_days * 7 >= known.days * threshold  # whole numbers: a tie is a tie
        return contributed(tables, known.select("person", "month", numerator=often.cast("int64"), denominator=one()))

    return contributions


def _days(tables: WarehouseTables, window: Window) -> ir.Table:
    """Return person, month, active_days, and the days that the month has, of whoever used it on a known number of days.

    Several rows of one tool and cadence (the weeks that begin in the month) add up; of several tools or cadences the
    one with the most days counts, since days may be the same days. A feed (tool, cadence and month) is known where it
    says of everybody active on how many days: a monthly export of first and last days knows it of people with one or
    two days only, and those alone would make a median that is far too low.
    """

    def make() -> ir.Table:
        usage = of_window(use_by_month(tables, window), window)
        usage = usage.filter(usage.used > 0)
        feeds = usage.group_by("tool", "cadence", "month").agg(unknown=usage.unknown.sum())
        by_feed = usage.semi_join(feeds.filter(feeds.unknown == 0), ["tool", "cadence", "month"])
        days = by_feed.group_by("person", "month").agg(active_days=by_feed.active_days.max())
        return days.join(calendar(window).select("month", "days"), "month")

    return tables.share(("depth", window.months), make)


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which a feed says on how many days everybody was active."""
    return months_in(known_months(_days(tables, window)))


_TITLES: Final = {
    1: _("Active on at least 1 day a week"),
    2: _("Active on at least 2 days a week"),
    3: _("Active on at least 3 days a week"),
    4: _("Active on at least 4 days a week"),
}

INDICATORS: Final = tuple(
    Indicator(
        id=f"depth_{threshold}",
        version=2,  # 2: no month of fewer than ten
        title=_TITLES[threshold],
        question=_("How deep does use go, among those who use it?"),
        definition=_(
            "Of the people who used ChatGPT in the month, where the export says of everybody on how many days, the "
            "share whose active days a week reach the threshold: active days × 7 / days of the month."
        ),
        unit="%",
        numerator=_("people whose active days a week reach the threshold"),
        denominator=_("people who used ChatGPT in the month"),
        kind="proportion",
        scale=100,
        views=OVER_TIME,
        counted="monthly",
        arms=(),
        minimum_group=10,
        misuse=_(
            "A habit is not a benefit: some jobs need the tool once a month. Part-time staff have fewer days. Never a "
            "target."
        ),
        source=_("ChatGPT user analytics (active days) and the HR roster"),
        contributions=_contributions(threshold),
        available=available,
    )
    for threshold in DAYS_A_WEEK
)
