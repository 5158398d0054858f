"""Planted effects are found at the stated rate, over a few draws; `scripts/measure-effects` does it over 200."""

from __future__ import annotations

import pytest
from scipy import stats

from analytics_dash.demonstration.recovery import NULL_ROLLOUT, NULL_USE, Row, measure, table
from analytics_dash.demonstration.recovery_findings import measure_findings, table_of_claims
from analytics_dash.demonstration.recovery_learning import GAIN, ITEMS, KEPT, measure_learning
from analytics_dash.demonstration.recovery_training import measure_training

SEEDS = range(1001, 1003)

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
    assert all(len(row.found) >= len(SEEDS) for row in rows), table(rows)
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


def test_what_is_planted_of_learning_is_found_and_nothing_where_nothing_is() -> None:
    found = {row.effect: row for row in measure_learning(range(1001, 1004))}
    draws = sum(len(row.found) for row in found.values())
    assert draws == 3 * (len(found) - 1) + len(found[ITEMS].found) >= 3 * (len(found) - 1) + 90
    misses = sum(len(row.found) - row.covered for row in found.values())
    assert misses <= stats.binom.ppf(0.999, draws, 0.05), table([*found.values()])
    assert all(each.low > 0 for each in found[GAIN].found)
    assert all(each.low > 0 for each in found[KEPT].found)


def test_pages_say_little_where_nothing_is_planted() -> None:
    """What is said of so few draws is held against the rate that is expected at most."""
    claims, rows = measure_findings(range(1001, 1003))
    for claim in claims:
        assert claim.of >= 2
        assert claim.said <= stats.binom.ppf(0.999, claim.of, claim.expected), table_of_claims(claims)
    assert [len(row.found) for row in rows] == [2, 2], table(rows)


def test_use_that_grows_for_everybody_does_not_pass_for_what_training_does() -> None:
    rows, claims = measure_training([1001])
    draws = sum(len(row.found) for row in rows)
    misses = sum(len(row.found) - row.covered for row in rows)
    assert draws == len(rows) == 6
    assert misses <= stats.binom.ppf(0.999, draws, 0.05), table(rows)
    assert sum(claim.said for claim in claims) <= stats.binom.ppf(0.999, len(claims), 0.05), table_of_claims(claims)
