"""A system made small enough to solve for: cells that hang from one sum alone are folded into their total.

Most cells of a national release are teams, and a team is part of one sum only, its department's. Numerator, rest and
denominator of such a cell lie in a polygon whose edges have three directions (n, r, n + r); the total of many of them
lies in exactly the polygon that their bounds add up to (a Minkowski sum of polygons with the same edge directions is
given by the sums of their support values). So folding loses nothing: what is solved for is the same, with hundreds of
unknowns for thousands. The way back is exact as well: given a total, `Folded.unfold_at` says between what each part
lies. Called by `bounds` and `search`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from analytics_dash.disclosure.equations import COUNTS, Flags, Numbers, Rows, System
from analytics_dash.disclosure.programme import stack

_EACH: Final = len(COUNTS)
_REST: Final = COUNTS.index("rest")


@dataclass(frozen=True, slots=True)
class Folded:
    """A system without its leaves: `core` are the rows that stay, `leaves` those folded into totals, by `block`.

    Unknowns are numbered core first, then one total a block, with as many columns each as there are counts:
    `columns_of_rows` and `columns_of_blocks`. `place` says where a row of the system is in `core`, −1 for a leaf;
    `blocks` is how many totals there are. 0 ≤ `matrix` · x ≤ `most` are the equations (and links) of the folded system.
    """

    system: System
    core: Rows
    place: Rows
    leaves: Rows
    block: Rows
    blocks: int
    matrix: csr_array
    most: Numbers

    def bounds(self, lower: Numbers, upper: Numbers) -> tuple[Numbers, Numbers]:
        """Return the bounds of all unknowns, given those of the system's rows."""
        low, high = tightened(lower[self.leaves], upper[self.leaves], self._is_share)
        totals_low, totals_high = np.zeros((self.blocks, low.shape[1])), np.zeros((self.blocks, low.shape[1]))
        np.add.at(totals_low, self.block, low)
        np.add.at(totals_high, self.block, high)
        return (
            np.concatenate([lower[self.core], totals_low]).ravel(),
            np.concatenate([upper[self.core], totals_high]).ravel(),
        )

    def columns_of_rows(self, rows: Rows, count: int) -> Rows:
        """Return the unknown of each of the core `rows`."""
        return self.place[rows] * _EACH + count

    def columns_of_blocks(self, blocks: Rows, count: int) -> Rows:
        """Return the unknown of each block's total."""
        return (len(self.core) + blocks) * _EACH + count

    def totals(self, x: Numbers) -> Numbers:
        """Return the blocks' totals in a solution: one row for each block, one column for each count."""
        return x[len(self.core) * _EACH : (len(self.core) + self.blocks) * _EACH].reshape(-1, _EACH)

    @property
    def _is_share(self) -> Flags:
        return self.system.is_share[self.leaves]

    def unfold_at(self, x: Numbers, lower: Numbers, upper: Numbers) -> tuple[Numbers, Numbers]:
        """Return between what each leaf's counts lie when the totals are those of the solution `x`."""
        low, high = tightened(lower[self.leaves], upper[self.leaves], self._is_share)
        total = self.totals(x)[self.block]
        endless = np.isinf(high)
        finite = np.where(endless, 0.0, high)
        least, most, ends = (np.zeros((self.blocks, low.shape[1])) for _ in range(3))
        np.add.at(least, self.block, low)
        np.add.at(most, self.block, finite)
        np.add.at(ends, self.block, endless)
        others_most = np.where(ends[self.block] - endless > 0, np.inf, most[self.block] - finite)
        others_least = least[self.block] - low
        return tightened(np.maximum(low, total - others_most), np.minimum(high, total - others_least), self._is_share)

    def unfolded(self, block: int) -> tuple[csr_array, Numbers, Rows]:
        """Return the equations with one block's leaves as unknowns of their own, after all others; and those leaves.

        Matrix, the most of each of its rows, and the leaves.
        """
        rows = self.leaves[self.block == block]
        size = len(rows)
        of_total = csr_array(
            (np.ones(_EACH), (np.arange(_EACH), self.columns_of_blocks(np.array([block]), 0) + np.arange(_EACH))),
            shape=(_EACH, self.matrix.shape[1]),
        )
        each = np.arange(size * _EACH)
        parts = csr_array((-np.ones(size * _EACH), (each % _EACH, each)), shape=(_EACH, size * _EACH))
        table: list[list[csr_array | None]] = [
            [self.matrix, None],
            [of_total, parts],
            [None, _made_of_two(self.system.is_share[rows])],
        ]
        matrix = stack(table)
        return matrix, np.concatenate([self.most, np.zeros(matrix.shape[0] - len(self.most))]), rows


def fold(system: System) -> Folded:
    """Return the system with every row that is part of one sum, and of nothing else, folded into that sum's total."""
    size = len(system.slots)
    times = np.zeros(size, dtype=np.int64)
    is_whole = np.zeros(size, dtype=bool)
    for whole, parts in system.sums:
        np.add.at(times, parts, 1)
        is_whole[whole] = True
    is_leaf = (times == 1) & ~is_whole
    for bond in system.bonds:
        is_leaf[bond.rows] = False
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
    is_share = np.concatenate([system.is_share[core], [bool(system.is_share[own[0]]) for own in leaves]]).astype(bool)
    adding = [_summing(equations, unknowns, is_share), _made_of_two(is_share)]
    bonds = _bonds(system, place, unknowns)
    matrix = stack([[each] for each in (*adding, bonds)])
    return Folded(
        system=system,
        core=core,
        place=place,
        leaves=np.concatenate(leaves) if leaves else np.zeros(0, dtype=np.int64),
        block=np.repeat(np.arange(len(leaves)), [len(own) for own in leaves]),
        blocks=len(leaves),
        matrix=matrix,
        most=np.concatenate([np.zeros(matrix.shape[0] - bonds.shape[0]), [bond.most for bond in system.bonds]]),
    )


def tightened(lower: Numbers, upper: Numbers, is_share: Flags) -> tuple[Numbers, Numbers]:
    """Return the closest bounds of each row's counts, given that numerator and rest make a share's denominator."""
    (n, r, d), (most_n, most_r, most_d) = lower.T, upper.T
    low = np.column_stack([np.maximum(n, d - most_r), np.maximum(r, d - most_n), np.maximum(d, n + r)])
    high = np.column_stack(
        [np.minimum(most_n, most_d - r), np.minimum(most_r, most_d - n), np.minimum(most_d, most_n + most_r)]
    )
    if is_share.all():
        return low, high
    return np.where(is_share[:, None], low, lower), np.where(is_share[:, None], high, upper)


def _summing(equations: list[Rows], unknowns: int, is_share: Flags) -> csr_array:
    """Return a row for each sum and count: the whole minus its parts."""
    if not equations:
        return csr_array((0, unknowns * _EACH))
    row = np.repeat(np.arange(len(equations)), [len(each) for each in equations])
    column = np.concatenate(equations)
    value = -np.ones(len(column))
    value[np.flatnonzero(np.diff(row, prepend=-1))] = 1.0
    rows = np.concatenate([row * _EACH + count for count in range(_EACH)])
    columns = np.concatenate([column * _EACH + count for count in range(_EACH)])
    values = np.tile(value, _EACH)
    matrix = csr_array((values, (rows, columns)), shape=(len(equations) * _EACH, unknowns * _EACH))
    has_rest = is_share[[each[0] for each in equations]]
    return csr_array(matrix[[at for at in range(matrix.shape[0]) if at % _EACH != _REST or has_rest[at // _EACH]]])


def _made_of_two(is_share: Flags) -> csr_array:
    """Return a row for each cell of a proportion: denominator − numerator − rest."""
    cells = np.flatnonzero(is_share)
    each = np.repeat(np.arange(len(cells)), _EACH)
    columns = (cells[:, None] * _EACH + np.arange(_EACH)).ravel()
    values = np.tile([-1.0, -1.0, 1.0], len(cells))
    return csr_array((values, (each, columns)), shape=(len(cells), len(is_share) * _EACH))


def _bonds(system: System, place: Rows, unknowns: int) -> csr_array:
    """Return a row for each bond."""
    if not system.bonds:
        return csr_array((0, unknowns * _EACH))
    rows = np.repeat(np.arange(len(system.bonds)), [len(bond.rows) for bond in system.bonds])
    columns = np.concatenate([place[bond.rows] * _EACH + bond.columns for bond in system.bonds])
    values = np.concatenate([bond.signs for bond in system.bonds])
    return csr_array((values, (rows, columns)), shape=(len(system.bonds), unknowns * _EACH))
