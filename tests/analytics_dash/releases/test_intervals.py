"""Intervals from protected counts: known values, and that they only ever err on the wide side."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.disclosure.rule import show_count, show_proportion
from analytics_dash.releases import intervals


def test_wilson_agrees_with_the_published_example() -> None:
    # Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662.
    assert intervals._wilson(81, 263, -1) == pytest.approx(0.2553, abs=5e-5)
    assert intervals._wilson(81, 263, +1) == pytest.approx(0.3662, abs=5e-5)


@given(st.integers(20, 5_000).flatmap(lambda n: st.tuples(st.integers(10, n - 10), st.just(n))))
def test_a_share_from_rounded_counts_is_never_narrower_than_from_the_true_ones(counts: tuple[int, int]) -> None:
    shown = show_proportion(*counts)
    assert shown is not None
    found = intervals.share(shown.numerator, shown.denominator)
    assert found.low <= intervals._wilson(*counts, -1) + 1e-9
    assert found.high >= intervals._wilson(*counts, +1) - 1e-9
    assert 0 <= found.low <= found.figure <= found.high <= 1


@given(st.integers(10, 100_000), st.integers(10, 100_000))
def test_a_rate_lies_within_its_limits(events: int, base: int) -> None:
    found = intervals.rate(show_count(events) or 10, show_count(base) or 10)
    assert 0 <= found.low <= found.figure <= found.high


def test_equal_shares_do_not_differ_and_distant_ones_do() -> None:
    equal = intervals.difference(intervals.share(50, 100), intervals.share(50, 100))
    distant = intervals.difference(intervals.share(700, 1000), intervals.share(500, 1000))
    assert not equal.excludes_nought
    assert distant.excludes_nought
    assert distant.figure == pytest.approx(0.2)
    assert distant.low < 0.2 < distant.high


def test_homogeneity_is_given_up_by_chance_about_once_in_twenty() -> None:
    draw = random.Random(20261126)
    rounds, groups, people = 400, 8, 400
    apart = 0
    for _round in range(rounds):
        shares = [sum(draw.random() < 0.6 for _ in range(people)) for _ in range(groups)]
        apart += not intervals.alike([intervals.share(5 * round(each / 5), people) for each in shares])
    assert apart / rounds <= 0.07, "the intervals are a little wide, so it is rather less"
    distant = [intervals.share(each, people) for each in (240, 240, 320)]
    assert not intervals.alike(distant)
