"""Planted effects are found at the stated rate, over a few draws; `scripts/measure-effects` does it over 200."""

from __future__ import annotations

import pytest
from scipy import stats

from analytics_dash.demonstration.recovery import NULL_ROLLOUT, NULL_USE, Row, measure, table

SEEDS = range(1001, 1005)

# Ibis 12 calls what DuckDB 2 and pandas 3 deprecate.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return measure(SEEDS)


def test_limits_hold_the_truth_as_often_as_they_say(rows: list[Row]) -> None:
    """Of all intervals together no more miss than chance lets 5 % miss (1 in 1,000)."""
    draws = sum(len(row.found) for row in rows)
    misses = sum(len(row.found) - row.covered for row in rows)
    assert draws == len(rows) * len(SEEDS), table(rows)
    assert misses <= stats.binom.ppf(0.999, draws, 0.05), table(rows)


def test_limits_would_not_hold_another_truth(rows: list[Row]) -> None:
    """They are no wider than they need be: an effect is told from none."""
    effects = [row for row in rows if row.effect.startswith(("use, trained", "trained before access", "use after"))]
    assert len(effects) == 3
    assert all(not each.low <= 0 <= each.high for row in effects for each in row.found), table(effects)


def test_with_no_effect_planted_none_is_found(rows: list[Row]) -> None:
    nothing = [row for row in rows if row.effect in {NULL_USE, NULL_ROLLOUT} or row.effect.startswith("no ")]
    assert len(nothing) >= 5
    misses = sum(len(row.found) - row.covered for row in nothing)
    assert misses <= stats.binom.ppf(0.999, len(nothing) * len(SEEDS), 0.05), table(nothing)
