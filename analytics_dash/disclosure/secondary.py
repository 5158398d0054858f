"""Hiding further cells where the rule alone is not enough: with few groups, a hidden one follows from the others.

The attacker is run over the cells of a release about to be built, together with the earlier releases; for each cell
that leaks, the smallest of the shown cells that pin it is hidden too, until nothing leaks. What was hidden for which
reason is not told apart anywhere. Called by `releases.build`; publication runs the attacker again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from analytics_dash.disclosure.attacker import Leak, first_leaks
from analytics_dash.disclosure.links import Link, circles, parties, reached, who_of
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.releases.types import Cell

_ORDER: Final = {name: position for position, name in enumerate(VIEWS)}

Earlier = Callable[[str], Sequence[Sequence[Cell]]]
"""Gives the earlier releases' cells (oldest first) of one indicator, so that only what hangs together is in memory."""


def hide_what_leaks(
    cells: Sequence[Cell],
    kinds: Mapping[str, Kind],
    *,
    earlier: Sequence[Sequence[Cell]] | Earlier = (),
    links: Sequence[Link] = (),
) -> tuple[Cell, ...]:
    """Return `cells` with as many more hidden as it takes for the attacker to find nothing, in the same order.

    `earlier` releases (oldest first) help the attacker, and stay as they are; so do `links` between indicators.
    """
    hidden: set[Cell] = set()
    for circle in circles({cell.indicator for cell in cells}, links):
        beside = _beside(circle, earlier)
        current = [cell for cell in cells if cell.indicator in circle]
        waiting = every = parties({who_of(cell) for cell in current}, links)
        while waiting:
            party, *waiting = waiting
            while victims := _victims(first_leaks(party, [*beside, current], kinds, links), current):
                hidden |= victims
                current = [_hide(cell) if cell in victims else cell for cell in current]
                # A cell of another party that is hidden now has to withstand the attacker as well, and who knew it
                # may suppose more of others.
                touched = reached({who_of(cell) for cell in victims}, links)
                waiting += [each for each in every if each not in (party, *waiting) and touched.intersection(each)]
    return tuple(_hide(cell) if cell in hidden else cell for cell in cells)


def _beside(circle: Sequence[str], earlier: Sequence[Sequence[Cell]] | Earlier) -> list[list[Cell]]:
    """Return the earlier releases' cells of the indicators in a circle."""
    if not callable(earlier):
        return [[cell for cell in cells if cell.indicator in circle] for cells in earlier]
    by_indicator = [earlier(indicator) for indicator in circle]
    return [[cell for part in parts for cell in part] for parts in zip(*by_indicator, strict=True)]


def _victims(leaks: Sequence[Leak], cells: Sequence[Cell]) -> set[Cell]:
    """Return cells to hide so that each leak loses at least one of the shown cells that pin it."""
    own = set(cells)
    victims: set[Cell] = set()
    for leak in leaks:
        candidates = own.intersection(leak.pinned_by)
        if candidates and not victims & candidates:
            victims.add(min(candidates, key=_worth))
    return victims


def _worth(cell: Cell) -> tuple[int, int, str]:
    """Order cells by how much a reader would miss them: fine views before coarse ones, small groups before large."""
    return -_ORDER[cell.view], cell.denominator or 0, str(cell)


def _hide(cell: Cell) -> Cell:
    return replace(cell, numerator=None, denominator=None, value=None, status="c")
