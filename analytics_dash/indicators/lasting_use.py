"""Indicators: of trained people, the share still active 4, 8 and 12 weeks after their training."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analytics_dash.indicators.model import BY_DEPARTMENT, Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import contributed, day_after, month_of, one, used, within
from analytics_dash.indicators.shared import first_trained, reported, use_of_licences
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
        later = tables.share(("lasting_use", window.months), lambda: _later(tables, window))
        return contributed(
            tables, later.filter(later.weeks == weeks).select("person", "month", "numerator", denominator=one())
        )

    return contributions


def _later(tables: WarehouseTables, window: Window) -> ir.Table:
    """For every number of weeks at once: person, weeks, month, and 1 as numerator where the person was active."""
    import ibis  # noqa: PLC0415 (takes a second; whoever only reads releases never needs it)

    trained = first_trained(tables)
    days = [
        trained.select("person", weeks=ibis.literal(weeks, "int64"), day=day_after(trained.trained_on, weeks * 7))
        for weeks in WEEKS
    ]
    later = within(ibis.union(*days), "day", window)
    later = later.join(tables.people.select("person", "licence_from", "licence_to"), "person")
    licensed = later.filter(
        later.licence_from <= later.day, later.licence_to.isnull() | (later.licence_to >= later.day)
    ).select("person", "weeks", "day", month=month_of(later.day))
    counted = licensed.semi_join(reported(tables, window), "month")
    use = used(tables)
    use = use.filter(use.period_start <= window.last_day, use.period_end >= window.first_day)
    found = counted.join(use.select("person", "period_start", "period_end"), "person")
    found = found.filter(found.day.between(found.period_start, found.period_end))
    active = found.select(active_person="person", active_weeks="weeks").distinct()
    joined = counted.left_join(
        active, (counted.person == active.active_person) & (counted.weeks == active.active_weeks)
    )
    return joined.select("person", "weeks", "month", numerator=joined.active_person.notnull().cast("int64"))


_TITLES: Final = {
    4: _("Still active 4 weeks after training"),
    8: _("Still active 8 weeks after training"),
    12: _("Still active 12 weeks after training"),
}

INDICATORS: Final = tuple(
    Indicator(
        id=f"active_after_{weeks}_weeks",
        version=3,  # 2: no month of fewer than ten; 3: nothing before there are a learning log and licences
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
        counted="once",
        arms=(),
        minimum_group=10,
        misuse=_(
            "Different people stand behind 4, 8 and 12 weeks, so a difference is not yet a decay. A monthly export "
            "cannot say on which day somebody was active. Less use may be wiser use."
        ),
        source=_("ChatGPT user analytics, the learning platform's tracking log and the HR roster"),
        contributions=_contributions(weeks),
        available=use_of_licences,
    )
    for weeks in WEEKS
)
