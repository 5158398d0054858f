"""The attacker: someone who has every published cell, knows the rule, and solves for the hidden counts.

For each hidden count the attacker asks with a linear programme (HiGHS) between which bounds it lies when it is
below ten (`ranges`). A count that is pinned to within ±2 leaks: that is as close as a shown figure is, and shown it may
not be. A hidden sum of magnitudes leaks as soon as it can be estimated to within `P_PERCENT`. Called by `secondary`
before a release is built and by `releases.publish` over a release together with all earlier ones. What the attacker
cannot know (outside knowledge, colluding readers) is listed in `docs/method.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from analytics_dash.disclosure.equations import Known, Said, members, system_of
from analytics_dash.disclosure.folding import Folded, fold
from analytics_dash.disclosure.links import Link, Who, families, outward_links, who_of
from analytics_dash.disclosure.populations import Place, Slot, places_of, with_populations
from analytics_dash.disclosure.programme import Programme
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.ranges import bounds, sum_bounds
from analytics_dash.disclosure.renames import as_named_by
from analytics_dash.disclosure.reorganised import said_of
from analytics_dash.disclosure.rule import Count
from analytics_dash.disclosure.sums import Standing
from analytics_dash.releases.types import Cell

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
    for family in families({who_of(cell) for cell in releases[-1]}, links):
        found = attack_family(family, releases, kinds, links)
        hidden += found.hidden
        leaks += found.leaks
        impossible += found.impossible
    return Attack(hidden, tuple(leaks), tuple(impossible))


def attack_family(
    family: Sequence[Who], releases: Sequence[Sequence[Cell]], kinds: Mapping[str, Kind], links: Sequence[Link]
) -> Attack:
    """Attack one family's cells in the last of `releases`; the others' are what is known beside them."""
    case = _Case(tuple(family), kinds, tuple(links))
    parts = _parts(releases, case)
    systems = list(_systems(parts, case))
    if not systems:
        return Attack(0, (), _culprits(parts[-1], case))
    last = set(releases[-1])
    found = (leak for each in systems for leaks in _leaks(each, own=last) for leak in leaks)
    leaks = {(leak.cell, leak.count, leak.pinned_by): leak for leak in found}
    return Attack(max(len(each.system.hidden) for each in systems), tuple(leaks.values()), ())


def first_leaks(
    family: Sequence[Who], releases: Sequence[Sequence[Cell]], kinds: Mapping[str, Kind], links: Sequence[Link]
) -> list[Leak]:
    """Return the leaks that are found first, of one count in some of the releases together; none when there are none.

    For whoever hides what pins them and tries again.
    """
    case, last = _Case(tuple(family), kinds, tuple(links)), set(releases[-1])
    steps = (leaks for each in _systems(_parts(releases, case), case) for leaks in _leaks(each, own=last))
    return next((leaks for leaks in steps if leaks), [])


@dataclass(frozen=True, slots=True)
class _Case:
    """Whose cells are attacked, of which kind each is, and the links that are used."""

    family: tuple[Who, ...]
    kinds: Mapping[str, Kind]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Release:
    """The family's cells of one release by place, and all cells beside them that links reach."""

    own: Mapping[Place, Cell]
    beside: Mapping[Place, Cell]


def _parts(releases: Sequence[Sequence[Cell]], case: _Case) -> list[_Release]:
    """Return the releases in which the family has cells."""
    others = {who for link in outward_links(case.family, case.links) for who in link.whos}.difference(case.family)
    return [
        _Release(places_of(own), places_of(members(cells, others)))
        for cells in _as_named_last(releases)
        if (own := members(cells, case.family))
    ]


def _as_named_last(releases: Sequence[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    """Yield the releases with their departments and teams called what the last one calls them."""
    *earlier, last = releases
    for cells in earlier:
        yield as_named_by(last, cells)
    yield last


def _systems(parts: Sequence[_Release], case: _Case) -> Iterator[Folded]:
    """Yield what may be put together to attack the last of `parts`; nothing when not even that one holds by itself.

    Releases contradict each other where late data or another roster changed the people behind figures that look the
    same. That must not hide what the others say together: so the last one is attacked with as many earlier ones as
    hold with it, the newest first, and with each of them apart where that links more cells (which cell is whose is not
    the same in company). Links that need not hold are used where the last release does not contradict them.
    """
    *earlier, last = parts
    alone = _joint([last], case)
    if alone is None:
        case = replace(case, links=tuple(link for link in case.links if link.always))
        alone = _joint([last], case)
    if alone is None:
        return
    company, together = [last], alone
    # Most often all of them hold together; then there is nothing to find out one by one.
    if earlier and (everything := _joint(parts, case)) is not None:
        company, together = list(parts), everything
    else:
        for release in reversed(earlier):
            if (more := _joint([release, *company], case)) is not None:
                company, together = [release, *company], more
    yield together.folded
    yield from _apart(earlier, company, together, case)
    yield from _added(earlier, last, case)


@dataclass(frozen=True, slots=True)
class _Joint:
    """Releases put together: the slots of each one's cells, and what is to be solved."""

    slots: tuple[frozenset[Slot], ...]
    folded: Folded


def _apart(earlier: Sequence[_Release], company: list[_Release], together: _Joint, case: _Case) -> Iterator[Folded]:
    """Yield the last release with each earlier one that tells more alone with it than in company."""
    last = company[-1]
    for release in earlier:
        position = next((at for at, each in enumerate(company) if each is release), None)
        if position is not None and len(company) == 2:
            continue
        # The careful reading links fewer cells than the close one, which is what company is measured against.
        one, other = (frozenset(known.slots.values()) for known in _known([release, last], case, closely=True))
        if position is not None and _linked(one, other) <= _linked(together.slots[position], together.slots[-1]):
            continue
        if (pair := _joint([release, last], case)) is not None:
            yield pair.folded


def _linked(one: frozenset[Slot], other: frozenset[Slot]) -> set[tuple[Who, Standing]]:
    """Return where both have cells that are taken for the same people."""
    return {(slot.who, slot.at) for slot in one & other}


def _added(earlier: Sequence[_Release], last: _Release, case: _Case) -> Iterator[Folded]:
    """Yield the last release with each earlier one of which it shows what was hidden, as late data that only adds.

    What was below ten and is ten now has grown by no more than a coarser cell has: so it was hardly below ten.
    """
    for release in earlier:
        hidden = (place for place, cell in release.own.items() if cell.status == "c" and place in last.own)
        if any(last.own[place].status in ("shown", "low") for place in hidden):
            known = _known([release, last], case, closely=True, lifted=True)
            more = [*_grown(known[0], known[1], case.kinds), *chain(*said_of(known, case.kinds, "≤").values())]
            if _can_hold(folded := fold(system_of(known, case.kinds, case.links, more))):
                yield folded


def _grown(one: Known, last: Known, kinds: Mapping[str, Kind]) -> Iterator[Said]:
    """Yield that every count of the last release of other people than in the one before is at least as large."""
    for place, slot in last.slots.items():
        if place in one.slots and one.slots[place] != slot:
            for count in _OF_SHARES if kinds[place.who.indicator] == "proportion" else _OF_SUMS:
                yield ((slot, count, 1), (one.slots[place], count, -1)), "≤", False


def _joint(releases: Sequence[_Release], case: _Case) -> _Joint | None:
    """Return the releases as one system, linked as closely as they allow; None when they contradict each other."""
    for closely in (True, False) if len(releases) > 1 else (True,):
        known = _known(releases, case, closely=closely)
        plain = fold(system_of(known, case.kinds, case.links))
        if _can_hold(plain):
            return _Joint(tuple(frozenset(each.slots.values()) for each in known), _told(known, case) or plain)
    return None


def _told(known: Sequence[Known], case: _Case) -> Folded | None:
    """Return the same system with what is known of departments and teams that are now others, where that fits.

    If not all of it does, what is said of each month is tried by itself: late data may have changed some.
    """
    said = said_of(known, case.kinds)

    def told(more: Iterable[Iterable[Said]]) -> Folded | None:
        folded = fold(system_of(known, case.kinds, case.links, chain(*more)))
        return folded if _can_hold(folded) else None

    if not said:
        return None
    return told(said.values()) or told([more for more in said.values() if told([more])])


def _known(releases: Sequence[_Release], case: _Case, *, closely: bool, lifted: bool = False) -> list[Known]:
    """Return the family's cells in each release, with whose they are, and all others' beside them."""
    slots = with_populations([release.own for release in releases], closely=closely, links=case.links, lifted=lifted)
    return [Known(each.own, where, each.beside) for each, where in zip(releases, slots, strict=True)]


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


def _can_hold(folded: Folded) -> bool:
    """Return whether there are true counts that fit the system; where there are no cells, nothing is amiss."""
    if not folded.system.slots:
        return True
    bounds_ = folded.bounds(folded.system.lower, folded.system.upper)
    return Programme(folded.matrix, *bounds_, folded.most).minimise() is not None


def _culprits(last: _Release, case: _Case) -> tuple[str, ...]:
    """Return which indicators contradict themselves, or, where each by itself holds, the family that does."""
    alone = []
    for who in case.family:
        own = {place: cell for place, cell in last.own.items() if place.who == who}
        if _joint([_Release(own, {})], _Case((who,), case.kinds, ())) is None:
            alone.append(who)
    return tuple(" ".join(who).strip() for who in alone or case.family)
