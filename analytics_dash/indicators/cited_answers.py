"""Indicator: of the tutor's answers, the share that cite a passage of the lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics_dash.disclosure.views import EVERY_VIEW
from analytics_dash.indicators.model import Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import contributed
from analytics_dash.indicators.shared import turns_by_month, turns_loaded
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person and month with an answered turn: those that cite the lesson, and all."""
    turns = turns_by_month(tables, window)
    answered = turns.filter(turns.answered > 0)
    return contributed(tables, answered.select("person", "month", numerator="cited", denominator="answered"))


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which the gateway's ledger was loaded."""
    return turns_loaded(tables, window)


INDICATOR = Indicator(
    id="cited_answers",
    version=2,  # 2: no month of fewer than ten
    title=_("Answers that cite the lesson"),
    question=_("Does the tutor say where its answers come from?"),
    definition=_("Of the tutor's answers in the month, the share that cite at least one passage of the lesson."),
    unit="%",
    numerator=_("answers that cite a passage"),
    denominator=_("answers of the tutor"),
    kind="proportion",
    scale=100,
    views=EVERY_VIEW,
    counted="acts",
    arms=(),
    minimum_group=10,
    misuse=_(
        "A citation says where an answer comes from, not that it is right. Some questions have no passage to cite."
    ),
    source=_("The tutor gateway's ledger and the HR roster"),
    contributions=contributions,
    available=available,
)
