"""Difficulty, item–rest correlation and chosen answers against figures worked out by hand, and what always holds."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.learning.intervals import Interval, fisher, of_influences, wilson
from analytics_dash.learning.items import choice_counts, difficulty, rest_correlation

HITS = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 1]], dtype=bool)


def test_the_difficulty_is_the_share_right_with_wilsons_limits() -> None:
    """81 of 263: the example of Newcombe 1998, Statistics in Medicine 17, 857–872, table I."""
    hits = np.arange(263) < 81
    found = difficulty(hits)
    assert found.figure == pytest.approx(0.3080, abs=5e-5)
    assert (found.low, found.high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert found.people == 263


def test_the_correlation_leaves_the_item_itself_out() -> None:
    """By hand: item 0 is 1 1 0 1 0 0, the others sum to 2 1 1 0 0 1; covariance 1/12, variances 1/4 and 17/36."""
    found = rest_correlation(HITS, 0)
    assert found is not None
    assert found.figure == pytest.approx((1 / 12) / sqrt(1 / 4 * 17 / 36))
    with_itself = np.corrcoef(HITS[:, 0], HITS.sum(axis=1))[0, 1]
    assert found.figure < with_itself


def test_fishers_limits_are_those_of_the_tables() -> None:
    """r = 0.5 of 28 people: z = 0.5493 ± 1.96/5, back again 0.1560 to 0.7358."""
    found = fisher(0.5, 28)
    assert (found.low, found.high) == (pytest.approx(0.1560, abs=1e-4), pytest.approx(0.7358, abs=1e-4))


def test_where_nothing_varies_there_is_no_correlation() -> None:
    assert rest_correlation(np.ones((50, 3), dtype=bool), 0) is None
    assert rest_correlation(HITS[:3], 0) is None
    assert rest_correlation(HITS[:, :1], 0) is None


def test_answers_are_counted_the_most_chosen_first() -> None:
    assert list(choice_counts(["b", "a", "c", "b", "c", "b"]).items()) == [("b", 3), ("c", 2), ("a", 1)]


@given(st.integers(1, 5000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))), st.integers(0, 2))
def test_a_share_lies_within_its_limits_and_they_within_nought_and_one(counts: tuple[int, int], unsure: int) -> None:
    found = wilson(*counts, unsure=unsure)
    assert 0 <= found.low <= found.figure <= found.high <= 1
    plain = wilson(*counts)
    assert found.low <= plain.low
    assert found.high >= plain.high


@given(st.floats(-1, 1), st.integers(4, 10_000))
def test_a_correlation_lies_within_its_limits(correlation: float, people: int) -> None:
    found = fisher(correlation, people)
    assert -1 <= found.low <= found.figure + 1e-9
    assert found.figure - 1e-9 <= found.high <= 1


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=4, max_size=40))
def test_an_items_correlation_is_one(rows: list[list[bool]]) -> None:
    found = rest_correlation(np.array(rows), 1)
    assert found is None or -1 <= found.figure <= 1


def test_the_limits_of_a_mean_are_students() -> None:
    """Of 1 2 3 4 5: the mean 3, its error √0.5, and t of 4 degrees of freedom 2.776."""
    values = np.array([1.0, 2, 3, 4, 5])
    found = of_influences(3.0, values - 3)
    assert found.high - 3 == pytest.approx(2.7764 * sqrt(0.5), abs=1e-4)
    assert isinstance(found, Interval)


@pytest.mark.parametrize("counts", [(1, 0), (3, 2), (-1, 2)])
def test_what_is_no_share_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(*counts)
