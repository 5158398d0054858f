"""A system made small enough to solve for: cells that hang from one sum alone are folded into their total.

Most cells of a national release are teams, and a team is part of one sum only, its department's. Numerator, rest and
denominator of such a cell lie in a polygon whose edges have three directions (n, r, n + r); the total of many of them
lies in exactly the polygon that their bounds add up to (a Minkowski sum of polygons with the same edge directions is
given by the sums of their support values). So folding loses nothing: what is solved for is the same, with hundreds of
unknowns for thousands. The way back is exact as well: given a total, `Folded.unfold_at` says between what each part
lies. Called by `ranges`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics_dash.disclosure.equations import Numbers, System
from analytics_dash.disclosure.programme import stack

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Folded:
    """A system without its leaves: `core` are the rows that stay, `leaves` those folded into totals, by `block`.

    Unknowns are numbered core first, then one total a block, with as many columns each as there are counts:
    `column_of(core position or block)`. `place` says where a row of the system is in `core`, −1 for a leaf; `blocks` is
    how many totals there are. `matrix` · x = 0 are the equations of the folded system.
    """

    system: System
    core: Rows
    place: Rows
    leaves: Rows
    block: Rows
    blocks: int
    matrix: csr_array

    def bounds(self, lower: Numbers, upper: Numbers) -> tuple[Numbers, Numbers]:
        """Return the bounds of all unknowns, given those of the system's rows."""
        low, high = tightened(lower[self.leaves], upper[self.leaves], self.system)
        totals_low, totals_high = np.zeros((self.blocks, low.shape[1])), np.zeros((self.blocks, low.shape[1]))
        np.add.at(totals_low, self.block, low)
        np.add.at(totals_high, self.block, high)
        return (
            np.concatenate([lower[self.core], totals_low]).ravel(),
            np.concatenate([upper[self.core], totals_high]).ravel(),
        )

    def columns_of_rows(self, rows: Rows, count: int) -> Rows:
        """Return the unknown of each of the core `rows`."""
        return self.place[rows] * len(self.system.counts) + count

    def columns_of_blocks(self, blocks: Rows, count: int) -> Rows:
        """Return the unknown of each block's total."""
        return (len(self.core) + blocks) * len(self.system.counts) + count

    def totals(self, x: Numbers) -> Numbers:
        """Return the blocks' totals in a solution: one row for each block, one column for each count."""
        counts = len(self.system.counts)
        return x[len(self.core) * counts : (len(self.core) + self.blocks) * counts].reshape(-1, counts)

    def unfold_at(self, x: Numbers, lower: Numbers, upper: Numbers) -> tuple[Numbers, Numbers]:
        """Return between what each leaf's counts lie when the totals are those of the solution `x`."""
        low, high = tightened(lower[self.leaves], upper[self.leaves], self.system)
        total = self.totals(x)[self.block]
        endless = np.isinf(high)
        finite = np.where(endless, 0.0, high)
        least, most, ends = (np.zeros((self.blocks, low.shape[1])) for _ in range(3))
        np.add.at(least, self.block, low)
        np.add.at(most, self.block, finite)
        np.add.at(ends, self.block, endless)
        others_most = np.where(ends[self.block] - endless > 0, np.inf, most[self.block] - finite)
        others_least = least[self.block] - low
        return tightened(np.maximum(low, total - others_most), np.minimum(high, total - others_least), self.system)

    def unfolded(self, block: int) -> tuple[csr_array, Rows]:
        """Return the equations with one block's leaves as unknowns of their own, after all others; and those leaves."""
        rows = self.leaves[self.block == block]
        counts, size = len(self.system.counts), len(rows)
        of_total = csr_array(
            (np.ones(counts), (np.arange(counts), self.columns_of_blocks(np.array([block]), 0) + np.arange(counts))),
            shape=(counts, self.matrix.shape[1]),
        )
        each = np.arange(size * counts)
        parts = csr_array((-np.ones(size * counts), (each % counts, each)), shape=(counts, size * counts))
        table: list[list[csr_array | None]] = [[self.matrix, None], [of_total, parts]]
        if self.system.kind == "proportion":
            table.append([None, _made_of_two(size)])
        return stack(table), rows


def fold(system: System) -> Folded:
    """Return the system with every row that is part of one sum, and of nothing else, folded into that sum's total."""
    size, counts = len(system.slots), len(system.counts)
    times = np.zeros(size, dtype=np.int64)
    is_whole = np.zeros(size, dtype=bool)
    for whole, parts in system.sums:
        np.add.at(times, parts, 1)
        is_whole[whole] = True
    is_leaf = (times == 1) & ~is_whole
    core = np.flatnonzero(~is_leaf)
    place = np.full(size, -1, dtype=np.int64)
    place[core] = np.arange(len(core))
    leaves: list[Rows] = []
    equations: list[Rows] = []  # of each sum: the whole, then minus its parts, as numbers of unknowns
    for whole, parts in system.sums:
        members = place[parts[~is_leaf[parts]]]
        if (own := parts[is_leaf[parts]]).size:
            members = np.append(members, len(core) + len(leaves))
            leaves.append(own)
        equations.append(np.concatenate([[place[whole]], members]))
    unknowns = len(core) + len(leaves)
    table: list[list[csr_array | None]] = [[_summing(equations, unknowns, counts)]]
    if system.kind == "proportion":
        table.append([_made_of_two(unknowns)])
    return Folded(
        system=system,
        core=core,
        place=place,
        leaves=np.concatenate(leaves) if leaves else np.zeros(0, dtype=np.int64),
        block=np.repeat(np.arange(len(leaves)), [len(own) for own in leaves]),
        blocks=len(leaves),
        matrix=stack(table),
    )


def tightened(lower: Numbers, upper: Numbers, system: System) -> tuple[Numbers, Numbers]:
    """Return the closest bounds of each row's counts, given that numerator and rest make the denominator."""
    if system.kind == "ratio":
        return lower.copy(), upper.copy()
    (n, r, d), (most_n, most_r, most_d) = lower.T, upper.T
    low = np.column_stack([np.maximum(n, d - most_r), np.maximum(r, d - most_n), np.maximum(d, n + r)])
    high = np.column_stack(
        [np.minimum(most_n, most_d - r), np.minimum(most_r, most_d - n), np.minimum(most_d, most_n + most_r)]
    )
    return low, high


def _summing(equations: list[Rows], unknowns: int, counts: int) -> csr_array:
    """Return a row for each sum and count: the whole minus its parts."""
    if not equations:
        return csr_array((0, unknowns * counts))
    row = np.repeat(np.arange(len(equations)), [len(members) for members in equations])
    column = np.concatenate(equations)
    value = -np.ones(len(column))
    value[np.flatnonzero(np.diff(row, prepend=-1))] = 1.0
    rows = np.concatenate([row * counts + count for count in range(counts)])
    columns = np.concatenate([column * counts + count for count in range(counts)])
    return csr_array((np.tile(value, counts), (rows, columns)), shape=(len(equations) * counts, unknowns * counts))


def _made_of_two(size: int) -> csr_array:
    """Return a row for each cell: denominator − numerator − rest."""
    each = np.repeat(np.arange(size), 3)
    return csr_array((np.tile([-1.0, -1.0, 1.0], size), (each, np.arange(3 * size))), shape=(size, 3 * size))
