"""The attacker: someone who has every published cell, knows the rule, and solves for the hidden counts.

For each hidden count the attacker asks with a linear programme (SciPy's HiGHS) between which bounds it lies when it is
below ten (`ranges`). A count that is pinned to within ±2 leaks: that is as close as a shown figure is, and shown it may
not be. A hidden sum of magnitudes leaks as soon as it can be estimated to within `P_PERCENT`. Called by `secondary`
before a release is built and by `releases.publish` over a release together with all earlier ones. What the attacker
cannot know (outside knowledge, colluding readers) is listed in `docs/method.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analytics_dash.disclosure.equations import COUNTS, Count, build_system
from analytics_dash.disclosure.folding import Folded, fold
from analytics_dash.disclosure.programme import Programme
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.ranges import bounds, sum_bounds
from analytics_dash.releases.types import Cell


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


def attack(releases: Sequence[Sequence[Cell]], kinds: Mapping[str, Kind]) -> Attack:
    """Attack the last of `releases` with the help of the earlier ones (oldest first).

    A hidden cell of an earlier release counts too: the last one may give it away. `kinds` gives the kind of each
    indicator. Cells of different indicators or arms count different people and are attacked apart.
    """
    hidden = 0
    leaks: list[Leak] = []
    impossible: list[str] = []
    for (indicator, arm), parts in _by_indicator_and_arm(releases).items():
        kind = kinds[indicator]
        systems = _systems(parts, kind)
        if not systems:
            impossible.append(f"{indicator} {arm}".strip())
            continue
        hidden += max(len(each.system.hidden) for each in systems)
        found = (leak for each in systems for leak in _leaks(each, kind, own=set(parts[-1])))
        leaks += {(leak.cell, leak.count, leak.pinned_by): leak for leak in found}.values()
    return Attack(hidden, tuple(leaks), tuple(impossible))


def _systems(parts: Sequence[Sequence[Cell]], kind: Kind) -> list[Folded]:
    """Return what may be put together to attack the last of `parts`; empty when not even that one holds by itself.

    Releases contradict each other where late data or another roster changed the people behind figures that look the
    same. That must not hide what the others say together: so the last one is attacked with as many earlier ones as
    hold with it, the newest first, and with each of them apart (which cell is whose is not the same in company).
    """
    *earlier, last = parts
    together = [last]
    for release in reversed(earlier):
        if _joint([release, *together], kind) is not None:
            together.insert(0, release)
    groups = [together, *([release, last] for release in earlier if [release, last] != together)]
    return [system for group in groups if (system := _joint(group, kind)) is not None]


def _joint(releases: Sequence[Sequence[Cell]], kind: Kind) -> Folded | None:
    """Return the releases as one system, linked as closely as they allow; None when they contradict each other."""
    for closely in (True, False):
        if _can_hold(folded := fold(build_system(releases, kind, closely=closely))):
            return folded
    return None


def _leaks(folded: Folded, kind: Kind, *, own: set[Cell]) -> Iterator[Leak]:
    """Yield the counts that are pinned by shown cells of which at least one is among `own`.

    By duality the earlier releases alone give away what no cell of the last one pulls at; refusing or hiding that one
    would not undo it.
    """
    for count in COUNTS[kind]:
        found = [(row, reach) for row, reach in bounds(folded, count).items() if reach.is_narrow]
        if kind == "ratio":
            found += [(row, reach) for row, reach in sum_bounds(folded, count).items() if reach.is_estimable]
        for row, reach in found:
            pins = tuple(folded.system.cells[pin] for pin in reach.pinned_by)
            if not own.isdisjoint(pins):
                yield Leak(folded.system.cells[row], count, pins)


def _can_hold(folded: Folded) -> bool:
    """Return whether there are true counts that fit the system; where there are no cells, nothing is amiss."""
    if not folded.system.slots:
        return True
    programme = Programme(folded.matrix, *folded.bounds(folded.system.lower, folded.system.upper))
    return programme.minimise() is not None


def _by_indicator_and_arm(
    releases: Sequence[Sequence[Cell]],
) -> dict[tuple[str, str], list[list[Cell]]]:
    """Return the cells of each indicator and arm of the last release, release by release, oldest first."""
    last = {(cell.indicator, cell.arm or "") for cell in releases[-1]}
    parts: dict[tuple[str, str], list[list[Cell]]] = {}
    for cells in releases:
        here: dict[tuple[str, str], list[Cell]] = defaultdict(list)
        for cell in cells:
            here[cell.indicator, cell.arm or ""].append(cell)
        for key in sorted(last & here.keys()):
            parts.setdefault(key, []).append(here[key])
    return parts
