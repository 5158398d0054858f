"""Which releases may be put together, and what is then known: what the attacker sets up before solving anything.

Releases contradict each other where late data or another roster changed the people behind figures that look the same;
so they are put together in several ways, each of which must have a solution at all. Called by `attacker`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from analytics_dash.disclosure.equations import COUNTS, Known, Said, members, system_of
from analytics_dash.disclosure.folding import Folded, fold
from analytics_dash.disclosure.links import Link, Who, outward_links
from analytics_dash.disclosure.matchings import Figures, Same, Spot, figures_of, spots_of, ways
from analytics_dash.disclosure.populations import Place, Slot, places_of, with_populations
from analytics_dash.disclosure.programme import Programme
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.renames import as_named_by
from analytics_dash.disclosure.reorganised import of_each_count, said_of
from analytics_dash.disclosure.sums import Standing
from analytics_dash.releases.types import Cell

T = TypeVar("T")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Case:
    """Whose cells are attacked, of which kind each is, and the links that are used."""

    family: tuple[Who, ...]
    kinds: Mapping[str, Kind]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """The family's cells of one release by place, and all cells beside them that links reach.

    By the names of the last release; `as_called` by its own, where these are others.
    """

    own: Mapping[Place, Cell]
    beside: Mapping[Place, Cell]
    as_called: Release | None = None


def parts_of(releases: Sequence[Sequence[Cell]], case: Case) -> list[Release]:
    """Return the releases in which the family has cells."""
    others = {who for link in outward_links(case.family, case.links) for who in link.whos}.difference(case.family)

    def part(cells: Sequence[Cell], as_called: Release | None = None) -> Release:
        return Release(places_of(members(cells, case.family)), places_of(members(cells, others)), as_called)

    *earlier, last = (cells for cells in releases if members(cells, case.family))
    named = [(cells, as_named_by(last, cells)) for cells in earlier]
    return [*(part(new, None if new is old else part(old)) for old, new in named), part(last)]


def systems_of(parts: Sequence[Release], case: Case) -> Iterator[Folded]:
    """Yield what may be put together to attack the last of `parts`; nothing when not even that one holds by itself.

    Releases contradict each other where late data or another roster changed the people behind figures that look the
    same. That must not hide what the others say together: so the last one is attacked with as many earlier ones as
    hold with it, the newest first, and with each of them apart where that links more cells (which cell is whose is not
    the same in company). Links that need not hold are used where the last release does not contradict them; where not
    all releases hold together with these, all are put together without them as well. And once more with what is hidden
    now supposed not to have changed (`steady`), where that says something else.
    """
    *earlier, last = parts
    case, alone = _uncontradicted(last, case)
    if alone is None:
        return
    company, together = [last], alone
    # Most often all of them hold together; then there is nothing to find out one by one.
    if earlier and (everything := joint(parts, case)) is not None:
        company, together = list(parts), everything
    else:
        for release in reversed(earlier):
            if (more := joint([release, *company], case)) is not None:
                company, together = [release, *company], more
    yield together.folded
    if earlier and (steady := joint(company, case, steady=True)) is not None and steady.slots != together.slots:
        yield steady.folded
    if len(company) < len(parts) and (firm := joint(parts, _firm(case))) is not None:
        yield firm.folded
    yield from _apart(earlier, company, together, case)
    yield from _added(earlier, last, case)
    for release in earlier:
        yield from _matched(release.as_called or release, last, case)


def _uncontradicted(last: Release, case: Case) -> tuple[Case, _Joint | None]:
    """Return the case with such links alone as always hold, or as the last release does not contradict, one by one.

    And that release by itself as a system; None where not even the links that always hold do.
    """
    if (alone := joint([last], case)) is not None:
        return case, alone
    found = _firm(case)
    if (alone := joint([last], found)) is not None:
        for link in case.links:
            more = replace(case, links=(*found.links, link))
            if not link.always and (closer := joint([last], more)) is not None:
                found, alone = more, closer
    return found, alone


def _firm(case: Case) -> Case:
    return replace(case, links=tuple(link for link in case.links if link.always))


def _matched(release: Release, last: Release, case: Case) -> Iterator[Folded]:
    """Yield the last release with an earlier one for each way in which groups may have become others.

    What the figures contradict of a way, in some months, is left out; so is what others of the same list contradict.
    """
    one, other = figures_of(release.own), figures_of(last.own)
    for some in ways(one, other):
        apart = {each.place for way in some for group in way.apart for each in other[group].values()}
        for careful in (frozenset[Who](), frozenset(case.family)):
            known = _known([release, last], case, careful=careful, apart=apart)
            if can_hold(fold(system_of(known, case.kinds, case.links))):
                said = [
                    list(_adding_up(known, (one, other), same, spots, case.kinds))
                    for way in some
                    for same in way.sames
                    for spots in spots_of(same, one, other).values()
                ]
                if (folded := _as_far_as_it_fits(known, case, said)) is not None:
                    yield folded
                break


def _adding_up(
    known: Sequence[Known],
    figures: tuple[Figures, Figures],
    same: Same,
    spots: Sequence[Spot],
    kinds: Mapping[str, Kind],
) -> Iterator[Said]:
    """Yield that what groups count in some spots is what others count there now."""
    for spot in spots:
        terms = [(known[0].slots[figures[0][group][spot].place], -1) for group in sorted(same.before, key=str)]
        terms += [(known[1].slots[figures[1][group][spot].place], 1) for group in sorted(same.after, key=str)]
        yield from of_each_count(terms, kinds, "=")


def _as_far_as_it_fits(known: Sequence[Known], case: Case, said: Sequence[Sequence[Said]]) -> Folded | None:
    """Return what is known with as much of what is said as fits together, the first first; None where nothing does."""

    def told(more: Iterable[Sequence[Said]]) -> Folded | None:
        folded = fold(system_of(known, case.kinds, case.links, chain(*more)))
        return folded if can_hold(folded) else None

    return _most([said], told)


def _most(waiting: list[Sequence[T]], holds: Callable[[Sequence[T]], Found | None]) -> Found | None:
    """Return what `holds` gives for as many as it can hold together, the last list of `waiting` first; None for none.

    By halves: most of them can.
    """
    taken: list[T] = []
    found = None
    while waiting:
        some = waiting.pop()
        if (more := holds([*taken, *some])) is not None:
            taken, found = [*taken, *some], more
        elif len(some) > 1:
            waiting = [*waiting, *_halves(some)]
    return found


def _halves(some: Sequence[T]) -> list[Sequence[T]]:
    """Two lists; the first half last, since that is taken first."""
    return [some[len(some) // 2 :], some[: len(some) // 2]]


@dataclass(frozen=True, slots=True)
class _Joint:
    """Releases put together: the slots of each one's cells, and what is to be solved."""

    slots: tuple[frozenset[Slot], ...]
    folded: Folded


def _apart(earlier: Sequence[Release], company: list[Release], together: _Joint, case: Case) -> Iterator[Folded]:
    """Yield the last release with each earlier one that tells more alone with it than in company."""
    last = company[-1]
    for release in earlier:
        position = next((at for at, each in enumerate(company) if each is release), None)
        if position is not None and len(company) == 2:
            continue
        # The careful reading links fewer cells than the close one, which is what company is measured against.
        one, other = (frozenset(known.slots.values()) for known in _known([release, last], case))
        if position is not None and _linked(one, other) <= _linked(together.slots[position], together.slots[-1]):
            continue
        if (pair := joint([release, last], case)) is not None:
            yield pair.folded


def _linked(one: frozenset[Slot], other: frozenset[Slot]) -> set[tuple[Who, Standing]]:
    """Return where both have cells that are taken for the same people."""
    return {(slot.who, slot.at) for slot in one & other}


def _added(earlier: Sequence[Release], last: Release, case: Case) -> Iterator[Folded]:
    """Yield the last release with each earlier one of which it shows what was hidden, as late data that only adds.

    What was below ten and is ten now has grown by no more than a coarser cell has: so it was hardly below ten.
    """
    for release in earlier:
        hidden = (place for place, cell in release.own.items() if cell.status == "c" and place in last.own)
        if any(last.own[place].status in ("shown", "low") for place in hidden):
            known = _known([release, last], case, lifted=True)
            more = [*_grown(known[0], known[1], case.kinds), *chain(*said_of(known, case.kinds, "≤").values())]
            if can_hold(folded := fold(system_of(known, case.kinds, case.links, more))):
                yield folded


def _grown(one: Known, last: Known, kinds: Mapping[str, Kind]) -> Iterator[Said]:
    """Yield that every count of the last release of other people than in the one before is at least as large."""
    for place, slot in last.slots.items():
        if place in one.slots and one.slots[place] != slot:
            for count in COUNTS:
                if count != "rest" or kinds[place.who.indicator] == "proportion":
                    yield ((slot, count, 1), (one.slots[place], count, -1)), "≤", False


def joint(releases: Sequence[Release], case: Case, *, steady: bool = False) -> _Joint | None:
    """Return the releases as one system, linked as closely as they allow; None when they contradict each other.

    Where they do when all are read closely, as many of the case's indicators are as can be; the others carefully.
    `steady` as in `with_populations`.
    """
    every = frozenset(case.family)
    if (closest := _read(releases, case, frozenset(), steady=steady)) is not None or len(releases) == 1:
        return closest
    found = _read(releases, case, every, steady=steady)
    if found is None or len(every) == 1:
        return found
    closest = _most(_halves(case.family), lambda close: _read(releases, case, every.difference(close), steady=steady))
    return closest or found


def _read(releases: Sequence[Release], case: Case, careful: Set[Who], *, steady: bool) -> _Joint | None:
    """Return the releases as one system with some indicators read carefully; None when they contradict each other."""
    known = _known(releases, case, careful=careful, steady=steady)
    plain = fold(system_of(known, case.kinds, case.links))
    if not can_hold(plain):
        return None
    return _Joint(tuple(frozenset(each.slots.values()) for each in known), _told(known, case) or plain)


def _told(known: Sequence[Known], case: Case) -> Folded | None:
    """Return the same system with what is known of departments and teams that are now others, where that fits.

    If not all of it does, what is said of each month is tried by itself: late data may have changed some.
    """
    said = said_of(known, case.kinds)

    def told(more: Iterable[Iterable[Said]]) -> Folded | None:
        folded = fold(system_of(known, case.kinds, case.links, chain(*more)))
        return folded if can_hold(folded) else None

    if not said:
        return None
    return told(said.values()) or told([more for more in said.values() if told([more])])


def _known(
    releases: Sequence[Release],
    case: Case,
    *,
    careful: Set[Who] = frozenset(),
    lifted: bool = False,
    steady: bool = False,
    apart: Set[Place] = frozenset(),
) -> list[Known]:
    """Return the family's cells in each release, with whose they are, and all others' beside them."""
    own = [release.own for release in releases]
    slots = with_populations(own, careful=careful, links=case.links, lifted=lifted, steady=steady, apart=apart)
    return [Known(each.own, where, each.beside) for each, where in zip(releases, slots, strict=True)]


def can_hold(folded: Folded) -> bool:
    """Return whether there are true counts that fit the system; where there are no cells, nothing is amiss."""
    if not folded.system.slots:
        return True
    bounds_ = folded.bounds(folded.system.lower, folded.system.upper)
    return Programme(folded.matrix, *bounds_, folded.most).minimise() is not None
