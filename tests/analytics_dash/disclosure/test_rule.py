"""The 10-5 rule and the dominance rules, as claims about every possible count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.disclosure.dominance import Magnitude, is_dominated
from analytics_dash.disclosure.rule import MINIMUM, show_count, show_proportion, show_ratio

counts = st.integers(0, 100_000)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, None), (1, None), (9, None), (10, 10), (11, 10), (12, 10), (13, 15), (14, 15), (15, 15), (17, 15), (18, 20)],
)
def test_counts_below_ten_look_alike_and_the_rest_goes_to_the_nearest_five(count: int, shown: int | None) -> None:
    assert show_count(count) == shown


@given(counts)
def test_a_shown_count_is_never_from_1_to_9_and_at_most_two_from_the_truth(count: int) -> None:
    shown = show_count(count)
    assert (shown is None) == (count < MINIMUM)
    assert shown is None or (shown >= MINIMUM and shown % 5 == 0 and abs(shown - count) <= 2)


@given(counts, counts)
def test_a_proportion_is_shown_only_when_part_whole_and_rest_are_ten_or_more(part: int, rest: int) -> None:
    shown = show_proportion(part, part + rest)
    assert (shown is not None) == (part >= MINIMUM and rest >= MINIMUM)


@given(counts, counts)
def test_no_rest_below_ten_can_be_had_by_subtracting_what_is_shown(part: int, rest: int) -> None:
    shown = show_proportion(part, part + rest)
    assert shown is None or shown.denominator - shown.numerator >= MINIMUM


@given(counts, counts)
def test_a_ratio_is_shown_only_when_both_sums_are_ten_or_more(numerator: int, denominator: int) -> None:
    assert (show_ratio(numerator, denominator) is not None) == (min(numerator, denominator) >= MINIMUM)


def test_an_impossible_count_is_an_error_and_never_a_figure() -> None:
    with pytest.raises(ValueError, match="negative"):
        show_count(-1)
    with pytest.raises(ValueError, match="exceed"):
        show_proportion(11, 10)


def magnitude(parts: list[int]) -> Magnitude:
    """The sum of what each person contributes."""
    largest, second, *_ = [*sorted(parts, reverse=True), 0, 0]
    return Magnitude(sum(parts), sum(part > 0 for part in parts), largest, second)


@pytest.mark.parametrize(
    ("parts", "dominated"),
    [
        ([10] * 9, True),  # too few
        ([10] * 10, False),
        ([10] * 10 + [0] * 90, False),
        ([0] * 100, True),
        ([100] + [10] * 10, False),  # exactly half
        ([101] + [10] * 10, True),  # one person is more than half
        ([1000, 990, *[9] * 11], True),  # the second could estimate the first to within 10 %
        ([1000, 990, *[10] * 10], False),
    ],
)
def test_one_heavy_user_does_not_show(parts: list[int], dominated: bool) -> None:
    assert is_dominated(magnitude(parts)) is dominated


@given(st.lists(st.integers(0, 500), max_size=40))
def test_whoever_is_shown_in_a_sum_is_at_most_half_of_it(parts: list[int]) -> None:
    found = magnitude(parts)
    assert is_dominated(found) or 2 * found.largest <= found.total
