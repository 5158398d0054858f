"""What an entry of the catalogue is: its words, and for an indicator its shape and each person's part.

The documentation and the dashboard's help read the words of every entry; the release builder evaluates an indicator's
expression. What may be shown of the result is not decided here but in `analytics_dash.disclosure`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables

BY_DEPARTMENT: Final = ("all", "month", "department_group", "department")
"""The views of an indicator that is too rare for departments in a single month."""

EVERY_MONTH_BY_DEPARTMENT: Final = (*BY_DEPARTMENT, "department_group_month", "department_month")
"""The views of an indicator of how things stand: a department's months say more of it than their sum does."""

OVER_TIME: Final = ("all", "month")
"""The views of indicators that share people with each other (types, thresholds): coarse, so that they cannot be
played off against each other in small groups."""


def mark(message: str) -> str:
    """Mark a text for translation where it is defined; who shows it translates it."""
    return message


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The words of one entry of the catalogue.

    The value is made of `numerator` and `denominator` and is in `unit`; `views` are those in which it is published.
    `minimum_group` is the smallest number of people behind a shown figure. `version` rises when the definition changes.
    """

    id: str
    version: int
    title: str
    question: str
    definition: str
    unit: str
    numerator: str
    denominator: str
    views: tuple[str, ...]
    minimum_group: int
    misuse: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(Entry):
    """An entry whose figures are the cells of a release.

    `kind`: a `proportion` counts people, or what people did, of which a part has a property, so numerator, denominator
    and the rest (complement) are all counts and numerator ≤ denominator; a `ratio` divides two sums of magnitudes. The
    value is `scale` × numerator / denominator. `arms` is empty, or the groups that are compared. `counted` says how
    often a person counts: `once` in all months, once in each of them (`monthly`), or as often as they act (`acts`).
    `contributions(tables, window)` gives a table with one row for each person and month (and arm): person int64, month
    string `YYYY-MM`, the columns of `population.PLACES` (strings), arm string or null, numerator int64, denominator
    int64, neither negative. `available(tables, window)` gives the months of the window for which the feeds that it
    needs were loaded.
    """

    kind: Literal["proportion", "ratio"]
    scale: int
    counted: Literal["once", "monthly", "acts"]
    arms: tuple[Literal["trained", "untrained"], ...]
    contributions: Callable[[WarehouseTables, Window], ir.Table]
    available: Callable[[WarehouseTables, Window], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Entry):
    """An entry whose figures come with a release beside its cells: about learning, or an estimate with an interval.

    `measures` are the names under which they are kept, in `analytics_dash.learning.figures` or
    `analytics_dash.effects.figures`. Its views are empty: such figures are about everybody in the roster.
    """

    comes_from: Literal["learning", "estimates"]
    measures: tuple[str, ...]
