"""Which departments and teams may have become which others, as far as the figures of two releases allow.

A reader of the news knows which; whoever publishes does not. So each way that fits is supposed: one group that became
several, several that became one, of which one may keep its name; a team that was moved to another department. Ways
that do not get in each other's way are supposed together, so that few do for all. Pure; called by `company`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations
from math import comb, inf
from typing import Final, NamedTuple

from analytics_dash.disclosure.links import Who, interval
from analytics_dash.disclosure.populations import Place
from analytics_dash.disclosure.reorganised import Group, group_of
from analytics_dash.disclosure.rule import MINIMUM, Count
from analytics_dash.releases.types import Cell

SEVERAL: Final = 3
"""One group is supposed to have become so many at most, or so many to have become one."""

MOST: Final = 6
"""So many lists of ways are tried at most, those of the likeliest ways: each is an attack of its own."""

EVERY_WAY: Final = 10_000
"""Of so many groupings at most each is looked at. Where more are thinkable, because half of a large department's teams
have other names, groups are supposed to have become two at most, or one; beyond seventy nothing is supposed."""

Cells = Mapping[Place, Cell]
_COUNTS: Final[tuple[Count, ...]] = ("numerator", "denominator", "rest")


class Spot(NamedTuple):
    """What of a group is counted: whose counts, in which months, published by month or not."""

    who: Who
    months: str
    monthly: bool


class Figure(NamedTuple):
    """A cell where it stands, and between what each of its counts lies as it tells; None where it is hidden."""

    place: Place
    cell: Cell
    bounds: Mapping[Count, tuple[float, float] | None]


Figures = Mapping[Group, Mapping[Spot, Figure]]


@dataclass(frozen=True, slots=True)
class Same:
    """Groups of one release that have, together, the people of some groups of another."""

    before: frozenset[Group]
    after: frozenset[Group]


@dataclass(frozen=True, slots=True)
class Way:
    """What may have become of some groups: all that adds up then, and who keeps a name but not the people.

    `anew` are the groups that are gone or have come, which another way cannot have as well.
    """

    sames: tuple[Same, ...]
    apart: frozenset[Group]
    anew: frozenset[Group]


def figures_of(cells: Cells) -> Figures:
    """Return the cells of each department and team."""
    found: dict[Group, dict[Spot, Figure]] = defaultdict(dict)
    for place, cell in cells.items():
        if (group := group_of(place)) is not None:
            bounds = {count: interval(cell, count) for count in _COUNTS}
            found[group][Spot(place.who, place.months, place.at.month is not None)] = Figure(place, cell, bounds)
    return found


def ways(one: Figures, other: Figures) -> list[list[Way]]:
    """Return what may have become of the groups of `one` that `other` lacks and the other way round.

    Each list holds ways that may all be true together; those of which the figures tell most come first.
    """
    gone, come = one.keys() - other.keys(), other.keys() - one.keys()
    if not gone and not come:
        return []
    found = sorted(
        ((-tells, way) for way in _every(one, other, gone, come) if (tells := _tells(way, one, other))),
        key=lambda each: (each[0], len(each[1].anew), sorted(map(_name, each[1].anew)), _names(each[1])),
    )
    together: list[list[Way]] = []
    for way in (each[1] for each in found):
        for some in together:
            if all(each.anew.isdisjoint(way.anew) and each.apart.isdisjoint(way.apart) for each in some):
                some.append(way)
                break
        else:
            if len(together) < MOST:
                together.append([way])
    return together


def spots_of(same: Same, one: Figures, other: Figures) -> dict[str, list[Spot]]:
    """Return, by months, what all groups of `same` have, in those months in which the figures do not contradict it."""
    groups = [*(one[group] for group in same.before), *(other[group] for group in same.after)]
    found: dict[str, list[Spot]] = defaultdict(list)
    against: set[str] = set()
    for spot in groups[0]:
        if spot.months not in against and all(spot in group for group in groups):
            if _adds_up(same, spot, one, other):
                found[spot.months].append(spot)
            else:
                against.add(spot.months)
    return {months: spots for months, spots in found.items() if months not in against}


def _every(one: Figures, other: Figures, gone: Set[Group], come: Set[Group]) -> Iterator[Way]:
    """Yield every way, whether or not it fits."""
    kept = sorted(group for group in one.keys() & other.keys() if group.team is None)
    old, new = ({group for group in some if group.team is None} for some in (gone, come))
    changed = [group for group in kept if _differs(group, one, other)]
    for before, after in _mappings(old, new, changed):
        if spots_of(Same(before, after), one, other):
            yield _of_departments(before, after, one, other)
    for department in kept:
        old, new = ({g for g in some if g.department == department.department} for some in (gone, come))
        teams = [g for g in one.keys() & other.keys() if g.team is not None and g.department == department.department]
        for before, after in _mappings(old, new, sorted(g for g in teams if _differs(g, one, other))):
            yield Way((Same(before, after),), before & after, before ^ after)
    homes = {group.department for group in kept}
    if len(gone) * len(come) > EVERY_WAY:
        return
    for team in sorted((g for g in gone if g.team is not None and g.department in homes), key=_name):
        for moved in sorted((g for g in come if g.team is not None and g.department in homes), key=_name):
            if team.department != moved.department:
                yield _of_a_move(team, moved)


def _mappings(
    gone: Set[Group], come: Set[Group], kept: Sequence[Group]
) -> Iterator[tuple[frozenset[Group], frozenset[Group]]]:
    """Yield which groups may have become which: one of them several, or several of them one."""
    for size in range(1, _several(len(gone), len(come), len(kept)) + 1):
        for some in combinations(sorted(come, key=_name), size):
            for group in sorted(gone, key=_name):
                yield frozenset({group}), frozenset(some)
            for group in kept:
                yield frozenset({group}), frozenset({group, *some})
        for some in combinations(sorted(gone, key=_name), size):
            for group in sorted(come, key=_name) if size > 1 else ():
                yield frozenset(some), frozenset({group})
            for group in kept:
                yield frozenset({group, *some}), frozenset({group})


def _several(gone: int, come: int, kept: int) -> int:
    """How many groups one may have become, `SEVERAL` at most, so that no more than `EVERY_WAY` groupings are made."""
    made = 0
    for size in range(1, SEVERAL + 1):
        made += comb(come, size) * (gone + kept) + comb(gone, size) * (come + kept)
        if made > EVERY_WAY:
            return size - 1
    return SEVERAL


def _of_departments(before: frozenset[Group], after: frozenset[Group], one: Figures, other: Figures) -> Way:
    """Departments became others; of each of their teams that keeps its name, those in the old are those in the new."""
    teams: dict[str, tuple[set[Group], set[Group]]] = defaultdict(lambda: (set(), set()))
    for side, departments, figures in ((0, before, one), (1, after, other)):
        for group in figures:
            if group.team is not None and Group(group.department, None) in departments:
                teams[group.team][side].add(group)
    own = [
        Same(frozenset(old), frozenset(new))
        for _team, (old, new) in sorted(teams.items())
        if old and new and old != new
    ]
    sames = (Same(before, after), *own)
    return Way(sames, frozenset[Group]().union(*(same.before & same.after for same in sames)), before ^ after)


def _of_a_move(team: Group, moved: Group) -> Way:
    """A team is now one of another department; its old department lacks it, its new one has it besides."""
    old, new = Group(team.department, None), Group(moved.department, None)
    sames = (
        Same(frozenset({team}), frozenset({moved})),
        Same(frozenset({old}), frozenset({old, moved})),
        Same(frozenset({new, team}), frozenset({new})),
    )
    return Way(sames, frozenset({old, new}), frozenset({team, moved}))


def _differs(group: Group, one: Figures, other: Figures) -> bool:
    """Whether any figure that both releases show of a group differs."""
    return any(
        (was.cell.numerator, was.cell.denominator) != (now.cell.numerator, now.cell.denominator)
        for spot, now in other[group].items()
        if now.cell.numerator is not None and (was := one[group].get(spot)) and was.cell.numerator is not None
    )


def _tells(way: Way, one: Figures, other: Figures) -> int:
    """In how many spots, of those in which nothing speaks against a way, it may tell of a hidden count below ten."""
    if not spots_of(way.sames[0], one, other):
        return 0
    return sum(
        _may_tell(same, spot, count, one, other)
        for same in way.sames
        for spots in spots_of(same, one, other).values()
        for spot in spots
        for count in _COUNTS
    )


def _may_tell(same: Same, spot: Spot, count: Count, one: Figures, other: Figures) -> bool:
    """Whether one side is all shown, and leaves less than ten for each hidden group of the other.

    Where none is hidden, rounded figures that add up tell each other more closely, and so what these are part of.
    """
    sides = [(same.before, one), (same.after, other)]
    for (whole, figures), (parts, others) in (sides, sides[::-1]):
        each = [others[group][spot].bounds[count] for group in parts]
        low, high = _sum(whole, spot, count, figures)
        if high < inf:
            hidden = each.count(None)
            return not hidden or low - sum(known[1] for known in each if known is not None) < MINIMUM * hidden
    return False


def _adds_up(same: Same, spot: Spot, one: Figures, other: Figures) -> bool:
    for count in _COUNTS:
        (low, high), (least, most) = _sum(same.before, spot, count, one), _sum(same.after, spot, count, other)
        if low > most or least > high:
            return False
    return True


def _sum(groups: Set[Group], spot: Spot, count: Count, figures: Figures) -> tuple[float, float]:
    """Between what the counts of some groups lie together, as their cells tell."""
    low = high = 0.0
    for group in groups:
        least, most = figures[group][spot].bounds[count] or (0.0, inf)
        low, high = low + least, high + most
    return low, high


def _name(group: Group) -> tuple[str, str]:
    return group.department, group.team or ""


def _names(way: Way) -> list[list[tuple[str, str]]]:
    return [sorted(map(_name, groups)) for groups in (way.sames[0].before, way.sames[0].after)]
