"""Hiding further cells where the rule alone is not enough: with few groups, a hidden one follows from the others.

The attacker is run over the cells of a release about to be built, together with the earlier releases; for each cell
that leaks, the smallest of the shown cells that pin it is hidden too, until nothing leaks. What was hidden for which
reason is not told apart anywhere. Called by `releases.build`; publication runs the attacker again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from analytics_dash.disclosure.attacker import Leak, attack
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.releases.types import Cell

_ORDER: Final = {name: position for position, name in enumerate(VIEWS)}

Earlier = Callable[[str], Sequence[Sequence[Cell]]]
"""Gives the earlier releases' cells (oldest first) of one indicator: nobody holds all of a nation's at once."""


def hide_what_leaks(
    cells: Sequence[Cell], kinds: Mapping[str, Kind], *, earlier: Sequence[Sequence[Cell]] | Earlier = ()
) -> tuple[Cell, ...]:
    """Return `cells` with as many more hidden as it takes for the attacker to find nothing, in the same order.

    `earlier` releases (oldest first) help the attacker, and stay as they are.
    """
    hidden: set[Cell] = set()
    for indicator, arms in _people(cells).items():
        beside = earlier(indicator) if callable(earlier) else earlier
        for arm in arms:
            current = [cell for cell in cells if (cell.indicator, cell.arm) == (indicator, arm)]
            while victims := _victims(attack([*beside, current], kinds).leaks, current):
                hidden |= victims
                current = [_hide(cell) if cell in victims else cell for cell in current]
    return tuple(_hide(cell) if cell in hidden else cell for cell in cells)


def _people(cells: Sequence[Cell]) -> dict[str, dict[str | None, None]]:
    """Return the indicators, each with its arms: what tells apart cells that count different people."""
    people: dict[str, dict[str | None, None]] = {}
    for cell in cells:
        people.setdefault(cell.indicator, {})[cell.arm] = None
    return people


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
