"""What a figure of exact sums is told to, and that whoever has the figure alone can check it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.disclosure.rule import show_count
from analytics_dash.learning.intervals import Interval
from analytics_dash.learning.precision import enough, steps_of, told


@pytest.mark.parametrize(("people", "proven"), [(49, False), (52, False), (53, True), (55, True)])
def test_the_number_that_is_shown_must_prove_fifty_people(people: int, proven: bool) -> None:
    assert enough(show_count(people)) is proven
    assert (told(Interval(0.2, 0.1, 0.3, people), 1, scale=100) is not None) is proven


@given(
    people=st.integers(10, 5_000),
    figure=st.floats(-1, 1),
    reach=st.floats(0, 0.5),
    moved=st.floats(0, 0.05),
    widened=st.floats(0, 0.05),
    points=st.booleans(),
)
def test_whatever_is_told_passes_and_is_as_coarse_as_its_people_want(
    people: int, figure: float, reach: float, moved: float, widened: float, *, points: bool
) -> None:
    decimals, scale = (1, 100) if points else (2, 1)
    limits = told(
        Interval(figure, figure - reach, figure + reach, people, moved, widened), decimals, scale=scale
    )  # fmt: skip
    shown = show_count(people)
    assert (limits is not None) == enough(shown)
    assert limits is None or people >= 50
    if limits is not None and shown is not None:
        possible = list(steps_of(limits, shown, decimals, scale=scale))
        assert possible
        assert possible == sorted(possible)
        assert possible[0] >= 5 * scale / (people + 4) - 1e-9
