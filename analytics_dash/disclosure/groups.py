"""A group of people and its exact figures, before anything of it may be shown.

They are confidential (exact, small counts included): made by `aggregate`, they go to `protect` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.views import DIMENSIONS

Key = tuple[str | None, str | None, str | None, str | None]
"""month, department, grade_band, arm; None where the view (or the indicator) has no such dimension."""


@dataclass(frozen=True, slots=True)
class Group:
    """Exact figures of one group. `rest` is denominator − numerator, with the persons who have any of it.

    `people` are the distinct persons behind the denominator; a person may count in several months.
    """

    key: Key
    numerator: Magnitude
    denominator: Magnitude
    rest: Magnitude


NOBODY: Final = Magnitude(total=0, contributors=0, largest=0, second=0)


def empty(key: Key) -> Group:
    """Return the group in which there is nobody."""
    return Group(key, NOBODY, NOBODY, NOBODY)


def key_of(row: Mapping[str, Any]) -> Key:
    """Return the key of the group that has these values; None for a dimension that is not among them."""
    month, department, grade_band = (row.get(dimension) for dimension in DIMENSIONS)
    return month, department, grade_band, row["arm"]
