"""Indicator: of the people whose ChatGPT licence began in the month, the share trained by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics_dash.disclosure.views import EVERY_VIEW
from analytics_dash.indicators.model import Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import contributed, month_of, one, within
from analytics_dash.indicators.shared import first_trained, in_all, licensed, months_loaded
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person whose licence began in the window, in the month in which it began."""
    began = within(tables.people.select("person", "licence_from"), "licence_from", window)
    trained = first_trained(tables).rename(trained_person="person")
    joined = began.left_join(trained, began.person == trained.trained_person)
    in_time = (joined.trained_on <= joined.licence_from).fill_null(False)
    return contributed(
        tables,
        joined.select(
            "person", month=month_of(joined.licence_from), numerator=in_time.cast("int64"), denominator=one()
        ),
    )


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which the platform's log was loaded, from those on in which the roster has licences."""
    return in_all(months_loaded(tables, "learning", window), licensed(tables, window))


INDICATOR = Indicator(
    id="trained_before_access",
    version=4,  # 2: a form of a test is no lesson; 3: no month of fewer than ten; 4: nothing before there are licences
    title=_("Trained before access"),
    question=_("Are people trained before they are given ChatGPT?"),
    definition=_(
        "Of the people whose ChatGPT licence began in the month, the share who had completed the lesson or passed the "
        "course on or before the day on which the licence began."
    ),
    unit="%",
    numerator=_("people who had completed the lesson or passed the course by the day their licence began"),
    denominator=_("people whose ChatGPT licence began in the month"),
    kind="proportion",
    scale=100,
    views=EVERY_VIEW,
    counted="once",
    arms=(),
    minimum_group=10,
    misuse=_(
        "Not a measure of what people can do: someone trained may not be competent. A low figure may mean that "
        "licences were handed out early, not that people refuse training. Not for ranking departments."
    ),
    source=_("HR roster (licence dates) and the learning platform's tracking log"),
    contributions=contributions,
    available=available,
)
