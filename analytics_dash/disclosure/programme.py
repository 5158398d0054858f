"""Linear programmes over a system of equations, and what their solutions bear witness to. Called by `attacker`.

SciPy's HiGHS solves them. Nothing here knows what a cell is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

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

    Each solution is a witness for all unknowns at once: `reach` is the widest range seen so far.
    """

    def __init__(self, matrix: csr_array, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> None:
        self._equations: dict[str, Any] = {}
        if matrix.shape[0]:
            self._equations = {"A_eq": matrix, "b_eq": np.zeros(matrix.shape[0])}
        self._bounds = np.column_stack([lower, upper])
        self._low, self._high = np.full(len(lower), np.inf), np.full(len(lower), -np.inf)

    def minimise(self, columns: Sequence[int] = (), weights: float | NDArray[np.float64] = 1.0) -> Solution | None:
        """Return a solution where the weighted sum of `columns` is least; None when there is no solution at all."""
        objective = np.zeros(len(self._low))
        objective[list(columns)] = weights
        result = _linprog(objective, bounds=self._bounds, method="highs", **self._equations)
        if result.status == _INFEASIBLE:
            return None
        if result.status != 0:
            raise ArithmeticError(f"The linear programme was not solved: {result.message}")
        x = np.asarray(result.x, dtype=np.float64)
        np.minimum(self._low, x, out=self._low)
        np.maximum(self._high, x, out=self._high)
        return Solution(x, np.asarray(result.lower.marginals + result.upper.marginals, dtype=np.float64))

    def reach(self, column: int) -> tuple[int, int]:
        """Return the least and the greatest whole number between what solutions so far gave to an unknown."""
        return math.ceil(self._low[column] - TOLERANCE), math.floor(self._high[column] + TOLERANCE)
