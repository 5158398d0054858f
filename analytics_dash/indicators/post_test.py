"""Indicator: of the people who took the test after the course in the month, the share who scored at least 70 %."""

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
    """One row for each person whose first completed post-test lies in the window, in its month."""
    scored = within(_scored(tables), "day", window)
    return contributed(
        tables, scored.select("person", month=month_of(scored.day), numerator=competent(scored), denominator=one())
    )


def _scored(tables: WarehouseTables) -> ir.Table:
    completed = first_completion(tables, form="post")
    return completed.filter(completed.possible > 0, completed.earned.notnull())


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which the platform's log was loaded, from those on in which there is a test after the course."""
    loaded = months_loaded(tables, "learning", window)
    return in_all(loaded, begun(tables, "post-tests", lambda: _scored(tables), window))


INDICATOR = Indicator(
    id="post_test",
    version=3,  # 2: no month of fewer than ten; 3: nothing before there was such a test
    title=_("Competent in the post-test"),
    question=_("Do people pass a test of the whole course after it?"),
    definition=_(
        "Of the people who first completed the test after the course in the month, the share who earned at least seven "
        "tenths of its marks."
    ),
    unit="%",
    numerator=_("people who earned at least seven tenths of the post-test's marks"),
    denominator=_("people who completed a post-test for the first time in the month"),
    kind="proportion",
    scale=100,
    views=EVERY_VIEW,
    counted="once",
    arms=(),
    minimum_group=10,
    misuse=_(
        "Who takes the test is not everybody, and it says what people know, not what they do. Without the test before "
        "the course it does not say what the course taught. Never for appraisal."
    ),
    source=_("The learning platform's tracking log (forms of the test) and the HR roster"),
    contributions=contributions,
    available=available,
)
