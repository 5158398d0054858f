"""How counts of different indicators hang together, and what a reader of one therefore learns about another. Pure.

Which links there are is declared beside the indicators (`analytics_dash.indicators.links`); a link says something of
every group of every view that all of its terms have. Where an equation binds indicators they are solved for together,
as one *family* (`families`), whose hidden cells are bounded by what others show where an inequality binds them
(`bound`); all whom any links bind are solved for together as well (`parties`). Called by `attacker` and `equations`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from analytics_dash.disclosure.rule import MINIMUM, ROUNDING, Count
from analytics_dash.releases.types import Cell


class Who(NamedTuple):
    """Whose cells: an indicator and its arm, empty where it has none."""

    indicator: str
    arm: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A count of an indicator's cell."""

    who: Who
    count: Count


@dataclass(frozen=True, slots=True)
class Link:
    """In each group and period the counts `part` add up to those of `whole`, or to no more than them.

    `always`: it follows from the definitions. If not, it holds as a rule, so a reader would suppose it, but the data
    may contradict it; then it is not used. `because` is the reason, for the documentation.
    """

    part: tuple[Term, ...]
    relation: Literal["=", "≤"]
    whole: tuple[Term, ...]
    because: str
    always: bool = True

    terms: tuple[tuple[Term, int], ...] = field(init=False, repr=False, compare=False)
    """All terms with their sign in whole − part."""
    whos: frozenset[Who] = field(init=False, repr=False, compare=False)
    """Whose counts it binds."""

    def __post_init__(self) -> None:
        """Work out once what is asked for each cell."""
        terms = (*((term, 1) for term in self.whole), *((term, -1) for term in self.part))
        object.__setattr__(self, "terms", terms)
        object.__setattr__(self, "whos", frozenset(term.who for term, _sign in terms))

    @property
    def joins(self) -> bool:
        """Whether whoever it binds must be solved for together."""
        return self.relation == "=" and len(self.whos) > 1

    @property
    def same_people(self) -> bool:
        """Whether it says that two indicators count the same people, or the same acts, in their denominators."""
        return self.joins and all(term.count == "denominator" for term, _ in self.terms) and len(self.terms) == 2


def who_of(cell: Cell) -> Who:
    """Return whose cell it is."""
    return Who(cell.indicator, cell.arm or "")


def families(whos: Iterable[Who], links: Sequence[Link]) -> list[tuple[Who, ...]]:
    """Return `whos` in families that equations bind, each in order, and the families by their first member."""
    return _components(whos, [link.whos for link in links if link.joins])


def parties(whos: Iterable[Who], links: Sequence[Link]) -> list[tuple[Who, ...]]:
    """Return who is attacked together: each family, with what is shown beside it, and all whom any links bind.

    Neither does for the other: only in the second do hidden counts on both sides of an inequality bound each other, and
    only in the first does what one indicator contradicts leave the others' releases put together as closely as before.
    """
    whos = set(whos)
    return list(dict.fromkeys([*families(whos, links), *_components(whos, [link.whos for link in links])]))


def circles(indicators: Iterable[str], links: Sequence[Link]) -> list[tuple[str, ...]]:
    """Return the indicators that any link binds, directly or not, together: what must be at hand at the same time."""
    groups = [frozenset(Who(who.indicator) for who in link.whos) for link in links]
    return [tuple(who.indicator for who in own) for own in _components(map(Who, indicators), groups)]


def _components(members: Iterable[Who], groups: Sequence[frozenset[Who]]) -> list[tuple[Who, ...]]:
    of: dict[Who, set[Who]] = {member: {member} for member in sorted(members)}
    for group in groups:
        present = sorted(group & of.keys())
        union = set().union(*(of[member] for member in present))
        of |= dict.fromkeys(union, union)
    return list(dict.fromkeys(tuple(sorted(own)) for own in of.values()))


def own_links(family: Iterable[Who], links: Sequence[Link]) -> list[Link]:
    """Return the links in which only members of the family occur."""
    members = frozenset(family)
    return [link for link in links if link.whos <= members]


def outward_links(family: Iterable[Who], links: Sequence[Link]) -> list[Link]:
    """Return the inequalities between the family and others."""
    members = frozenset(family)
    return [link for link in links if link.relation == "≤" and link.whos & members and not link.whos <= members]


def reached(whos: Iterable[Who], links: Sequence[Link]) -> set[Who]:
    """Return `whos` and everyone whom a link binds to one of them."""
    own = set(whos)
    return own.union(*(link.whos for link in links if link.whos & own))


def bound(link: Link, own: Who, cells: Mapping[Who, Cell | None]) -> tuple[float, float, tuple[Cell, ...]] | None:
    """Return between what a link puts the hidden count of `own`, and the shown cells that say so; None if nowhere.

    `cells` are the parties' cells in one group; None where there is none. A hidden part is at least nought; a hidden
    whole beside `own` could be anything, and then the link says nothing.
    """
    mine = next((sign for term, sign in link.terms if term.who == own), 0)
    low, high = 0.0, 0.0  # of the sum of sign × count over all other terms
    grounds = []
    for term, sign in link.terms:
        if term.who == own:
            continue
        cell = cells.get(term.who)
        known = None if cell is None else interval(cell, term.count)
        if known is None and sign > 0:
            return None
        if cell is not None and known is not None:
            grounds.append(cell)
            low, high = (low + known[0], high + known[1]) if sign > 0 else (low - known[1], high - known[0])
    if not grounds or high < 0 < -mine:
        return None
    return (max(0.0, -high), math.inf, tuple(grounds)) if mine > 0 else (0.0, high, tuple(grounds))


def interval(cell: Cell, count: Count) -> tuple[float, float] | None:
    """Return between what a count lies as its own cell tells; None where the cell is hidden."""
    if cell.numerator is None or cell.denominator is None:
        return (0.0, 0.0) if cell.status == "z" else None
    shown = {"numerator": cell.numerator, "denominator": cell.denominator}
    if count in shown:
        return float(max(MINIMUM, shown[count] - ROUNDING)), float(shown[count] + ROUNDING)
    rest = cell.denominator - cell.numerator
    return float(max(MINIMUM, rest - 2 * ROUNDING)), float(rest + 2 * ROUNDING)
