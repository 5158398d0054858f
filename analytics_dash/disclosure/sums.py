"""What adds up in a release: each cell, and the cells of a finer view that make it up. Pure.

Read from the list of views and from what each cell says of itself (a team's cell names its department, a
department's its group), so that no one has to be told the hierarchy apart. Called by `populations` and `equations`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from analytics_dash.disclosure.views import VIEWS
from analytics_dash.releases.types import Cell


class Standing(NamedTuple):
    """Where a cell stands in its release. A department's group is no part of it: a department may be moved."""

    view: str
    month: str | None
    department_group: str | None
    department: str | None
    team: str | None
    grade_band: str | None
    profession: str | None
    nation: str | None


_Key = TypeVar("_Key", bound=Hashable)


def standing_of(cell: Cell) -> Standing:
    """Return where `cell` stands."""
    group = cell.department_group if cell.department is None else None
    return Standing(
        cell.view, cell.month, group, cell.department, cell.team, cell.grade_band, cell.profession, cell.nation
    )


def sums_of(cells: Mapping[_Key, Cell]) -> Iterator[tuple[_Key, tuple[_Key, ...]]]:
    """Yield every additive equation in a release: a cell, and the cells of a finer view that make it up.

    Cells of different indicators or arms add up apart. A whole is yielded once for each finer view that has parts of
    it, in the order of `cells`.
    """
    by_view: dict[tuple[str, str | None, str], list[tuple[_Key, Cell]]] = defaultdict(list)
    for key, cell in cells.items():
        by_view[cell.indicator, cell.arm, cell.view].append((key, cell))
    for (indicator, arm, name), wholes in by_view.items():
        dimensions = VIEWS[name].dimensions
        for finer in VIEWS[name].finer:
            parts: dict[tuple[object, ...], list[_Key]] = defaultdict(list)
            for key, cell in by_view.get((indicator, arm, finer), ()):
                parts[tuple(getattr(cell, dimension) for dimension in dimensions)].append(key)
            for whole, cell in wholes:
                if made_of := parts.get(tuple(getattr(cell, dimension) for dimension in dimensions)):
                    yield whole, tuple(made_of)
