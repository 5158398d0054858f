"""The attacker: someone who has every published cell, knows the rule, and solves for the hidden counts.

For each hidden count the attacker asks with a linear programme (HiGHS) between which bounds it lies when it is
below ten (`bounds`). A count that is pinned to within ±2 leaks: that is as close as a shown figure is, and shown it may
not be. A hidden sum of magnitudes leaks as soon as it can be estimated to within `P_PERCENT`. Called by `secondary`
before a release is built and by `releases.publish` over a release together with all earlier ones. What the attacker
cannot know (outside knowledge, colluding readers) is listed in `docs/method.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analytics_dash.disclosure.bounds import bounds, sum_bounds
from analytics_dash.disclosure.company import Case, Release, joint, parts_of, systems_of
from analytics_dash.disclosure.folding import Folded
from analytics_dash.disclosure.links import Link, Who, families, parties, who_of
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.rule import Count
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.releases.types import Cell

MOST_TOGETHER: Final = 500
"""A party that is more than a family and has more cells in a release is attacked with those of all and of groups alone.

Its programmes grow with the departments times the months times the indicators, and there are thousands of them.
"""

_OF_SHARES: Final[tuple[Count, ...]] = ("numerator", "rest", "denominator")
_OF_SUMS: Final[tuple[Count, ...]] = ("numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Leak:
    """A hidden cell that published cells pin too narrowly, which of its counts, and the shown cells that pin it.

    Holds no bound: that would be the secret.
    """

    cell: Cell
    count: Count
    pinned_by: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Attack:
    """What the attacker tried and found: how many hidden cells, those that leak, and what cannot be.

    `impossible` names indicators (with their arm) whose cells contradict each other: no true counts fit them, so
    they were not made by the rule.
    """

    hidden: int
    leaks: tuple[Leak, ...]
    impossible: tuple[str, ...]


def attack(releases: Sequence[Sequence[Cell]], kinds: Mapping[str, Kind], links: Sequence[Link] = ()) -> Attack:
    """Attack the last of `releases` with the help of the earlier ones (oldest first).

    A hidden cell of an earlier release counts too: the last one may give it away. `kinds` gives the kind of each
    indicator, `links` how they hang together; what no link binds counts different people and is attacked apart.
    """
    hidden = 0
    leaks: list[Leak] = []
    impossible: list[str] = []
    whos = {who_of(cell) for cell in releases[-1]}
    own = families(whos, links)
    for party in parties(whos, links):
        found = attack_party(party, releases, kinds, links)
        hidden += found.hidden if party in own else 0  # each cell is in one family
        leaks += found.leaks
        impossible += found.impossible
    return Attack(hidden, tuple(leaks), tuple(impossible))


def attack_party(
    party: Sequence[Who], releases: Sequence[Sequence[Cell]], kinds: Mapping[str, Kind], links: Sequence[Link]
) -> Attack:
    """Attack one party's cells in the last of `releases`; the others' are what is known beside them."""
    case, last = Case(tuple(party), kinds, tuple(links)), set(releases[-1])
    parts = parts_of(_manageable(releases, case), case)
    systems = list(systems_of(parts, case))
    if not systems:
        return Attack(0, (), _culprits(parts[-1], case))
    found = (leak for each in systems for leaks in _leaks(each, own=last) for leak in leaks)
    leaks = {(leak.cell, leak.count, leak.pinned_by): leak for leak in found}
    return Attack(max(len(each.system.hidden) for each in systems), tuple(leaks.values()), ())


def first_leaks(
    party: Sequence[Who], releases: Sequence[Sequence[Cell]], kinds: Mapping[str, Kind], links: Sequence[Link]
) -> list[Leak]:
    """Return the leaks that are found first, of one count in some of the releases together; none when there are none.

    For whoever hides what pins them and tries again.
    """
    case, last = Case(tuple(party), kinds, tuple(links)), set(releases[-1])
    parts = parts_of(_manageable(releases, case), case)
    steps = (leaks for each in systems_of(parts, case) for leaks in _leaks(each, own=last))
    return next((leaks for leaks in steps if leaks), [])


def _manageable(releases: Sequence[Sequence[Cell]], case: Case) -> Sequence[Sequence[Cell]]:
    """Return of the releases what one party can be attacked with in reasonable time (`MOST_TOGETHER`)."""
    is_family = families(case.family, case.links) == [case.family]
    if is_family or sum(who_of(cell) in case.family for cell in releases[-1]) <= MOST_TOGETHER:
        return releases
    coarse = {name for name, view in VIEWS.items() if set(view.places) <= {"department_group"}}
    return [[cell for cell in cells if cell.view in coarse] for cells in releases]


def _leaks(folded: Folded, *, own: set[Cell]) -> Iterator[list[Leak]]:
    """Yield, one count after the other, the hidden cells that shown cells pin of which at least one is among `own`.

    By duality the earlier releases alone give away what no cell of the last one pulls at; refusing or hiding that one
    would not undo it.
    """
    system = folded.system
    for count in _OF_SHARES:
        found = [(row, reach) for row, reach in bounds(folded, count).items() if reach.is_narrow]
        if count in _OF_SUMS:
            found += [(row, reach) for row, reach in sum_bounds(folded, count).items() if reach.is_estimable]
        pins = [(row, tuple(cell for pin in reach.pinned_by for cell in system.says(pin))) for row, reach in found]
        yield [Leak(system.cells[row], count, cells) for row, cells in pins if not own.isdisjoint(cells)]


def _culprits(last: Release, case: Case) -> tuple[str, ...]:
    """Return which indicators contradict themselves, or, where each by itself holds, the family that does."""
    alone = []
    for who in case.family:
        own = {place: cell for place, cell in last.own.items() if place.who == who}
        if joint([Release(own, {})], Case((who,), case.kinds, ())) is None:
            alone.append(who)
    return tuple(" ".join(who).strip() for who in alone or case.family)
