"""Answers that two releases of the same months show between them give none away."""

from __future__ import annotations

from dataclasses import replace

import pytest

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
