"""Which cells of several releases are about the same people, as a reader would take them. Pure; used by `attacker`.

Late data changes a few cells of a month and leaves the others as they were. A reader sees which figures differ and
takes the rest for unchanged: what one release hides of those, another may show. So each cell is looked at by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from analytics_dash.disclosure.links import Link, Who, who_of
from analytics_dash.disclosure.sums import Standing, standing_of, sums_of
from analytics_dash.releases.types import Cell


class Place(NamedTuple):
    """Where an indicator's cell stands, in whichever release covers the same months."""

    who: Who
    months: str
    at: Standing


class Slot(NamedTuple):
    """Whose count an unknown is: some people (`population` is opaque), standing somewhere in a release."""

    who: Who
    population: str
    at: Standing


_Figures = tuple[int, int]


def places_of(cells: Sequence[Cell]) -> dict[Place, Cell]:
    """Return cells by where they stand, in an order that does not hang on theirs.

    The feed was not loaded for an `x` cell: no one is counted in it, and no sum contains it. Who has all months of a
    release but one covers other months than who has them all.
    """
    usable = [cell for cell in cells if cell.status != "x"]
    months: dict[Who, set[str]] = defaultdict(set)
    for cell in usable:
        months[who_of(cell)].update(() if cell.month is None else (cell.month,))
    window = {who: " ".join(sorted(own)) for who, own in months.items()}
    return {
        Place(who := who_of(cell), cell.month or window[who], standing_of(cell)): cell
        for cell in sorted(usable, key=_in_order)
    }


def with_populations(
    releases: Sequence[Mapping[Place, Cell]],
    *,
    careful: Set[Who] = frozenset(),
    links: Sequence[Link] = (),
    lifted: bool = False,
    steady: bool = False,
    apart: Set[Place] = frozenset(),
) -> Iterator[dict[Place, Slot]]:
    """Yield, for each release (oldest first), the slot of each place: cells of the same people have the same slot.

    `releases` are the cells of one family, by place (`places_of`).

    A cell is about other people than before where its figures differ from those last shown; with it every coarser
    cell that contains it, and some finer one of a coarser cell that differs; and where the denominator differs, the
    cells of those indicators that count the same people. Of those in `careful`, all cells of a month in which one is
    seen to differ are: the careful reading, for when the close one contradicts itself. `lifted`: what was hidden and
    now is shown may have been lifted to ten by late data, so it is taken to differ as well. `steady`: what was shown
    and now is hidden is taken not to differ, where something that neither shows can. What is `apart` in the last
    release has the name alone of what was there before (`matchings`): nothing else differs for that.
    """
    population: dict[Place, str] = {}
    shown: dict[Place, _Figures] = {}
    twins = _twins(links)
    for number, here in enumerate(releases):
        new = apart if number == len(releases) - 1 else frozenset[Place]()
        for place in new:
            population.pop(place, None)
            shown.pop(place, None)
        figures = {
            place: (cell.numerator, cell.denominator)
            for place, cell in here.items()
            if cell.numerator is not None and cell.denominator is not None
        }
        differ = {place for place, figure in figures.items() if shown.get(place, figure) != figure}
        risen = {place for place in figures if lifted and place in population and place not in shown}
        differ |= {
            place._replace(who=twin)
            for place in differ
            if figures[place][1] != shown[place][1]
            for twin in twins.get(place.who, ())
        } & here.keys()
        periods = {(place.who, place.months) for place in differ if place.who in careful}
        differ |= {place for place in here if (place.who, place.months) in periods}
        differ |= risen
        for place in _spread(differ, here, population, shown, steady=steady) if differ else ():
            population[place] = f"{place.months} in {here[place].release}"
            shown.pop(place, None)
        shown |= figures
        for place in new & here.keys():
            population[place] = f"{place.months} in {here[place].release}"
        yield {place: Slot(place.who, population.setdefault(place, place.months), place.at) for place in here}


def _in_order(cell: Cell) -> tuple[str, str, tuple[str, ...]]:
    return cell.indicator, cell.arm or "", tuple(each or "" for each in standing_of(cell))


def _twins(links: Sequence[Link]) -> dict[Who, set[Who]]:
    """Return for each indicator those that count the same people in their denominators."""
    found: dict[Who, set[Who]] = defaultdict(set)
    for link in links:
        if link.same_people:
            for who in link.whos:
                found[who] |= link.whos - {who}
    return found


def _spread(
    differ: set[Place],
    here: Mapping[Place, Cell],
    known: Mapping[Place, str],
    shown: Mapping[Place, _Figures],
    *,
    steady: bool,
) -> set[Place]:
    """Return `differ` with the cells that must differ along with them, among those that are `known`."""
    touched = {place.who for place in differ}
    sums = [
        (whole, known_parts)
        for whole, parts in sums_of({place: cell for place, cell in here.items() if place.who in touched})
        if whole in known and (known_parts := [part for part in parts if part in known])
    ]
    changed = set(differ)
    while True:
        wholes = {whole for whole, parts in sums if not changed.isdisjoint(parts)}
        if not wholes <= changed:
            changed |= wholes
        elif unexplained := [parts for whole, parts in sums if whole in changed and changed.isdisjoint(parts)]:
            changed |= _likely([_unseen(parts, here, shown, steady=steady) for parts in unexplained])
        else:
            return changed


def _unseen(
    parts: Sequence[Place], here: Mapping[Place, Cell], shown: Mapping[Place, _Figures], *, steady: bool
) -> Sequence[Place]:
    """Return those of `parts` of which not both releases show a figure, if any: what is shown alike has not changed.

    If `steady`, those of which neither does, if there are any.
    """
    unseen = [part for part in parts if part not in shown or here[part].numerator is None]
    never = [part for part in unseen if part not in shown and here[part].numerator is None]
    return (never if steady else []) or unseen or parts


def _likely(unexplained: Sequence[Sequence[Place]]) -> set[Place]:
    """Return the cells in which a reader looks for a change first, given the parts of each cell that has changed.

    That is where several meet: a department has changed and a month, so the department in this month has. Where none
    do, all parts of the cell that has the fewest.
    """
    meeting = Counter(part for parts in unexplained for part in parts)
    most = max(meeting.values())
    if most > 1:
        return {part for part, times in meeting.items() if times == most}
    fewest: Sequence[Place] = min(unexplained, key=len)
    return set(fewest)
