"""Gain and retention against figures worked out by hand, and what always holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.learning.gain import normalised_gain, retention

PRE, POST = np.array([0.2, 0.5, 0.8]), np.array([0.6, 0.5, 0.9])

scores = st.integers(0, 10).map(lambda marks: marks / 10)
forms = st.lists(st.tuples(scores, scores, scores), min_size=2, max_size=60).map(lambda rows: np.array(rows).T)


def test_each_persons_gain_is_averaged_and_the_class_gains_as_a_whole() -> None:
    """By hand: own gains 0.5, 0 and 0.5; the means go from 0.5 to 2/3, which is a third of what could be gained."""
    found = normalised_gain(PRE, POST)
    assert found.mean is not None
    assert found.of_class is not None
    assert found.mean.figure == pytest.approx(1 / 3)
    assert found.of_class.figure == pytest.approx(1 / 3)
    assert (found.people, found.at_ceiling, found.mean.people) == (3, 0, 3)


def test_who_has_nothing_to_gain_is_left_out_of_the_mean_and_counted() -> None:
    found = normalised_gain(np.append(PRE, 1.0), np.append(POST, 1.0))
    assert found.mean is not None
    assert (found.people, found.at_ceiling, found.mean.people) == (4, 1, 3)
    assert found.mean.figure == pytest.approx(1 / 3)


def test_a_loss_is_below_nought() -> None:
    found = normalised_gain(np.array([0.5, 0.5]), np.array([0.25, 0.25]))
    assert found.mean is not None
    assert found.mean.figure == pytest.approx(-0.5)


def test_what_is_left_is_a_share_of_what_was_gained() -> None:
    pre = np.tile([0.4, 0.5], 50)
    found = retention(pre, pre + 0.4, pre + 0.3)
    assert found is not None
    assert found.figure == pytest.approx(0.75)


def test_of_no_gain_nothing_is_left_to_tell() -> None:
    assert retention(PRE, PRE, POST) is None
    assert retention(PRE[:1], POST[:1], POST[:1]) is None


def test_with_everybody_at_the_ceiling_there_is_no_gain() -> None:
    found = normalised_gain(np.ones(5), np.ones(5))
    assert (found.mean, found.of_class, found.at_ceiling) == (None, None, 5)


def test_the_interval_of_the_class_gain_is_about_a_bootstraps() -> None:
    rng = np.random.default_rng(4)
    pre = rng.binomial(20, 0.5, 200) / 20
    post = np.clip(pre + rng.normal(0.2, 0.1, 200), 0, 1)
    found = normalised_gain(pre, post).of_class
    assert found is not None
    drawn = rng.integers(0, 200, (4000, 200))
    before, after = pre[drawn].mean(axis=1), post[drawn].mean(axis=1)
    low, high = np.percentile((after - before) / (1 - before), [2.5, 97.5])
    assert (found.low, found.high) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))


@given(forms)
def test_nobody_gains_more_than_all_there_is(rows: np.ndarray) -> None:  # type: ignore[type-arg]
    found = normalised_gain(rows[0], rows[1])
    for interval in (found.mean, found.of_class):
        if interval is not None:
            assert interval.low <= interval.figure <= min(1, interval.high) + 1e-9
    left = retention(*rows)
    assert left is None or left.low <= left.figure <= left.high


@pytest.mark.parametrize("wrong", [np.array([0.2, 1.2, 0.3]), np.array([0.2, -0.1, 0.3]), np.array([0.2])])
def test_scores_that_are_no_shares_of_the_same_people_are_refused(wrong: np.ndarray) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=r"scores must be|same people"):
        normalised_gain(PRE, wrong)
