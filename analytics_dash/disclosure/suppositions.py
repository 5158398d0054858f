"""Which hidden counts may all be below ten together, as far as the release does not contradict it.

The attacker supposes as much as can be: a hidden cell is hidden because one of its counts is small, and whoever
supposes more finds closer bounds. Called by `ranges`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from analytics_dash.disclosure.equations import Flags, Numbers, Rows, System
from analytics_dash.disclosure.folding import Folded, tightened
from analytics_dash.disclosure.programme import TOLERANCE, Programme, stack
from analytics_dash.disclosure.rule import MINIMUM


@dataclass(frozen=True, slots=True)
class Supposed:
    """Rows of a system: those that are all supposed small together, and those to be tried each by itself."""

    small: Rows
    doubtful: Rows


def small(system: System, rows: Rows, count: int) -> Numbers:
    """Return the upper bounds of all counts, where this count of `rows` is supposed to be below ten."""
    upper = system.upper.copy()
    upper[rows, count] = np.minimum(upper[rows, count], MINIMUM - 1)
    return upper


def suppose(folded: Folded, count: int) -> Supposed:
    """Split the hidden rows: those that can all be below ten together, and those then contradicted by the release.

    Contradicted are as few as possible, measured by what is in excess. A block of leaves is supposed as a whole. Where
    it is contradicted, something in it is large. Where two or more hidden leaves have no upper bound, nothing tells
    which, and each can be anything: they are left out. Others are tried each by itself.
    """
    hidden = _not_large(folded.system, count)
    if not len(hidden):
        return Supposed(hidden, hidden)
    core = hidden[folded.place[hidden] >= 0]
    leaf_hidden = np.isin(folded.leaves, hidden)
    several = np.bincount(folded.block[leaf_hidden], minlength=folded.blocks)
    for blocks in (np.flatnonzero(several), np.zeros(0, dtype=np.int64)):
        over_core, over_blocks, x = _excess(folded, core, blocks, count)
        leaves = folded.leaves[leaf_hidden & np.isin(folded.block, blocks[~over_blocks])]
        chosen = np.concatenate([core[~over_core], leaves])
        if _can_hold(folded, chosen, count, x):
            break
    else:
        return Supposed(hidden[:0], core)
    endless = leaf_hidden & np.isinf(folded.system.upper[folded.leaves, count])
    tight = np.flatnonzero(np.bincount(folded.block[endless], minlength=folded.blocks) < 2)
    alone = np.setdiff1d(folded.leaves[leaf_hidden & np.isin(folded.block, tight)], chosen)
    doubtful = np.concatenate([core[over_core], alone])
    if len(doubtful):
        doubtful = doubtful[least(folded.system)[doubtful, count] < MINIMUM]
    return Supposed(chosen, doubtful)


def _not_large(system: System, count: int) -> Rows:
    """Return the hidden rows but those of which their own bounds already say that this count is ten or more.

    A total does not show that one of its parts cannot be small, so none may be supposed small that cannot.
    """
    hidden = system.hidden_counts(count)
    lower, _upper = tightened(system.lower[hidden], system.upper[hidden], system.is_share[hidden])
    return hidden[lower[:, count] < MINIMUM]


def least(system: System, rounds: int = 3) -> Numbers:
    """Return lower bounds of all counts as they follow from one equation after another: what needs no programme."""
    lower, upper = tightened(system.lower, system.upper, system.is_share)
    for _ in range(rounds):
        before = lower.copy()
        for whole, parts in system.sums:
            lower[whole] = np.maximum(lower[whole], lower[parts].sum(axis=0))
            upper[whole] = np.minimum(upper[whole], upper[parts].sum(axis=0))
            highs = upper[parts]
            endless = np.isinf(highs)
            others = np.where(endless.sum(axis=0) - endless > 0, np.inf, np.where(endless, 0.0, highs).sum(axis=0))
            others = others - np.where(endless | np.isinf(others), 0.0, highs)
            lower[parts] = np.maximum(lower[parts], lower[whole] - others)
            upper[parts] = np.minimum(upper[parts], upper[whole] - lower[parts].sum(axis=0) + lower[parts])
        lower, upper = tightened(lower, upper, system.is_share)
        if np.array_equal(before, lower):
            break
    return lower


def _can_hold(folded: Folded, rows: Rows, count: int, witness: Numbers | None) -> bool:
    """Return whether all of `rows` can be small together: mostly the `witness` says so."""
    lower, upper = folded.bounds(folded.system.lower, small(folded.system, rows, count))
    if witness is not None and np.all((lower - TOLERANCE <= witness) & (witness <= upper + TOLERANCE)):
        return True
    return Programme(folded.matrix, lower, upper, folded.most).minimise() is not None


def _excess(folded: Folded, core: Rows, blocks: Rows, count: int) -> tuple[Flags, Flags, Numbers | None]:
    """Return which core rows and blocks exceed what supposing all of them small allows, when the excess is least.

    And the solution in which it is; None when there is none.

    Each gets two more unknowns, what is up to its limit and what is in excess, and one more equation:
    count − up to the limit − excess = 0.
    """
    system = folded.system
    lower, upper = folded.bounds(system.lower, system.upper)
    leaves = folded.leaves[np.isin(folded.block, blocks) & np.isin(folded.leaves, system.hidden_counts(count))]
    limits = folded.bounds(system.lower, small(system, np.concatenate([core, leaves]), count))[1]
    columns = np.concatenate([folded.columns_of_rows(core, count), folded.columns_of_blocks(blocks, count)])
    size, extra = len(lower), len(columns)
    each = np.arange(extra)
    pick = csr_array((np.ones(extra), (each, columns)), shape=(extra, size))
    minus = csr_array((-np.ones(extra), (each, each)), shape=(extra, extra))
    solution = Programme(
        stack([[folded.matrix, None, None], [pick, minus, minus]]),
        np.concatenate([lower, np.zeros(2 * extra)]),
        np.concatenate([upper, limits[columns], np.full(extra, np.inf)]),
        np.concatenate([folded.most, np.zeros(extra)]),
    ).minimise(np.arange(size + extra, size + 2 * extra))
    over: Flags = np.ones(extra, dtype=bool) if solution is None else solution.x[size + extra :] > TOLERANCE
    return over[: len(core)], over[len(core) :], None if solution is None else solution.x[:size]
