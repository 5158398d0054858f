"""A linear programme is solved again from nothing where the method that goes on from the last solution gives up."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from analytics_dash.disclosure.programme import Programme


def test_where_the_first_method_gives_up_the_answer_is_the_same() -> None:
    """Three parts of 20, one of them at most 9, under a ceiling like that of counts that may be large."""
    matrix = csr_array(np.array([[1.0, -1.0, -1.0, -1.0]]))
    lower, upper = np.array([18.0, 0, 0, 0]), np.array([22.0, 9, 1e7, 1e7])
    wanted, found = Programme(matrix, lower, upper), Programme(matrix, lower, upper)
    first = found._solver
    for columns, weight in (([1], -1.0), ([2, 3], 1.0), ([2], -1.0)):
        found._solver.setOptionValue("simplex_iteration_limit", 0)  # it stops before it begins
        one, other = (programme.minimise(columns, weight) for programme in (wanted, found))
        assert one is not None
        assert other is not None
        assert other.x[columns].sum() == pytest.approx(one.x[columns].sum())
    assert found._solver is not first
