"""Between which bounds a hidden count or sum lies, for someone who solves the equations of published cells.

A hidden count is supposed to be below ten, as the rule says it may be, and so are all others wherever the release does
not contradict it; a hidden sum of magnitudes may be large, so of sums nothing is supposed. Called by `attacker`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, csr_array

from analytics_dash.disclosure.dominance import P_PERCENT
from analytics_dash.disclosure.equations import Count, System
from analytics_dash.disclosure.populations import Slot
from analytics_dash.disclosure.programme import TOLERANCE, Programme, Solution
from analytics_dash.disclosure.rule import MINIMUM, ROUNDING

NARROWEST: Final = 2 * ROUNDING + 1
"""A hidden count must be able to differ by at least this much: a range of ±ROUNDING is what only shown counts have."""

CEILING: Final = 1e7
"""No hidden sum is supposed to be above it; a programme must have an end."""

_FEW: Final = 4  # so many programmes of their own cost no more than another joint one gains


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

    @property
    def is_estimable(self) -> bool:
        """Whether the middle of the range is within `P_PERCENT` of a sum, or the sum is known like a shown one.

        A sum is hidden because few people, or one above all, stand behind it: who knows the sum knows the person.
        """
        return self.is_narrow or (self.high - self.low) * 100 < P_PERCENT * (self.high + self.low)


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


def sum_bounds(system: System, count: Count) -> dict[Slot, Range]:
    """Return the range of every hidden sum, as the attacker finds it without supposing anything of it.

    A range that is wide enough may be given narrower than it is (but never estimable).
    """
    columns = {system.column[slot, count]: slot for slot in system.hidden}
    upper = np.minimum(system.upper, CEILING)
    found = _reach(system, list(columns), upper, lambda reach: reach.is_estimable) if columns else {}
    return {columns[column]: reach for column, reach in found.items()}


def _ranges(system: System, columns: list[int]) -> dict[int, Range]:
    """Return the range of each count in `columns`, supposing that all of them are below ten; {} when they cannot be."""
    upper = system.upper.copy()
    upper[columns] = np.minimum(upper[columns], MINIMUM - 1)
    return _reach(system, columns, upper, lambda reach: reach.is_narrow)


def _reach(
    system: System, columns: list[int], upper: NDArray[np.float64], tells: Callable[[Range], bool]
) -> dict[int, Range]:
    """Return the range of each of `columns` below `upper`; exact where it `tells` too much, with what pins it then."""
    programme = Programme(system.matrix, system.lower, upper)
    if programme.minimise(columns) is None:
        return {}
    programme.minimise(columns, -1.0)

    def telling() -> list[int]:
        return [column for column in columns if tells(Range(*programme.reach(column)))]

    # Pushing the counts apart at random, and then the other way round, settles most of them; any seed will do.
    random = np.random.default_rng(0)
    left = telling()
    while len(left) > _FEW:
        push = random.normal(size=len(left))
        programme.minimise(left, push)
        programme.minimise(left, -push)
        before, left = left, telling()
        if len(before) - len(left) < _FEW:
            break
    pins: dict[int, tuple[Slot, ...]] = {}
    for column in left:
        if tells(Range(*programme.reach(column))):
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
