"""Indicator: how many answers of the tutor were reported as wrong or worrying, for each 1,000 active users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analytics_dash.indicators.model import BY_DEPARTMENT, Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import contributed, month_of, none, one, within
from analytics_dash.indicators.shared import months_loaded, turns_by_month
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


CONCERNS: Final = ("wrong", "worrying")


def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person and month with a prompt or a concern: the concerns, and 1 where there was a prompt."""
    feedback = tables.feedback
    reports = within(feedback.filter(feedback.kind.isin(list(CONCERNS))), "day", window)
    said = reports.select("person", month=month_of(reports.day), numerator=one(), denominator=none())
    asked = turns_by_month(tables, window).select("person", "month", numerator=none(), denominator=one())
    every = said.union(asked)
    sums = every.group_by("person", "month").agg(numerator=every.numerator.sum(), denominator=every.denominator.sum())
    return contributed(tables, sums)


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which feedback on the tutor was loaded; where the ledger has no feedback at all, none."""
    return months_loaded(tables, "feedback", window)


INDICATOR = Indicator(
    id="concerns",
    version=2,  # 2: no month of fewer than ten
    title=_("Concerns reported"),
    question=_("Do people say so when an answer is wrong or worrying?"),
    definition=_(
        "Answers of the course's tutor that were reported as wrong or as worrying in the month, for each 1,000 people "
        "who used it."
    ),
    unit=_("per 1,000 active users"),
    numerator=_("answers reported as wrong or worrying"),
    denominator=_("people who asked the tutor, once for each month"),
    kind="ratio",
    scale=1000,
    views=BY_DEPARTMENT,
    counted="acts",
    arms=(),
    minimum_group=10,
    misuse=_(
        "Zero is not safe: people may not know how to report, or not dare. More reports may mean more trust, not more "
        "harm. It covers the course's tutor, not ChatGPT."
    ),
    source=_("The tutor gateway's ledger (feedback) and the HR roster"),
    contributions=contributions,
    available=available,
)
