"""Hiding further cells where the rule alone is not enough: with few groups, a hidden one follows from the others.

The attacker is run over the cells of a release about to be built, together with the earlier releases; for each cell
that leaks, the smallest of the shown cells that pin it is hidden too, until nothing leaks. What was hidden for which
reason is not told apart anywhere. Called by `releases.build`; publication runs the attacker again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from analytics_dash.disclosure.attacker import Leak, attack
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.releases.types import Cell


_ORDER: Final = {name: position for position, name in enumerate(VIEWS)}


def hide_what_leaks(
    cells: Sequence[Cell], kinds: Mapping[str, Kind], *, earlier: Sequence[Sequence[Cell]] = ()
) -> tuple[Cell, ...]:
    """Return `cells` with as many more hidden as it takes for the attacker to find nothing, in the same order.

    `earlier` releases (oldest first) help the attacker, and stay as they are.
    """
    hidden: set[Cell] = set()
    for key in dict.fromkeys(_people(cell) for cell in cells):
        current = [cell for cell in cells if _people(cell) == key]
        while victims := _victims(attack([*earlier, current], kinds).leaks, current):
            hidden |= victims
            current = [_hide(cell) if cell in victims else cell for cell in current]
    return tuple(_hide(cell) if cell in hidden else cell for cell in cells)


def _people(cell: Cell) -> tuple[str, str | None]:
    """Return what tells apart cells that count different people, and so cannot pin each other."""
    return cell.indicator, cell.arm


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
