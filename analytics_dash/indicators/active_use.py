"""Indicator: of licensed people, trained and untrained apart, the share who used ChatGPT in the month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics_dash.disclosure.views import EVERY_VIEW
from analytics_dash.indicators.model import Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import contributed, licensed_months, one
from analytics_dash.indicators.shared import active_months, first_trained, reported, use_of_licences
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person and month of the window in which the person had a licence and use was reported.

    A usage row counts in the month in which its period starts; several rows for one person and month count once.
    """
    return contributed(tables, tables.share(("active_use", window.months), lambda: _parts(tables, window)))


def _parts(tables: WarehouseTables, window: Window) -> ir.Table:
    licensed = licensed_months(tables, window).semi_join(reported(tables, window), "month")
    active = active_months(tables, window).rename(active_person="person", active_month="month")
    trained = first_trained(tables).rename(trained_person="person")
    joined = licensed.left_join(trained, licensed.person == trained.trained_person)
    joined = joined.left_join(active, (joined.person == active.active_person) & (joined.month == active.active_month))
    return joined.select(
        "person",
        "month",
        arm=(joined.trained_on < joined.month_begins).fill_null(False).ifelse("trained", "untrained"),
        numerator=joined.active_person.notnull().cast("int64"),
        denominator=one(),
    )


INDICATOR = Indicator(
    id="active_use",
    # 2: a form of a test is no lesson; 3: ChatGPT only, by grade band too; 4: no month of fewer than ten; 5: nothing
    # before there are a learning log and licences
    version=5,
    title=_("Active use"),
    question=_("Do trained people use ChatGPT more than untrained people?"),
    definition=_(
        "Of the people with a ChatGPT licence in the month, the share who sent at least one message in it; trained "
        "people (lesson completed or course passed before the month began) and untrained people apart. Over several "
        "months, each person counts once for each month with a licence."
    ),
    unit="%",
    numerator=_("people who sent at least one message, once for each such month"),
    denominator=_("people with a licence, once for each month"),
    kind="proportion",
    scale=100,
    views=EVERY_VIEW,
    counted="monthly",
    arms=("trained", "untrained"),
    minimum_group=10,
    misuse=_(
        "Not causal: people who choose training early may be keener anyway. More use is not better use, and no use is "
        "no fault. Never for watching a person or a small team."
    ),
    source=_("ChatGPT Enterprise user analytics, the HR roster and the learning platform's tracking log"),
    contributions=contributions,
    available=use_of_licences,
)
