"""The attacker: someone who has every published cell, knows the rule, and solves for the hidden counts.

For each hidden count the attacker supposes that it is below ten, as the rule says a hidden count may be, and asks
with a linear programme (SciPy's HiGHS) between which bounds it then lies. Of the other hidden counts the attacker
supposes the same wherever the release does not contradict it. A count that is pinned to within ±2 leaks: that is as
close as a shown figure is, and shown it may not be. Called by `secondary` before a release is built and by
`releases.publish` over a release together with all earlier ones. What the attacker cannot know (outside knowledge,
colluding readers) is listed in `docs/method.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import block_array, csr_array

from analytics_dash.disclosure.equations import COUNTS, Count, Slot, System, build_system
from analytics_dash.disclosure.programme import TOLERANCE, Programme, Solution
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.rule import MINIMUM, ROUNDING
from analytics_dash.releases.types import Cell

NARROWEST: Final = 2 * ROUNDING + 1
"""A hidden count must be able to differ by at least this much: a range of ±ROUNDING is what only shown counts have."""

_FEW: Final = 4  # so many programmes of their own cost no more than another joint one gains


@dataclass(frozen=True, slots=True)
class Leak:
    """A hidden cell that published cells pin too narrowly, which of its counts, and the shown cells that pin it.

    Holds no bound: that would be the secret.
    """

    cell: Cell
    count: Count
    pinned_by: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Between which whole numbers a hidden count lies, and, when it is narrow, the shown cells that make it so."""

    low: int
    high: int
    pinned_by: tuple[Slot, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether the count is known as closely as a shown one."""
        return self.high - self.low < NARROWEST


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
        hidden += max(len(system.hidden) for system in systems)
        found = (leak for system in systems for leak in _leaks(system, COUNTS[kind], own=set(parts[-1])))
        leaks += {(leak.cell, leak.count, leak.pinned_by): leak for leak in found}.values()
    return Attack(hidden, tuple(leaks), tuple(impossible))


def _systems(parts: Sequence[Sequence[Cell]], kind: Kind) -> list[System]:
    """Return what may be put together to attack the last of `parts`; empty when not even that one holds by itself.

    Releases contradict each other where late data or another roster changed the people behind figures that look the
    same. That must not hide what the others say together: so the last one is attacked with as many earlier ones as
    hold with it, the newest first, and with each of them apart (which month is whose is not the same in company).
    """
    *earlier, last = parts
    together = [last]
    for release in reversed(earlier):
        if _can_hold(build_system([release, *together], kind)):
            together.insert(0, release)
    groups = [together, *([release, last] for release in earlier if [release, last] != together)]
    return [system for group in groups if _can_hold(system := build_system(group, kind))]


def _leaks(system: System, counts: Sequence[Count], *, own: set[Cell]) -> Iterator[Leak]:
    """Yield the counts that are pinned by shown cells of which at least one is among `own`.

    By duality the earlier releases alone give away what no cell of the last one pulls at; refusing or hiding that one
    would not undo it.
    """
    for count in counts:
        for slot, found in bounds(system, count).items():
            pins = tuple(system.cells[pin] for pin in found.pinned_by)
            if found.is_narrow and not own.isdisjoint(pins):
                yield Leak(system.cells[slot], count, pins)


def bounds(system: System, count: Count) -> dict[Slot, Range]:
    """Return the range of every hidden count that may be below ten, as the attacker finds it.

    Hidden counts that the release shows to be ten or more are left out. A range that is wide enough may be given
    narrower than it is (but never narrow): one certificate is as good as the exact bound.
    """
    columns = {system.column[slot, count]: slot for slot in system.hidden}
    if not columns:
        return {}
    small, doubtful = _believable(system, list(columns))
    ranges = _ranges(system, small)
    for column in doubtful:
        ranges |= _ranges(system, [column])
    return {columns[column]: found for column, found in ranges.items()}


def _ranges(system: System, columns: list[int]) -> dict[int, Range]:
    """Return the range of each count in `columns`, supposing that all of them are below ten; {} when they cannot be."""
    upper = system.upper.copy()
    upper[columns] = np.minimum(upper[columns], MINIMUM - 1)
    programme = Programme(system.matrix, system.lower, upper)
    if programme.minimise(columns) is None:
        return {}
    programme.minimise(columns, -1.0)

    def narrow() -> list[int]:
        return [column for column in columns if Range(*programme.reach(column)).is_narrow]

    # Pushing the counts apart at random, and then the other way round, settles most of them; any seed will do.
    random = np.random.default_rng(0)
    left = narrow()
    while len(left) > _FEW:
        push = random.normal(size=len(left))
        programme.minimise(left, push)
        programme.minimise(left, -push)
        before, left = left, narrow()
        if len(before) - len(left) < _FEW:
            break
    pins: dict[int, tuple[Slot, ...]] = {}
    for column in left:
        if Range(*programme.reach(column)).is_narrow:
            ends = (programme.minimise([column]), programme.minimise([column], -1.0))
            pins[column] = _binding(system, [end for end in ends if end is not None])
    return {column: Range(*programme.reach(column), pinned_by=pins.get(column, ())) for column in columns}


def _binding(system: System, ends: list[Solution]) -> tuple[Slot, ...]:
    """Return the shown cells whose bounds hold the solutions where they are."""
    pulling = np.any([np.abs(end.pull) > TOLERANCE for end in ends], axis=0)
    return tuple(
        dict.fromkeys(
            slot
            for (slot, _count), column in system.column.items()
            if pulling[column] and system.cells[slot].numerator is not None
        )
    )


def _stack(blocks: list[list[csr_array | None]]) -> csr_array:
    """Return one matrix from a table of blocks; None is a block of noughts."""
    assemble: Any = block_array  # its stubs know no None
    return csr_array(assemble(blocks))


def _believable(system: System, columns: list[int]) -> tuple[list[int], list[int]]:
    """Split hidden counts: those that can all be below ten together, and those then contradicted by the release.

    Contradicted are as few as possible, measured by what is in excess of nine. Each count gets two more unknowns,
    what is up to nine and what is in excess, and one more equation: count − up to nine − excess = 0.
    """
    size, extra = len(system.lower), len(columns)
    each = np.arange(extra)
    pick = csr_array((np.ones(extra), (each, columns)), shape=(extra, size))
    minus = csr_array((-np.ones(extra), (each, each)), shape=(extra, extra))
    solution = Programme(
        _stack([[system.matrix, None, None], [pick, minus, minus]]),
        np.concatenate([system.lower, np.zeros(2 * extra)]),
        np.concatenate([system.upper, np.full(extra, MINIMUM - 1.0), np.full(extra, np.inf)]),
    ).minimise(range(size + extra, size + 2 * extra))
    if solution is None:
        return [], []
    excess = solution.x[size + extra :]
    small = [column for column, over in zip(columns, excess, strict=True) if over <= TOLERANCE]
    return small, sorted(set(columns) - set(small))


def _can_hold(system: System) -> bool:
    """Return whether there are true counts that fit the system; where there are no cells, nothing is amiss."""
    if not system.column:
        return True
    programme = Programme(system.matrix, system.lower, system.upper)
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
