"""Which cells of several releases are about the same people, as a reader would take them. Pure; used by `equations`.

Late data changes a few cells of a month and leaves the others as they were. A reader sees which figures differ and
takes the rest for unchanged: what one release hides of those, another may show. So each cell is looked at by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from analytics_dash.disclosure.sums import Standing, standing_of, sums_of
from analytics_dash.releases.types import Cell


class Slot(NamedTuple):
    """Whose count an unknown is: some people (`population` is opaque), standing somewhere in a release."""

    population: str
    at: Standing


class _Place(NamedTuple):
    """Where a cell stands, in whichever release covers the same months."""

    months: str
    at: Standing


_Figures = tuple[int, int]


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
            periods = {place.months for place in differ}
            differ = {place for place in here if place.months in periods}
        for place in _spread(differ, here, population, shown) if differ else ():
            population[place] = f"{place.months} in {cells[0].release}"
            shown.pop(place, None)
        shown |= figures
        yield {Slot(population.setdefault(place, place.months), place.at): cell for place, cell in here.items()}


def _places(cells: Sequence[Cell]) -> dict[_Place, Cell]:
    # The feed was not loaded for an `x` cell: no one is counted in it, and no sum contains it.
    usable = [cell for cell in cells if cell.status != "x"]
    window = " ".join(sorted({cell.month for cell in usable if cell.month is not None}))
    return {_Place(cell.month or window, standing_of(cell)): cell for cell in usable}


def _spread(
    differ: set[_Place], here: Mapping[_Place, Cell], known: Mapping[_Place, str], shown: Mapping[_Place, _Figures]
) -> set[_Place]:
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
            changed |= _likely([_unseen(parts, here, shown) for parts in unexplained])
        else:
            return changed


def _unseen(parts: Sequence[_Place], here: Mapping[_Place, Cell], shown: Mapping[_Place, _Figures]) -> Sequence[_Place]:
    """Return those of `parts` of which not both releases show a figure, if any: what is shown alike has not changed."""
    unseen = [part for part in parts if part not in shown or here[part].numerator is None]
    return unseen or parts


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
