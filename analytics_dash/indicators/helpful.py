"""Indicator: of the tutor's answers that people rated, the share that they found helpful."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analytics_dash.disclosure.views import EVERY_VIEW
from analytics_dash.indicators.model import Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import one, summed, within
from analytics_dash.indicators.shared import begun, in_all, months_loaded
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


THUMBS: Final = ("helpful", "unhelpful")


def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person and month with a rating: the helpful ones, and all."""
    thumbs = within(_thumbs(tables), "day", window)
    up = (thumbs.kind == "helpful").cast("int64")
    return summed(tables, thumbs.select("person", "day", numerator=up, denominator=one()))


def _thumbs(tables: WarehouseTables) -> ir.Table:
    feedback = tables.feedback
    return feedback.filter(feedback.kind.isin(list(THUMBS)))


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which feedback on the tutor was loaded, from those on in which answers are rated."""
    loaded = months_loaded(tables, "feedback", window)
    return in_all(loaded, begun(tables, "ratings", lambda: _thumbs(tables), window))


INDICATOR = Indicator(
    id="helpful",
    version=3,  # 2: no month of fewer than ten; 3: nothing before anybody rated
    title=_("Answers found helpful"),
    question=_("Do people find the tutor's answers helpful?"),
    definition=_("Of the tutor's answers that people rated in the month, the share that they found helpful."),
    unit="%",
    numerator=_("answers rated helpful"),
    denominator=_("answers rated"),
    kind="proportion",
    scale=100,
    views=EVERY_VIEW,
    counted="acts",
    arms=(),
    minimum_group=10,
    misuse=_(
        "Most answers are not rated, and who rates is not everybody. A pleasing answer may be wrong: read it beside "
        "the concerns and the citations."
    ),
    source=_("The tutor gateway's ledger (feedback) and the HR roster"),
    contributions=contributions,
    available=available,
)
