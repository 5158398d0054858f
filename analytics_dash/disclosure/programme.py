"""Linear programmes over a system of equations, and what their solutions bear witness to. Called by `ranges`.

SciPy's HiGHS solves them. Nothing here knows what a cell is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import block_array, csr_array

TOLERANCE: Final = 1e-6
"""Differences below this are the solver's, not the data's."""

_linprog: Any = linprog  # its stubs know no sparse matrix
_INFEASIBLE: Final = 2  # linprog's status


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution, and how much each unknown's bounds pull at the objective (the marginals)."""

    x: NDArray[np.float64]
    pull: NDArray[np.float64]


class Programme:
    """The equations matrix · x = 0 with bounds of x, to be minimised for one objective after another.

    Each solution is a witness for all unknowns at once: `low` and `high` are the widest ranges seen so far.
    """

    def __init__(self, matrix: csr_array, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> None:
        self._equations: dict[str, Any] = {}
        if matrix.shape[0]:
            self._equations = {"A_eq": matrix, "b_eq": np.zeros(matrix.shape[0])}
        self._bounds = np.column_stack([lower, upper])
        self._contradictory = bool(np.any(lower > upper))
        self.low, self.high = np.full(len(lower), np.inf), np.full(len(lower), -np.inf)

    def minimise(
        self, columns: Sequence[int] | NDArray[np.int64] = (), weights: float | NDArray[np.float64] = 1.0
    ) -> Solution | None:
        """Return a solution where the weighted sum of `columns` is least; None when there is no solution at all."""
        if self._contradictory:
            return None
        objective = np.zeros(len(self.low))
        objective[np.asarray(columns, dtype=np.int64)] = weights
        result = _linprog(objective, bounds=self._bounds, method="highs", **self._equations)
        if result.status == _INFEASIBLE:
            return None
        if result.status != 0:
            raise ArithmeticError(f"The linear programme was not solved: {result.message}")
        x = np.asarray(result.x, dtype=np.float64)
        np.minimum(self.low, x, out=self.low)
        np.maximum(self.high, x, out=self.high)
        return Solution(x, np.asarray(result.lower.marginals + result.upper.marginals, dtype=np.float64))


def stack(blocks: Sequence[Sequence[csr_array | None]]) -> csr_array:
    """Return one matrix from a table of blocks; None is a block of noughts."""
    assemble: Any = block_array  # its stubs know no None
    return csr_array(assemble(blocks))
