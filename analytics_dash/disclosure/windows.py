"""What two windows that overlap say of a month: what a group rises by, the months that only one of them has must hold.

Of teams, nations, professions and grade bands no months are published, but a window is the sum of its months. Where
England counts 33 at least in one window and 27 at most in the one before, the month that came in holds 6 at least: of
England, so of all. Pure; called by `equations`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final, NamedTuple

from analytics_dash.disclosure.links import Who, interval
from analytics_dash.disclosure.populations import Place, Slot
from analytics_dash.disclosure.rule import Count
from analytics_dash.disclosure.sums import Standing
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.releases.types import Cell

Places = Mapping[Place, Cell]
Slots = Mapping[Place, Slot]


def _monthly(cuts: tuple[str, ...]) -> str | None:
    return next((name for name, view in VIEWS.items() if view.cuts == (*cuts, "month")), None)


_ABOVE: Final = {
    finer: above
    for view in VIEWS.values()
    for finer in view.finer
    if (above := _monthly(view.cuts)) and "month" not in VIEWS[finer].cuts and not _monthly(VIEWS[finer].cuts)
}
"""Views of which no months are published, and the monthly view to which their groups' months would add up."""


@dataclass(frozen=True, slots=True)
class Holds:
    """At least how much a month holds, and the shown cells that say so."""

    place: Place
    count: Count
    low: float
    grounds: tuple[Cell, ...]


class _Above(NamedTuple):
    """What groups add up to: an indicator's monthly cells of all people, or of a department."""

    who: Who
    view: str
    department: str | None

    def place(self, month: str) -> Place:
        return Place(self.who, month, Standing(self.view, month, None, self.department, None, None, None, None))


def months_hold(one: Places, one_slots: Slots, other: Places, other_slots: Slots) -> Iterator[Holds]:
    """Yield what months of `other` hold at least, by how its groups have risen over those of `one`.

    A month in which both releases tell of the same people changes nothing. Of several that do not, each holds what the
    others, as they are shown, leave.
    """
    before = {(place.who, place.at): cell for place, cell in one.items() if place.at.view in _ABOVE}
    groups: dict[_Above, list[tuple[Cell, Cell]]] = defaultdict(list)
    for place, cell in other.items():
        if (above := _ABOVE.get(place.at.view)) is not None and cell.numerator is not None:
            then = before.get((place.who, place.at))
            if then is not None and then.numerator is not None:
                groups[_Above(place.who, above, place.at.department)].append((then, cell))
    months: dict[Who, set[str]] = defaultdict(set)
    for place in other if groups else ():
        if place.at.month is not None:
            months[place.who].add(place.at.month)
    for above_, pairs in groups.items():
        places = [at for month in sorted(months[above_.who]) if (at := above_.place(month)) in other]
        risen = [at for at in places if one_slots.get(at) != other_slots[at]]
        for view in dict.fromkeys(cell.view for _then, cell in pairs):
            yield from _hold([pair for pair in pairs if pair[1].view == view], {at: other[at] for at in risen})


def _hold(pairs: list[tuple[Cell, Cell]], months: Places) -> Iterator[Holds]:
    counts: tuple[Count, ...] = ("numerator", "rest", "denominator")
    for count in counts:
        rises = [(rise, pair) for pair in pairs if (rise := _rise(*pair, count)) > 0]
        least = sum(rise for rise, _pair in rises)
        for place in months if rises else ():
            others = {at: interval(cell, count) for at, cell in months.items() if at != place}
            left = least - sum(inf if known is None else known[1] for known in others.values())
            if left > 0:
                shown = (cell for _rise_, pair in rises for cell in pair)
                yield Holds(place, count, left, (*shown, *(months[at] for at in others)))


def _rise(then: Cell, now: Cell, count: Count) -> float:
    """By how much a count has risen at least."""
    before, after = interval(then, count), interval(now, count)
    return 0.0 if before is None or after is None else after[0] - before[1]
