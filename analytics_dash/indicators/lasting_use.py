"""Indicators: of trained people, the share still active 4, 8 and 12 weeks after their training."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analytics_dash.indicators.model import BY_DEPARTMENT, Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import (
    contributed,
    day_after,
    first_trained,
    month_of,
    months_reported,
    one,
    reported,
    used,
    within,
)
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


WEEKS: Final = (4, 8, 12)


def _contributions(weeks: int) -> Callable[[WarehouseTables, Window], ir.Table]:
    def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
        """One row for each trained person who had a licence that many weeks later, in the month of that day.

        Days in a month without a usage export do not count.
        """
        trained = first_trained(tables)
        later = trained.select("person", day=day_after(trained.trained_on, weeks * 7))
        later = within(later, "day", window).join(
            tables.people.select("person", "licence_from", "licence_to"), "person"
        )
        licensed = later.filter(
            later.licence_from <= later.day, later.licence_to.isnull() | (later.licence_to >= later.day)
        ).select("person", "day", month=month_of(later.day))
        counted = licensed.semi_join(reported(tables), "month")
        use = used(tables).select("person", "period_start", "period_end")
        found = counted.join(use, "person")
        found = found.filter(found.day.between(found.period_start, found.period_end))
        active = found.select(active_person="person").distinct()
        joined = counted.left_join(active, counted.person == active.active_person)
        return contributed(
            tables,
            joined.select("person", "month", numerator=joined.active_person.notnull().cast("int64"), denominator=one()),
        )

    return contributions


_TITLES: Final = {
    4: _("Still active 4 weeks after training"),
    8: _("Still active 8 weeks after training"),
    12: _("Still active 12 weeks after training"),
}

INDICATORS: Final = tuple(
    Indicator(
        id=f"active_after_{weeks}_weeks",
        version=1,
        title=_TITLES[weeks],
        question=_("Does use last after training, or fade?"),
        definition=_(
            "Of the people who had a ChatGPT licence so many weeks after they were first trained, the share who were "
            "active in the reported period (day, week or month) in which that day falls. They count in its month."
        ),
        unit="%",
        numerator=_("of them, people active in the period of that day"),
        denominator=_("trained people whose day falls in the month"),
        kind="proportion",
        scale=100,
        views=BY_DEPARTMENT,
        arms=(),
        minimum_group=10,
        misuse=_(
            "Different people stand behind 4, 8 and 12 weeks, so a difference is not yet a decay. A monthly export "
            "cannot say on which day somebody was active. Less use may be wiser use."
        ),
        source=_("ChatGPT user analytics, the learning platform's tracking log and the HR roster"),
        contributions=_contributions(weeks),
        available=months_reported,
    )
    for weeks in WEEKS
)
