"""Searching one system for witnesses that hidden counts can be this small or that large. Called by `bounds`.

Every solution is a witness for all counts at once; what is still too narrow after a few pushes is solved for
by itself, on the core or within the block that it was folded into.
"""

from __future__ import annotations

import numpy as np

from analytics_dash.disclosure.equations import COUNTS, Numbers, Rows
from analytics_dash.disclosure.folding import Folded
from analytics_dash.disclosure.programme import TOLERANCE, Programme, Solution
from analytics_dash.disclosure.ranges import Range, Tells, whole


class Search:
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
        low, high = whole(self.low[self._rows], self.high[self._rows])
        return {
            row: Range(int(least), int(most), pins.get(row, ()))
            for row, least, most in zip(self._rows.tolist(), low, high, strict=True)
        }
