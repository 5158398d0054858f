"""Indicators: how many identifiers of each type the tutor's gateway held back, for each 1,000 prompts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analytics_dash.indicators.model import OVER_TIME, Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import contributed
from analytics_dash.indicators.shared import redacted_by_month, turns_by_month, turns_loaded
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


NAMED: Final = ("email", "phone", "postcode", "person_name", "nino", "court_case")
"""The types that have a figure of their own; all others together are `other`."""


def _contributions(kinds: tuple[str, ...]) -> Callable[[WarehouseTables, Window], ir.Table]:
    """`kinds` are the types that count; none for all but those in `NAMED`."""

    def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
        """One row for each person and month with a prompt: identifiers of the type held back, and prompts."""
        turns = turns_by_month(tables, window)
        held = redacted_by_month(tables, window)
        held = held.filter(held.type.isin(list(kinds)) if kinds else held.type.notin(list(NAMED)))
        times = held.group_by("person", "month").agg(times=held.times.sum())
        times = times.rename(held_person="person", held_month="month")
        joined = turns.left_join(times, (turns.person == times.held_person) & (turns.month == times.held_month))
        return contributed(
            tables,
            joined.select("person", "month", numerator=joined.times.fill_null(0), denominator=joined.prompts),
        )

    return contributions


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which the gateway's ledger was loaded."""
    return turns_loaded(tables, window)


_TITLES: Final = {
    "email": _("E-mail addresses held back"),
    "phone": _("Phone numbers held back"),
    "postcode": _("Postcodes held back"),
    "person_name": _("Names held back"),
    "nino": _("National Insurance numbers held back"),
    "court_case": _("Court case numbers held back"),
    "other": _("Other identifiers held back"),
}

INDICATORS: Final = tuple(
    Indicator(
        id=f"redactions_{kind}",
        version=2,  # 2: no month of fewer than ten
        title=_TITLES[kind],
        question=_("Which identifiers do people put into prompts?"),
        definition=_(
            "Identifiers of this type that the tutor's gateway held back in the month, for each 1,000 prompts."
        ),
        unit=_("per 1,000 prompts"),
        numerator=_("identifiers of this type held back"),
        denominator=_("prompts sent to the tutor"),
        kind="ratio",
        scale=1000,
        views=OVER_TIME,
        counted="acts",
        arms=(),
        minimum_group=10,
        misuse=_(
            "It counts what was recognised, and some types are easier to recognise than others. A fall may mean that "
            "people have learnt, or that they evade the filter."
        ),
        source=_("The tutor gateway's ledger and the HR roster"),
        contributions=_contributions(() if kind == "other" else (kind,)),
        available=available,
    )
    for kind in (*NAMED, "other")
)
