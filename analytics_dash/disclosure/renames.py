"""Departments and teams that another release calls otherwise: a new name hides nobody from whoever reads the news.

A group that is gone and one that has come are taken for the same people where every figure that both releases show of
them is the same, and no other group fits either. What one release hides under the old name the other may show under the
new. Pure; called by `attacker`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from analytics_dash.disclosure.sums import standing_of
from analytics_dash.releases.types import Cell

Name = Literal["department", "team"]

LEAST_ALIKE: Final = 2
"""So many figures must be shown of a group in both releases, and be the same."""

_Group = tuple[str | None, ...]
"""A department; or a department and one of its teams."""

_Figures = Mapping[object, tuple[int, int]]


def as_named_by(last: Sequence[Cell], earlier: Sequence[Cell]) -> Sequence[Cell]:
    """Return the `earlier` cells with departments and teams called what the `last` release calls them."""
    called = _renamed(last, earlier, "department")
    if called:
        earlier = [
            replace(cell, department=called[own][0]) if (own := _group(cell, "department")) in called else cell
            for cell in earlier
        ]
    called = _renamed(last, earlier, "team")
    if called:
        earlier = [
            replace(cell, team=called[own][-1]) if (own := _group(cell, "team")) in called else cell for cell in earlier
        ]
    return earlier


def _renamed(last: Sequence[Cell], earlier: Sequence[Cell], name: Name) -> dict[_Group | None, _Group]:
    """Return what groups of `earlier` that `last` does not know are called in it, as far as figures tell."""
    then, now = ({_group(cell, name) for cell in cells} for cells in (earlier, last))
    gone, come = then - now, now - then
    if not gone or not come:
        return {}
    months = [{cell.month for cell in cells} for cells in (earlier, last)]
    whole = months[0] == months[1]  # figures over all months are of the same people only then
    old, new = _shown(earlier, gone, name, whole=whole), _shown(last, come, name, whole=whole)
    fits: dict[_Group, list[_Group]] = {
        before: [after for after in new if before[:-1] == after[:-1] and _alike(figures, new[after])]
        for before, figures in old.items()
    }
    wanted = [after for found in fits.values() for after in found]
    return {before: found[0] for before, found in fits.items() if len(found) == 1 and wanted.count(found[0]) == 1}


def _group(cell: Cell, name: Name) -> _Group | None:
    """Return the group that a cell is about, or about a part of."""
    if getattr(cell, name) is None:
        return None
    return (cell.department,) if name == "department" else (cell.department, cell.team)


def _shown(
    cells: Sequence[Cell], groups: set[_Group | None], name: Name, *, whole: bool
) -> dict[_Group, dict[object, tuple[int, int]]]:
    """Return what is shown of each of the groups, by where it stands, whatever the group is called."""
    found: dict[_Group, dict[object, tuple[int, int]]] = defaultdict(dict)
    for cell in cells:
        group = _group(cell, name) if whole or cell.month is not None else None
        if group is not None and group in groups and cell.numerator is not None and cell.denominator is not None:
            at = standing_of(cell)
            place = (*(at._replace(department=None) if name == "department" else at._replace(team=None)),)
            found[group][cell.indicator, cell.arm, place] = (cell.numerator, cell.denominator)
    return found


def _alike(one: _Figures, other: _Figures) -> bool:
    both = one.keys() & other.keys()
    return len(both) >= LEAST_ALIKE and all(one[at] == other[at] for at in both)
