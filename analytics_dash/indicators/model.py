"""What an indicator is: its words, its shape, and the expression that gives each person's part.

The catalogue, the documentation and the dashboard's help read the words; the release builder evaluates the
expression. What may be shown of the result is not decided here but in `analytics_dash.disclosure`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


def mark(message: str) -> str:
    """Mark a text for translation where it is defined; who shows it translates it."""
    return message


@dataclass(frozen=True, slots=True)
class Indicator:
    """One entry of the catalogue.

    `kind`: a `proportion` counts people (or licence-months) of whom some have a property, so numerator, denominator
    and the rest (complement) are all counts of people; a `ratio` divides two sums of magnitudes. The value is
    `scale` × numerator / denominator, in `unit`. `arms` is empty, or the groups that are compared. `version`
    rises when the definition changes. `contributions(tables, window)` gives a table with one row for each person
    and month (and arm): person int64, month string `YYYY-MM`, department string, grade_band string, arm string or
    null, numerator int64, denominator int64; for a proportion both are 0 or 1.
    `available(tables, window)` gives the months of the window for which the feeds that it needs were loaded.
    """

    id: str
    version: int
    title: str
    question: str
    definition: str
    unit: str
    numerator: str
    denominator: str
    kind: Literal["proportion", "ratio"]
    scale: int
    views: tuple[str, ...]
    arms: tuple[Literal["trained", "untrained"], ...]
    minimum_group: int
    misuse: str
    source: str
    contributions: Callable[[WarehouseTables, Window], ir.Table]
    available: Callable[[WarehouseTables, Window], tuple[str, ...]]
