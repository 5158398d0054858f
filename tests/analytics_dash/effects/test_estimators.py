"""The pure estimators: on counts small enough to check by hand, and on draws whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.effects.change import TwoMonths, rate_ratio
from analytics_dash.effects.gap import gap
from analytics_dash.effects.median import median_from_shares
from analytics_dash.effects.rollout import before_rollout, rollout_effect


def two_months(later: int, earlier: int, prompts: int) -> TwoMonths:
    """So many events of so many prompts in either month, by people who count once each: a sum of squares is a count."""
    return TwoMonths(
        *(prompts, prompts),
        *(later, prompts, earlier, prompts),
        *(later, later, prompts),
        *(earlier, earlier, prompts),
        *(0, 0, 0, 0),
    )


def test_what_one_person_pastes_in_clumps_widens_the_interval_of_a_rate() -> None:
    """100 identifiers from 100 people, or from 10: the same rate, less certain."""
    even = two_months(100, 200, 1000)
    clumped = replace(even, yy1=1000.0)
    months = (100, 1000), (200, 1000)
    one, other = rate_ratio(even, *months), rate_ratio(clumped, *months)
    assert one is not None
    assert other is not None
    assert one.figure == other.figure == pytest.approx(0.5)
    assert other.high - other.low > 2 * (one.high - one.low)


def stepped(effect: float, *, noise: float = 0.0, places: int = 12, seed: int = 1) -> tuple[np.ndarray, ...]:
    """Places × 6 months, each rolled out in another month, the last ones never."""
    rng = np.random.default_rng(seed)
    rolled_out = np.resize(np.array([1, 2, 3, 4, 5, 6]), places)
    months = np.arange(6)
    shares = 0.4 + 0.02 * months + rng.normal(0, 0.1, places)[:, None] + rng.normal(0, noise, (places, 6))
    return shares + effect * (months >= rolled_out[:, None]), np.full(places, 100.0), rolled_out


def test_a_roll_out_is_told_from_differences_between_places_and_from_the_common_trend() -> None:
    found = rollout_effect(*stepped(0.1))
    assert found is not None
    assert found.figure == pytest.approx(0.1)
    assert found.people == 12
    before = before_rollout(*stepped(0.1))
    assert before is not None
    assert before.figure == pytest.approx(0)


def test_an_effect_that_grows_is_averaged_and_never_turned_round() -> None:
    """Places rolled out early are no controls for late ones: with growing effects they would pull the wrong way."""
    shares, weights, rolled_out = stepped(0.0)
    grown = shares + 0.05 * np.maximum(np.arange(6) - rolled_out[:, None] + 1, 0)
    found = rollout_effect(grown, weights, rolled_out)
    assert found is not None
    assert 0.05 <= found.figure <= 0.25


def test_places_rolled_out_from_the_start_or_with_a_hidden_month_do_not_count() -> None:
    shares, weights, rolled_out = stepped(0.1)
    rolled_out[0], shares[1, 3] = 0, np.nan
    found = rollout_effect(shares, weights, rolled_out)
    assert found is not None
    assert found.people == 10


def test_without_enough_places_or_without_any_to_compare_nothing_is_said() -> None:
    assert rollout_effect(*stepped(0.1, places=5)) is None
    shares, weights, rolled_out = stepped(0.1)
    assert rollout_effect(shares, weights, np.zeros_like(rolled_out)) is None
    assert rollout_effect(shares, weights, np.full_like(rolled_out, 3)) is None


def test_a_gap_is_to_all_others_and_needs_others_that_rounding_leaves_certain() -> None:
    found = gap((60, 100), (100, 300))
    assert found is not None
    assert found.figure == pytest.approx(0.6 - 0.2)
    assert gap((60, 100), (65, 110)) is None


@given(st.integers(2, 200), st.integers(2, 200), st.integers(20, 400), st.integers(20, 400))
def test_a_gap_lies_within_its_limits(part: int, other: int, size: int, others: int) -> None:
    group, rest = (5 * min(part, size), 5 * size), (5 * min(other, others), 5 * others)
    found = gap(group, (group[0] + rest[0], group[1] + rest[1]))
    assert found is None or found.low <= found.figure <= found.high


def test_a_median_lies_between_the_thresholds_around_a_half_and_a_tie_is_the_threshold() -> None:
    between = median_from_shares({1: (80, 100), 2: (60, 100), 3: (40, 100), 4: (10, 100)}, most=7)
    assert between is not None
    assert (between.low, between.figure, between.high) == (2, pytest.approx(2.5), 3)
    tie = median_from_shares({1: (80, 100), 2: (50, 100), 3: (40, 100)}, most=7)
    assert tie is not None
    assert tie.figure == 2
    assert median_from_shares({}, most=7) is None
