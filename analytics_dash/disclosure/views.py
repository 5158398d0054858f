"""The fixed list of views. A release holds these and no others; a reader's filter picks among their cells.

The list is short on purpose. Each further way of cutting the same people is one more equation for someone who
solves for a hidden cell; free choice of groups undoes rounding altogether. Read by the builder, the attacker, the
documentation and the dashboard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Dimension = Literal["month", "department", "grade_band"]

DIMENSIONS: Final[tuple[Dimension, ...]] = ("month", "department", "grade_band")


@dataclass(frozen=True, slots=True)
class View:
    """A way of cutting the people of an indicator: its name, its dimensions, and the views whose cells add up to it.

    A view without the dimension `month` covers the whole window of the release.
    """

    name: str
    dimensions: tuple[Dimension, ...]
    finer: tuple[str, ...]


VIEWS: Final[dict[str, View]] = {
    view.name: view
    for view in (
        View("all", (), ("month", "department", "grade_band")),
        View("month", ("month",), ("department_month",)),
        View("department", ("department",), ("department_month",)),
        View("grade_band", ("grade_band",), ()),
        View("department_month", ("department", "month"), ()),
    )
}
