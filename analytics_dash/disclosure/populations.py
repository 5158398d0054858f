"""Which cells of several releases are about the same people, as a reader would take them. Pure; used by `equations`.

Late data changes a few cells of a month and leaves the others as they were. A reader sees which figures differ and
takes the rest for unchanged: what one release hides of those, another may show. So each cell is looked at by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from analytics_dash.disclosure.views import VIEWS
from analytics_dash.releases.types import Cell

Slot = tuple[str, str, str | None, str | None, str | None]
"""population, view, month, department, grade_band: whose count an unknown is."""

_Place = tuple[str, str, str | None, str | None, str | None]
"""months, view, month, department, grade_band: where a cell stands, in whichever release."""

_Figures = tuple[int, int]
_Key = TypeVar("_Key", bound=Hashable)


def with_populations(releases: Sequence[Sequence[Cell]], *, closely: bool) -> Iterator[dict[Slot, Cell]]:
    """Yield each release's cells by slot, oldest release first: cells of the same people have the same slot.

    A cell is about other people than before where its figures differ from those last shown; with it every coarser
    cell that contains it, and some finer one of a coarser cell that differs. Unless `closely`, all cells of a month
    in which one is seen to differ are: the careful reading, for when the close one contradicts itself.
    """
    population: dict[_Place, str] = {}
    shown: dict[_Place, _Figures] = {}
    for cells in releases:
        here = _places(cells)
        figures = {
            place: (cell.numerator, cell.denominator)
            for place, cell in here.items()
            if cell.numerator is not None and cell.denominator is not None
        }
        differ = {place for place, figure in figures.items() if shown.get(place, figure) != figure}
        if not closely:
            periods = {place[0] for place in differ}
            differ = {place for place in here if place[0] in periods}
        for place in _spread(differ, here, population):
            population[place] = f"{place[0]} in {cells[0].release}"
            shown.pop(place, None)
        shown |= figures
        yield {(population.setdefault(place, place[0]), *place[1:]): cell for place, cell in here.items()}


def sums_of(cells: Mapping[_Key, Cell]) -> Iterator[tuple[_Key, tuple[_Key, ...]]]:
    """Yield every additive equation in a release: a cell, and the cells of a finer view that make it up."""
    for whole, cell in cells.items():
        dimensions = VIEWS[cell.view].dimensions
        for finer in VIEWS[cell.view].finer:
            parts = tuple(
                key
                for key, part in cells.items()
                if part.view == finer and all(getattr(cell, name) == getattr(part, name) for name in dimensions)
            )
            if parts:
                yield whole, parts


def _places(cells: Sequence[Cell]) -> dict[_Place, Cell]:
    # The feed was not loaded for an `x` cell: no one is counted in it, and no sum contains it.
    usable = [cell for cell in cells if cell.status != "x"]
    window = " ".join(sorted({cell.month for cell in usable if cell.month is not None}))
    return {(cell.month or window, cell.view, cell.month, cell.department, cell.grade_band): cell for cell in usable}


def _spread(differ: set[_Place], here: Mapping[_Place, Cell], known: Mapping[_Place, str]) -> set[_Place]:
    """Return `differ` with the cells that must differ along with them, among those that are `known`."""
    sums = [
        (whole, known_parts)
        for whole, parts in sums_of(here)
        if whole in known and (known_parts := [part for part in parts if part in known])
    ]
    changed = set(differ)
    while True:
        wholes = {whole for whole, parts in sums if not changed.isdisjoint(parts)}
        if not wholes <= changed:
            changed |= wholes
        elif unexplained := [parts for whole, parts in sums if whole in changed and changed.isdisjoint(parts)]:
            changed |= _likely(unexplained)
        else:
            return changed


def _likely(unexplained: Sequence[Sequence[_Place]]) -> set[_Place]:
    """Return the cells in which a reader looks for a change first, given the parts of each cell that has changed.

    That is where several meet: a department has changed and a month, so the department in this month has. Where none
    do, all parts of the cell that has the fewest.
    """
    meeting = Counter(part for parts in unexplained for part in parts)
    most = max(meeting.values())
    if most > 1:
        return {part for part, times in meeting.items() if times == most}
    fewest: Sequence[_Place] = min(unexplained, key=len)
    return set(fewest)
