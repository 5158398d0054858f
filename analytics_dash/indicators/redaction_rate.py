"""Indicator: how many identifiers the tutor's gateway held back, for each 1,000 prompts."""

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
    """One row for each person and month with a prompt: numerator redactions, denominator prompts."""
    turns = turns_by_month(tables, window)
    return contributed(tables, turns.select("person", "month", numerator="redactions", denominator="prompts"))


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which the gateway's ledger was loaded."""
    return turns_loaded(tables, window)


INDICATOR = Indicator(
    id="redaction_rate",
    version=2,  # 2: no month of fewer than ten
    title=_("Identifiers held back"),
    question=_("How often do people put personal identifiers into a prompt?"),
    definition=_(
        "Identifiers (names with titles, National Insurance numbers, e-mail addresses and so on) that the tutor's "
        "gateway held back in the month, for each 1,000 prompts."
    ),
    unit=_("per 1,000 prompts"),
    numerator=_("identifiers held back"),
    denominator=_("prompts sent to the tutor"),
    kind="ratio",
    scale=1000,
    views=EVERY_VIEW,
    counted="acts",
    arms=(),
    minimum_group=10,
    misuse=_(
        "A fall may mean that people have learnt, or that they evade the filter: it counts what was recognised, not "
        "what was typed. It covers the course's tutor, not ChatGPT."
    ),
    source=_("The tutor gateway's ledger and the HR roster"),
    contributions=contributions,
    available=available,
)
