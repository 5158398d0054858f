"""What a reader of published cells knows, as equations: one unknown for each true count behind a cell.

A shown count is at most `ROUNDING` from the truth; a hidden one is anything; a coarser cell is the sum of its finer
ones; the numerator and the rest make the denominator; counts of different indicators hang together as `links` say.
Cells of several releases share an unknown where a reader would take them for the same people (`populations`). Pure;
called by `attacker`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics_dash.disclosure.links import Link, Who, bound, outward_links, own_links
from analytics_dash.disclosure.populations import Place, Slot, places_of, with_populations
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.rule import MINIMUM, ROUNDING, Count
from analytics_dash.disclosure.sums import Standing, sums_of
from analytics_dash.disclosure.windows import months_hold
from analytics_dash.releases.types import Cell

COUNTS: Final[tuple[Count, ...]] = ("numerator", "rest", "denominator")
"""The columns of a system's bounds. A ratio has no rest: it is nought, and no equation says anything of it."""

Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Bond(NamedTuple):
    """What a link says of some rows: 0 ≤ the sum of sign × count ≤ `most`, which is nought or endless.

    `always` as in `Link`.
    """

    rows: Rows
    columns: Rows
    signs: Numbers
    most: float
    always: bool


@dataclass(frozen=True, slots=True)
class Outward:
    """What a link with another family says of one hidden count, and which shown cells it rests on."""

    slot: Slot
    count: Count
    low: float
    high: float
    grounds: tuple[Cell, ...]


Said = tuple[tuple[tuple[Slot, Count, int], ...], str, bool]
"""What is said of some counts: with their signs they add up to nought ("=") or at least that ("≤"); always, or not."""


@dataclass(frozen=True, slots=True)
class System:
    """What is known of the counts of the cells of indicators that are solved for together: bounds, sums and bonds.

    `slots` and `cells` go together, one for each row of `lower` and `upper`, which have one column for each of
    `COUNTS`. `is_share` are the rows of proportions, `hidden` those without a figure; `public` says of each count
    whether it is shown, in its own cell or in one that counts the same. `sums` lists the additive equations as
    (whole, parts), in rows; `bonds` what links within the family say. `grounds` are other families' shown cells that
    bound a hidden row.
    """

    slots: tuple[Slot, ...]
    cells: tuple[Cell, ...]
    is_share: Flags
    hidden: Rows
    lower: Numbers
    upper: Numbers
    public: Flags
    sums: tuple[tuple[int, Rows], ...]
    bonds: tuple[Bond, ...]
    grounds: Mapping[int, tuple[Cell, ...]]

    def hidden_counts(self, count: int) -> Rows:
        """Return the hidden rows that have such a count, but those of which another cell lawfully shows it."""
        secret: Rows = self.hidden[~self.public[self.hidden, count]]
        has_it: Flags = self.is_share[secret] | (COUNTS[count] != "rest")
        return secret[has_it]

    def says(self, row: int) -> tuple[Cell, ...]:
        """Return the shown cells that bound a row by themselves: its own, or others' in its place."""
        return self.grounds.get(row, ()) if self.cells[row].numerator is None else (self.cells[row],)


@dataclass(frozen=True, slots=True)
class Known:
    """One release as it enters a system: a family's cells, whose counts they are, and others' cells beside them."""

    cells: Mapping[Place, Cell]
    slots: Mapping[Place, Slot]
    beside: Mapping[Place, Cell] = field(default_factory=dict)


def build_system(
    releases: Sequence[Sequence[Cell]], kinds: Mapping[str, Kind], *, links: Sequence[Link] = ()
) -> System:
    """Return what is known from the cells of one family in several releases, oldest release first."""
    placed = [places_of(cells) for cells in releases]
    slots = with_populations(placed, links=links)
    return system_of([Known(*each) for each in zip(placed, slots, strict=True)], kinds, links)


def system_of(
    releases: Sequence[Known], kinds: Mapping[str, Kind], links: Sequence[Link] = (), more: Iterable[Said] = ()
) -> System:
    """Return what is known from releases whose cells are told by slot, and what `more` says of them."""
    cells: dict[Slot, Cell] = {}
    sums: dict[tuple[Slot, tuple[Slot, ...]], None] = {}
    bonds: dict[Said, None] = dict.fromkeys(more)
    outward: list[Outward] = []
    for release in releases:
        of = {slot: release.cells[place] for place, slot in release.slots.items()}
        bonds.update(dict.fromkeys(_bonds(release, links)))
        outward += _outward(release, links)
        outward += _across(release, releases[-1], kinds)
        # Shown once is known for good; a later release that hides it hides nothing.
        cells.update({slot: cell for slot, cell in of.items() if slot not in cells or cells[slot].status == "c"})
        sums.update(dict.fromkeys(sums_of(of)))
    # In one order, whatever order they came in: where several suppositions are equally good, the same one is made.
    ordered = sorted(cells, key=_in_order)
    row = {slot: index for index, slot in enumerate(ordered)}
    share = [kinds[slot.who.indicator] == "proportion" for slot in ordered]
    bounds = np.array([_bounds(cells[slot], is_share=is_share) for slot, is_share in zip(ordered, share, strict=True)])
    bounds = bounds.reshape(len(ordered), 2, len(COUNTS))
    grounds: dict[int, tuple[Cell, ...]] = {}
    for each in outward:
        if cells[each.slot].status == "c":
            own, column = bounds[row[each.slot]], COUNTS.index(each.count)
            own[:, column] = max(own[0, column], each.low), min(own[1, column], each.high)
            grounds[row[each.slot]] = (*grounds.get(row[each.slot], ()), *each.grounds)
    linked = tuple(
        Bond(
            np.array([row[slot] for slot, _count, _sign in terms], dtype=np.int64),
            np.array([COUNTS.index(count) for _slot, count, _sign in terms], dtype=np.int64),
            np.array([sign for _slot, _count, sign in terms], dtype=np.float64),
            0.0 if relation == "=" else np.inf,
            always,
        )
        for terms, relation, always in sorted(bonds, key=repr)
    )
    return System(
        slots=tuple(ordered),
        cells=tuple(cells[slot] for slot in ordered),
        is_share=np.array(share, dtype=bool),
        hidden=np.array([row[slot] for slot in ordered if cells[slot].status == "c"], dtype=np.int64),
        lower=bounds[:, 0],
        upper=bounds[:, 1],
        public=_public([cells[slot].numerator is not None for slot in ordered], linked),
        sums=tuple(
            (whole, np.array(parts, dtype=np.int64))
            for whole, parts in sorted((row[whole], [row[part] for part in parts]) for whole, parts in sums)
        ),
        bonds=linked,
        grounds=grounds,
    )


def _in_order(slot: Slot) -> tuple[str, ...]:
    return *slot.who, slot.population, *(each or "" for each in slot.at)


def _bonds(release: Known, links: Sequence[Link]) -> Iterator[Said]:
    """Yield what links say of each group in which all their parties are members of the family."""
    own = own_links({place.who for place in release.slots}, links)
    for months, at in _spots(release) if own else ():
        for link in own:
            places = [(Place(term.who, months, at), term.count, sign) for term, sign in link.terms]
            if all(place in release.slots for place, _count, _sign in places):
                terms = tuple((release.slots[place], count, sign) for place, count, sign in places)
                yield terms, link.relation, link.always


def _outward(release: Known, links: Sequence[Link]) -> Iterator[Outward]:
    """Yield the bounds of the family's hidden counts that follow from others' shown cells."""
    by_who: dict[Who, list[tuple[Link, Count]]] = defaultdict(list)
    for link in outward_links({place.who for place in release.slots}, links):
        for term, _sign in link.terms:
            by_who[term.who].append((link, term.count))
    for place, slot in release.slots.items():
        for link, count in by_who.get(place.who, ()) if release.cells[place].status == "c" else ():
            there = {who: place._replace(who=who) for who in link.whos}
            cells = {who: release.cells.get(at) or release.beside.get(at) for who, at in there.items()}
            if (found := bound(link, place.who, cells)) is not None:
                yield Outward(slot, count, *found)


def _across(one: Known, last: Known, kinds: Mapping[str, Kind]) -> Iterator[Outward]:
    """Yield what the months of each of two releases hold at least, by what groups without months say of both."""
    for before, after in ((one, last), (last, one)) if one is not last else ():
        for holds in months_hold(before.cells, before.slots, after.cells, after.slots):
            if holds.count != "rest" or kinds[holds.place.who.indicator] == "proportion":
                yield Outward(after.slots[holds.place], holds.count, holds.low, np.inf, holds.grounds)


def _spots(release: Known) -> list[tuple[str, Standing]]:
    """Return where the family's cells stand."""
    return sorted({(place.months, place.at) for place in release.slots}, key=repr)


def _public(shown: Sequence[bool], bonds: Sequence[Bond]) -> Flags:
    """Return which counts are shown, or certainly equal to one that is."""
    public = np.repeat(np.array(shown, dtype=bool)[:, None], len(COUNTS), axis=1)
    equal = [bond for bond in bonds if bond.always and bond.most == 0 and len(bond.rows) == 2]
    while any(len(set(public[bond.rows, bond.columns])) > 1 for bond in equal):
        for bond in equal:
            public[bond.rows, bond.columns] = public[bond.rows, bond.columns].any()
    return public


def _bounds(cell: Cell, *, is_share: bool) -> tuple[list[float], list[float]]:
    """Return between what each true count lies, as far as the cell alone tells."""
    if cell.status == "z":
        return [0.0] * len(COUNTS), [0.0] * len(COUNTS)
    if cell.numerator is None or cell.denominator is None:
        return [0.0] * len(COUNTS), [np.inf, np.inf if is_share else 0.0, np.inf]
    (low, high), (low_whole, high_whole) = (
        (max(MINIMUM, shown - ROUNDING), shown + ROUNDING) for shown in (cell.numerator, cell.denominator)
    )
    rest = (float(MINIMUM), np.inf) if is_share else (0.0, 0.0)
    return [float(low), rest[0], float(low_whole)], [float(high), rest[1], float(high_whole)]


def members(cells: Iterable[Cell], whos: Iterable[Who]) -> list[Cell]:
    """Return the cells that are one of `whos`'."""
    wanted = {(who.indicator, who.arm or None) for who in whos}
    return [cell for cell in cells if (cell.indicator, cell.arm) in wanted]
