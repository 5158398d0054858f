"""Linear programmes over a system of equations, and what their solutions bear witness to. Called by `search`.

HiGHS solves them, through its own package: the equations stay loaded and each new objective goes on from the solution
before, which SciPy's wrapper of the same solver cannot do. Nothing here knows what a cell is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
from highspy._core import _Highs
from numpy.typing import NDArray
from scipy.sparse import block_array, csr_array

TOLERANCE: Final = 1e-6
"""Differences below this are the solver's, not the data's."""

_PRIMAL, _DUAL = (
    int(strategy)
    for strategy in (
        highspy.simplex_constants.SimplexStrategy.kSimplexStrategyPrimal,
        highspy.simplex_constants.SimplexStrategy.kSimplexStrategyDual,
    )
)

_NO_SOLUTION: Final = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution, and how much each unknown's bounds pull at the objective (the marginals)."""

    x: NDArray[np.float64]
    pull: NDArray[np.float64]


class Programme:
    """The rows 0 ≤ matrix · x ≤ most with bounds of x, to be minimised for one objective after another.

    `most` is nought (an equation) or endless for each row; equations all when it is None.

    Each solution is a witness for all unknowns at once: `low` and `high` are the widest ranges seen so far.
    """

    def __init__(
        self,
        matrix: csr_array,
        lower: NDArray[np.float64],
        upper: NDArray[np.float64],
        most: NDArray[np.float64] | None = None,
    ) -> None:
        self._contradictory = bool(np.any(lower > upper))
        self.low, self.high = np.full(len(lower), np.inf), np.full(len(lower), -np.inf)
        self._objective = np.zeros(len(lower))
        self._model = matrix, lower, upper, most
        self._solver: Any = None if self._contradictory else _solver(*self._model, _PRIMAL)

    def minimise(
        self, columns: Sequence[int] | NDArray[np.int64] = (), weights: float | NDArray[np.float64] = 1.0
    ) -> Solution | None:
        """Return a solution where the weighted sum of `columns` is least; None when there is no solution at all."""
        if self._contradictory:
            return None
        objective = np.zeros(len(self.low))
        objective[np.asarray(columns, dtype=np.int64)] = weights
        changed = np.flatnonzero(objective != self._objective).astype(np.int32)
        self._solver.changeColsCost(len(changed), changed, objective[changed])
        self._objective = objective
        self._solver.run()
        status = self._solver.getModelStatus()
        if status not in (*_NO_SOLUTION, highspy.HighsModelStatus.kOptimal):
            # Counts of ten beside a ceiling of ten million: now and then the primal method loses its way ("Unknown").
            # The dual one starts from nothing and goes on from here.
            self._solver = _solver(*self._model, _DUAL)
            self._solver.changeColsCost(len(objective), np.arange(len(objective), dtype=np.int32), objective)
            self._solver.run()
            status = self._solver.getModelStatus()
        if status in _NO_SOLUTION:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"The linear programme was not solved: {self._solver.modelStatusToString(status)}")
        solution = self._solver.getSolution()
        x = np.array(solution.col_value, dtype=np.float64)
        np.minimum(self.low, x, out=self.low)
        np.maximum(self.high, x, out=self.high)
        return Solution(x, np.array(solution.col_dual, dtype=np.float64))


def _solver(
    matrix: csr_array,
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    most: NDArray[np.float64] | None,
    strategy: int,
) -> Any:
    """HiGHS with the equations loaded and no objective yet; on one thread, so that the same gives the same."""
    model: Any = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape[0], len(lower)
    model.col_cost_ = np.zeros(len(lower))
    model.col_lower_, model.col_upper_ = lower.astype(np.float64), upper.astype(np.float64)
    model.row_lower_ = np.zeros(matrix.shape[0])
    model.row_upper_ = np.zeros(matrix.shape[0]) if most is None else most.astype(np.float64)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_row_, model.a_matrix_.num_col_ = model.num_row_, model.num_col_
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data.astype(np.float64)
    # The class under `highspy.Highs`, whose callbacks (not used here) make it write a banner to stdout.
    solver: Any = _Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    # Another objective leaves the last solution allowed, which is where the primal method goes on from.
    solver.setOptionValue("simplex_strategy", strategy)
    solver.passModel(model)
    return solver


def stack(blocks: Sequence[Sequence[csr_array | None]]) -> csr_array:
    """Return one matrix from a table of blocks; None is a block of noughts."""
    assemble: Any = block_array  # its stubs know no None
    return csr_array(assemble(blocks))
