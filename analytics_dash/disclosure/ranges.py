"""Between which bounds a hidden count or sum lies, for someone who solves the equations of published cells.

A hidden count is supposed to be below ten, as the rule says it may be, and so are all others wherever the release does
not contradict it; a hidden sum of magnitudes may be large, so of sums nothing is supposed. Which suppositions hold
together is decided in `suppositions`; how the solving is kept small, in `folding`. Called by `attacker`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics_dash.disclosure.dominance import P_PERCENT
from analytics_dash.disclosure.equations import COUNTS, Flags, Numbers, Rows
from analytics_dash.disclosure.folding import Folded
from analytics_dash.disclosure.programme import TOLERANCE, Programme, Solution
from analytics_dash.disclosure.rule import MINIMUM, ROUNDING, Count
from analytics_dash.disclosure.suppositions import small, suppose

NARROWEST: Final = 2 * ROUNDING + 1
"""A hidden count must be able to differ by at least this much: a range of ±ROUNDING is what only shown counts have."""

CEILING: Final = 1e7
"""No hidden sum, and no count that may be large, is supposed to be above it; a programme must have an end."""

_FEW: Final = 4  # so many programmes of their own cost no more than another joint one gains
_PUSHES: Final = 40

Tells = Callable[[Numbers, Numbers], Flags]


@dataclass(frozen=True, slots=True)
class Range:
    """Between which whole numbers a hidden count lies, and, when it is narrow, the cells that make it so.

    `pinned_by` are rows of the system: shown cells, and hidden ones that others' shown cells bound.
    """

    low: int
    high: int
    pinned_by: tuple[int, ...] = ()

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


def bounds(folded: Folded, count: Count) -> dict[int, Range]:
    """Return, by row, the range of every hidden count that may be below ten, as the attacker finds it.

    Hidden counts that the release shows to be ten or more are left out. A range that is wide enough may be given
    narrower than it is (but never narrow): one certificate is as good as the exact bound.
    """
    column = COUNTS.index(count)
    split = suppose(folded, column)
    found: dict[int, Range] = {}
    if len(split.small):
        found = _reach(folded, split.small, column, small(folded.system, split.small, column), _narrow)
    if len(split.doubtful):
        # Each alone is supposed small: that only cuts its own range off, so one search without suppositions does for
        # all. Those that turn out to be ten or more are hidden for another reason.
        upper = np.minimum(folded.system.upper, CEILING)
        open_ended = _reach(folded, split.doubtful, column, upper, _narrow_if_small)
        for row, reach in open_ended.items():
            if reach.low < MINIMUM:
                found[row] = Range(reach.low, min(reach.high, MINIMUM - 1), reach.pinned_by)
    return found


def sum_bounds(folded: Folded, count: Count) -> dict[int, Range]:
    """Return, by row, the range of every hidden sum, as the attacker finds it without supposing anything of it.

    A range that is wide enough may be given narrower than it is (but never estimable).
    """
    system = folded.system
    column = COUNTS.index(count)
    sums = system.hidden_counts(column)
    sums = sums[~system.is_share[sums]]
    upper = np.minimum(system.upper, CEILING)
    return _reach(folded, sums, column, upper, _estimable) if len(sums) else {}


def _whole(low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    return np.ceil(low - TOLERANCE), np.floor(high + TOLERANCE)


def _narrow(low: Numbers, high: Numbers) -> Flags:
    least, most = _whole(low, high)
    return np.asarray(most - least < NARROWEST)


def _narrow_if_small(low: Numbers, high: Numbers) -> Flags:
    return _narrow(low, np.minimum(high, MINIMUM - 1))


def _estimable(low: Numbers, high: Numbers) -> Flags:
    least, most = _whole(low, high)
    return np.asarray((most - least < NARROWEST) | ((most - least) * 100 < P_PERCENT * (most + least)))


def _reach(folded: Folded, rows: Rows, column: int, upper: Numbers, tells: Tells) -> dict[int, Range]:
    """Return the range of each of `rows` below `upper`; exact where it `tells` too much, with what pins it then."""
    search = _Search(folded, rows, column, upper, tells)
    if search.push(1.0) is None:
        return {}
    search.push(-1.0)
    search.rest_between()
    # Pushing the counts apart at random, and then the other way round, settles most of them; any seed will do.
    random = np.random.default_rng(0)
    left = search.telling()
    for _ in range(_PUSHES):
        if len(left) <= _FEW:
            break
        push = random.normal(size=len(rows))
        search.push(push)
        search.push(-push)
        search.rest_between()
        before, left = left, search.telling()
        if len(before) - len(left) < _FEW:
            break
    pins: dict[int, tuple[int, ...]] = {}
    for row in left:
        if folded.place[row] >= 0 and search.tells_of(row):
            pins[row] = search.solve(row)
    for block in sorted({search.block_of(row) for row in search.telling() if folded.place[row] < 0}):
        pins |= search.solve_block(block)
    return search.found(pins)


class _Search:
    """One system with one supposition: what has been witnessed so far of the counts looked for."""

    def __init__(self, folded: Folded, rows: Rows, column: int, upper: Numbers, tells: Tells) -> None:
        self._folded, self._rows, self._column, self._upper, self._tells = folded, rows, column, upper, tells
        self._lower = folded.system.lower
        self._programme = Programme(folded.matrix, *folded.bounds(self._lower, upper), folded.most)
        self._is_core = folded.place[rows] >= 0
        leaf = np.full(len(folded.place), -1, dtype=np.int64)
        leaf[folded.leaves] = np.arange(len(folded.leaves))
        self._leaf = leaf  # of a row: its position among the leaves
        blocks = folded.block[leaf[rows[~self._is_core]]]
        self._columns = np.where(
            self._is_core, folded.columns_of_rows(rows, column), 0
        )  # where each count is pushed: at itself, or at its total
        self._columns[~self._is_core] = folded.columns_of_blocks(blocks, column)
        self._sum, self._solutions = np.zeros(len(self._programme.low)), 0
        self.low, self.high = np.full(len(folded.place), np.inf), np.full(len(folded.place), -np.inf)

    def push(self, weights: float | Numbers) -> Solution | None:
        """Solve for the least weighted sum of the counts looked for, and take the solution down."""
        objective = np.zeros(len(self._programme.low))
        np.add.at(objective, self._columns, weights)
        at = np.unique(self._columns)
        solution = self._programme.minimise(at, objective[at])
        if solution is not None:
            self._sum, self._solutions = self._sum + solution.x, self._solutions + 1
            self._take(solution.x)
        return solution

    def rest_between(self) -> None:
        """Take down the mean of all solutions: it is one too, and leaves the parts of a total the most room."""
        self._take(self._sum / self._solutions)

    def _take(self, x: Numbers) -> None:
        core = self._rows[self._is_core]
        columns = self._folded.columns_of_rows(core, self._column)
        self.low[core] = np.minimum(self.low[core], x[columns])
        self.high[core] = np.maximum(self.high[core], x[columns])
        if not self._is_core.all():
            low, high = self._folded.unfold_at(x, self._lower, self._upper)
            mine = self._rows[~self._is_core]
            at = self._leaf[mine]
            self.low[mine] = np.minimum(self.low[mine], low[at, self._column])
            self.high[mine] = np.maximum(self.high[mine], high[at, self._column])

    def telling(self) -> list[int]:
        """Return the rows of which what has been witnessed is still too narrow."""
        return [int(row) for row in self._rows[self._tells(self.low[self._rows], self.high[self._rows])]]

    def tells_of(self, row: int) -> bool:
        """Return whether what has been witnessed of one row is still too narrow."""
        return bool(self._tells(self.low[[row]], self.high[[row]])[0])

    def block_of(self, row: int) -> int:
        """Return the block of a leaf."""
        return int(self._folded.block[self._leaf[row]])

    def solve(self, row: int) -> tuple[int, ...]:
        """Find the exact range of a core row; return the shown cells that pin it, when it is narrow."""
        column = self._folded.columns_of_rows(np.array([row]), self._column)
        ends: list[Solution | None] = []
        for sign in (1.0, -1.0):
            ends.append(end := self._programme.minimise(column, sign))
            if end is not None:
                self._take(end.x)
            if not self.tells_of(row):
                return ()
        return self._pulling(ends, np.zeros(0, dtype=np.int64))

    def solve_block(self, block: int) -> dict[int, tuple[int, ...]]:
        """Find the exact ranges of a block's leaves that still tell; return what pins the narrow ones."""
        folded, counts = self._folded, len(COUNTS)
        matrix, most, leaves = folded.unfolded(block)
        lower, upper = folded.bounds(self._lower, self._upper)
        total = folded.columns_of_blocks(np.array([block]), 0) + np.arange(counts)
        lower[total], upper[total] = 0.0, np.inf  # its parts say it all
        programme = Programme(
            matrix,
            np.concatenate([lower, self._lower[leaves].ravel()]),
            np.concatenate([upper, self._upper[leaves].ravel()]),
            most,
        )
        first = len(lower)
        pins: dict[int, tuple[int, ...]] = {}
        for position, row in enumerate(leaves.tolist()):
            if row in self._looked_for and self.tells_of(row):
                ends = [programme.minimise([first + position * counts + self._column], sign) for sign in (1.0, -1.0)]
                every = first + np.arange(len(leaves)) * counts + self._column
                self.low[leaves] = np.minimum(self.low[leaves], programme.low[every])
                self.high[leaves] = np.maximum(self.high[leaves], programme.high[every])
                if self.tells_of(row):
                    pins[row] = self._pulling(ends, leaves)
        return pins

    @property
    def _looked_for(self) -> set[int]:
        return set(self._rows.tolist())

    def _pulling(self, ends: list[Solution | None], unfolded: Rows) -> tuple[int, ...]:
        """Return the rows of shown cells whose bounds hold the solutions where they are."""
        folded, counts = self._folded, len(COUNTS)
        pull = np.any([np.abs(end.pull) > TOLERANCE for end in ends if end is not None], axis=0).reshape(-1, counts)
        pulls = np.any(pull, axis=1)
        core, total, leaves = np.split(pulls, [len(folded.core), len(folded.core) + folded.blocks])
        rows = np.concatenate([folded.core[core], folded.leaves[total[folded.block]], unfolded[leaves]])
        system = folded.system
        return tuple(int(row) for row in rows if system.says(int(row)))

    def found(self, pins: dict[int, tuple[int, ...]]) -> dict[int, Range]:
        """Return what was found of every row looked for."""
        low, high = _whole(self.low[self._rows], self.high[self._rows])
        return {
            row: Range(int(least), int(most), pins.get(row, ()))
            for row, least, most in zip(self._rows.tolist(), low, high, strict=True)
        }
