"""Whether a count can have a value where all counts are whole: what linear programmes leave of the outside attack.

One whole solution of everything is found first. Another in which one count differs mostly differs near that count alone
(those that share an equation with it, and so on). So the rest is held where it is, and HiGHS has hundreds of unknowns
to solve for instead of thousands; only where nothing fits near by is everything set free. Used by `outside_attacker`.
"""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
from highspy._core import _Highs
from scipy.sparse import csr_array

REACHES = (3, 4)  # so many equations away counts are set free, before all are
SECONDS = 20.0  # what cannot be decided in this time is not excluded
LARGEST = 9  # the attacker is told that a count is below ten


class Whole:
    """One programme in whole numbers; `undecided` counts the questions for which the time did not suffice."""

    def __init__(self, model: Any) -> None:
        self._low, self._high = np.array(model.col_lower_), np.array(model.col_upper_)
        self._every = np.arange(model.num_col_, dtype=np.int32)
        rows = model.a_matrix_
        self._binds = csr_array((np.ones(len(rows.index_)), rows.index_, rows.start_), (model.num_row_, model.num_col_))
        self._solver: Any = _Highs()
        for name, value in {"output_flag": False, "threads": 1, "time_limit": SECONDS}.items():
            self._solver.setOptionValue(name, value)
        self._solver.passModel(model)
        self._solver.changeColsIntegrality(
            len(self._every), self._every, np.full(len(self._every), highspy.HighsVarType.kInteger)
        )
        self._one = self._solution(self._low, self._high)
        self.undecided = int(self._one is None)

    def between(self, column: int, low: float, high: float, *, wide: int) -> tuple[float, float]:
        """Return between what a count lies, given what linear programmes say; exact unless it is `wide` or more."""
        least, most = int(np.ceil(low - 1e-6)), min(int(high + 1e-6), LARGEST)
        if self._one is None:
            return low, high
        while most - least >= wide and not self._can_be(column, least):
            least += 1
        while most - least >= wide and not self._can_be(column, most):
            most -= 1
        return least, most

    def _can_be(self, column: int, value: int) -> bool:
        away = self._away(column)
        for reach in (*REACHES, len(self._every)):
            low, high = np.where(away > reach, self._one, (self._low, self._high))
            low[column] = high[column] = value
            if (found := self._solution(low, high)) is not None:
                self._one = found
                return True
        excluded = self._solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible
        self.undecided += not excluded
        return not excluded

    def _away(self, column: int) -> Any:
        """How many equations each count is away from one; further than any where more than the longest reach."""
        away = np.full(len(self._every), len(self._every) + 1.0)
        near = np.zeros(len(self._every))
        near[column], away[column] = 1.0, 0.0
        for steps in range(1, max(REACHES) + 1):
            near = self._binds.T @ (self._binds @ near > 0)
            away[(near > 0) & (away > steps)] = steps
        return np.minimum(away, len(self._every))

    def _solution(self, low: Any, high: Any) -> Any:
        self._solver.changeColsBounds(len(self._every), self._every, low, high)
        self._solver.run()
        solved = self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return np.round(np.array(self._solver.getSolution().col_value)) if solved else None
