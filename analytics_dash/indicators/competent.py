"""Indicator: of the people who completed the lesson in the month, the share who scored at least 70 %."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics_dash.disclosure.views import EVERY_VIEW
from analytics_dash.indicators.model import Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import competent, contributed, month_of, one, within
from analytics_dash.indicators.shared import begun, first_completion, in_all, months_loaded
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person whose first completion lies in the window, in its month.

    Completions of lessons in which nothing can be earned have no score and do not count.
    """
    scored = within(_scored(tables), "day", window)
    return contributed(
        tables, scored.select("person", month=month_of(scored.day), numerator=competent(scored), denominator=one())
    )


def _scored(tables: WarehouseTables) -> ir.Table:
    completed = first_completion(tables)
    return completed.filter(completed.possible > 0, completed.earned.notnull())


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which the platform's log was loaded, from those on in which a lesson has marks."""
    loaded = months_loaded(tables, "learning", window)
    return in_all(loaded, begun(tables, "marked lessons", lambda: _scored(tables), window))


INDICATOR = Indicator(
    id="competent",
    version=4,  # 2: a form of a test is no lesson; 3: no month of fewer than ten; 4: nothing before a lesson had marks
    title=_("Competent"),
    question=_("Do people who finish the lesson know how to use AI responsibly?"),
    definition=_(
        "Of the people who completed the lesson for the first time in the month, the share who earned at least 70 % of "
        "its marks."
    ),
    unit="%",
    numerator=_("people who earned at least 70 % of the lesson's marks"),
    denominator=_("people who completed the lesson for the first time in the month"),
    kind="proportion",
    scale=100,
    views=EVERY_VIEW,
    counted="once",
    arms=(),
    minimum_group=10,
    misuse=_(
        "Only those who finish are counted, so it says nothing about those who have not. Several attempts are allowed: "
        "it shows what people reached in the lesson, not what they do at work. Never for appraisal."
    ),
    source=_("The learning platform's tracking log (lesson completions) and the HR roster"),
    contributions=contributions,
    available=available,
)
