"""What each person contributes to an indicator: within each month, and over all of them. Still confidential.

An indicator's contributions are added up by person first, whatever the indicator promises of its rows: nobody who has
two may pass for two people. Both tables are kept by the engine while the indicator is protected, since everything that
is counted of it is made of them. Called by `releases.build`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from analytics_dash.disclosure.places import placed

Keep = Callable[[Any], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Persons:
    """Two Ibis tables with the columns person, arm, the places, numerator and denominator.

    `monthly` has one row for each person, arm and month, and a column month; `window` has one for each person and arm,
    and the sums of the squares of the person's months: numerator_squares and denominator_squares.
    """

    monthly: Any
    window: Any


@contextmanager
def persons(
    contributions: Any, people: Any, *, views: Iterable[str], months: Iterable[str], keep: Keep = nullcontext
) -> Iterator[Persons]:
    """Give the persons of `contributions` (as `Indicator` describes them), placed as `people` are, as the `views` cut.

    Of no other months than `months`: what is said of a month whose feed was not loaded (a few people's stray rows)
    counts nowhere. `keep` is how the engine keeps a result.
    """
    parts = contributions.filter(contributions.month.isin(list(months)))
    monthly = parts.group_by("person", "arm", "month").agg(
        numerator=parts.numerator.sum(), denominator=parts.denominator.sum()
    )
    with keep(placed(monthly, people, views)) as by_month:
        n, d = by_month.numerator, by_month.denominator
        squares = {f"{part.get_name()}_squares": (part.cast("float64") * part).sum() for part in (n, d)}
        sums = {"numerator": n.sum(), "denominator": d.sum()} | squares
        with keep(placed(by_month.group_by("person", "arm").agg(**sums), people, views)) as over_all:
            yield Persons(by_month, over_all)
