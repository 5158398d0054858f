"""The fixed list of views. A release holds these and no others; a reader's filter picks among their cells.

The list is short on purpose. Each further way of cutting the same people is one more equation for someone who
solves for a hidden cell; free choice of groups undoes rounding altogether. Read by the builder, the attacker, the
documentation and the dashboard.

A team is part of one department, a department of one group, a group of all: so a department's cells say which group
it is in, and a team's which department. What a view's cells add up to is written beside it, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Dimension = Literal["month", "department_group", "department", "team", "grade_band", "profession", "nation"]

DIMENSIONS: Final[tuple[Dimension, ...]] = (
    "month",
    "department_group",
    "department",
    "team",
    "grade_band",
    "profession",
    "nation",
)

OPTIONAL: Final[tuple[Dimension, ...]] = ("department_group", "team", "profession", "nation")
"""What a roster need not say: a view of something that it says of nobody is left out."""


@dataclass(frozen=True, slots=True)
class View:
    """A way of cutting the people of an indicator: its name, its dimensions, and the views whose cells add up to it.

    A view without the dimension `month` covers the whole window of the release. `cuts` are the dimensions that tell
    its groups apart; `dimensions` has those above them too, which each cell names as well. `coarser` is where a reader
    finds more when most of the view is hidden; empty when there is nothing coarser but the whole.
    """

    name: str
    cuts: tuple[Dimension, ...]
    above: tuple[Dimension, ...]
    finer: tuple[str, ...]
    coarser: str

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Every dimension that a cell of the view has a value of, the coarsest first."""
        return (*self.above, *self.cuts)

    @property
    def places(self) -> tuple[Dimension, ...]:
        """The dimensions but the month: what a person's place in the roster decides."""
        return tuple(name for name in self.dimensions if name != "month")


# In this order a cell is given up for another one: the last view's first.
VIEWS: Final[dict[str, View]] = {
    view.name: view
    for view in (
        View("all", (), (), ("month", "department_group", "department", "grade_band", "profession", "nation"), ""),
        View("month", ("month",), (), ("department_group_month", "department_month"), ""),
        View("department_group", ("department_group",), (), ("department", "department_group_month"), "all"),
        View("department", ("department",), ("department_group",), ("department_month", "team"), "department_group"),
        View("nation", ("nation",), (), (), "all"),
        View("profession", ("profession",), (), (), "all"),
        View("grade_band", ("grade_band",), (), (), "all"),
        View("department_group_month", ("department_group", "month"), (), ("department_month",), "department_group"),
        View("department_month", ("department", "month"), ("department_group",), (), "department"),
        View("team", ("team",), ("department_group", "department"), (), "department"),
    )
}

EVERY_VIEW: Final = tuple(VIEWS)
