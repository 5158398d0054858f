"""Answers that two releases of the same months show between them give none away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.releases import LeakError, LearningFigure
from analytics_dash.releases.learning_checks import hide_between, refuse_learning_leaks


def answer(option: str, people: int, *, release: str = "r1", of: int = 100) -> LearningFigure:
    return LearningFigure(release, "quiz", "step", "item", option, "chosen", people, of, people / of, 0.0, 1.0, "shown")


# 102 people: a 48, b 18, c 18, d 18, e nobody. One release shows a and b, the other a, c and d: together e is nought.
FIRST = [answer("a", 50), answer("b", 20)]
SECOND = [answer("a", 50, release="r2"), answer("c", 20, release="r2"), answer("d", 20, release="r2")]


def test_what_each_may_show_alone_is_refused_together_and_left_out_when_it_is_built() -> None:
    refuse_learning_leaks(SECOND, [])
    with pytest.raises(LeakError, match="“item” in the lesson “quiz”"):
        refuse_learning_leaks(SECOND, [FIRST])
    built = hide_between(SECOND, [FIRST])
    assert [each.option for each in built] == ["a"]
    refuse_learning_leaks(built, [FIRST])


def test_when_other_people_answered_nothing_is_put_together() -> None:
    later = [replace(each, denominator=105) for each in SECOND]
    refuse_learning_leaks(later, [FIRST])
    assert hide_between(later, [FIRST]) == tuple(later)


def test_other_figures_are_left_alone() -> None:
    share = LearningFigure("r2", "quiz", "step", "item", "", "right", 60, 100, 0.6, 0.5, 0.7, "shown")
    assert share in hide_between([*SECOND, share], [FIRST])


def measure(value: float, people: int, *, name: str = "over_confidence", release: str = "r1") -> LearningFigure:
    return LearningFigure(release, "quiz", "", "", "", name, None, people, value, value - 0.1, value + 0.1, "shown")


@pytest.mark.parametrize(
    ("then", "now", "hidden"),
    [
        (measure(0.20, 40), measure(0.21, 40, release="r2"), True),  # one came late, most likely
        (measure(0.20, 40), measure(0.20, 40, release="r2"), False),
        (measure(0.20, 40), measure(0.25, 60, release="r2"), False),  # a dozen and more came late
        (measure(0.20, 400), measure(0.21, 400, release="r2"), False),  # one of 400 is less than the rounding
        (measure(3.1, 400, name="use_difference"), measure(3.2, 400, name="use_difference", release="r2"), True),
        (measure(3.1, 4_000, name="use_difference"), measure(3.2, 4_000, name="use_difference", release="r2"), False),
        (measure(3.1, 40, name="equity_gap"), measure(3.2, 40, name="equity_gap", release="r2"), False),
    ],
)
def test_a_measure_that_one_late_person_moves_is_hidden_and_refused(
    then: LearningFigure, now: LearningFigure, hidden: bool
) -> None:
    built = hide_between([now], [[then]])
    assert [(each.status, each.value) for each in built] == [("c", None) if hidden else ("shown", now.value)]
    refuse_learning_leaks(built, [[then]])
    if hidden:
        with pytest.raises(LeakError, match=now.measure):
            refuse_learning_leaks([now], [[then]])


@given(st.integers(10, 3_000), st.floats(0, 1), st.floats(0, 1))
def test_a_change_that_is_left_tells_no_more_than_nothing_of_the_person_who_came_late(
    people: int, mean: float, own: float
) -> None:
    """Who knows that just one came late, and to how many, solves for that one's part (0 to 1) with both means."""
    after = (mean * people + own) / (people + 1)
    then, now = (measure(round(m, 2), people // 5 * 5, release=r) for r, m in (("r1", mean), ("r2", after)))
    (built,) = hide_between([now], [[then]])
    if built.value is not None and built.value != then.value:
        low, high = (
            (now.value + off) * (people + 1) - (then.value - off) * people  # type: ignore[operator]
            for off in (-0.005, 0.005)
        )
        assert low - 1e-6 <= own <= high + 1e-6
        assert high - low > 1.9
