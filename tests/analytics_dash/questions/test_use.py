"""Does training change use? What is said of trained and untrained people, and that training need not be the cause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics_dash.questions import use
from analytics_dash.releases import LearningFigure
from tests.support.questions import facts, summary, use_of


def test_a_clear_difference_is_said_with_its_interval_and_that_it_is_not_causal() -> None:
    found = use.finding(facts(*use_of((700, 1000), (500, 1000))))
    assert "70.0% against 50.0% in October 2026" in found.headline
    assert "need not be the cause" in found.headline
    assert "20.0 percentage points (95% interval 15.3 to 24.6)" in found.sure


def test_a_difference_the_other_way_is_said_as_plainly() -> None:
    found = use.finding(facts(*use_of((500, 1000), (700, 1000))))
    assert "less often" in found.headline
    assert "−20.0 percentage points" in found.sure


def test_a_difference_that_may_be_chance_is_not_called_one() -> None:
    found = use.finding(facts(*use_of((55, 100), (50, 100))))
    assert found.headline.startswith("We can't say")
    assert not found.can_say


def test_hidden_groups_give_no_finding() -> None:
    hidden = facts(*use_of((700, 1000), (None, None)))
    assert use.finding(hidden).headline.startswith("We can't say")
    assert any("hidden to protect people" in sentence for sentence in summary(hidden, "use", "active_use-months"))


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [(16.7, 14.5, 18.9, "16.7 percentage points higher"), (-9.0, -11.0, -7.0, "9.0 percentage points lower")],
)
def test_the_standardised_difference_is_the_finding_about_everybody(
    value: float, low: float, high: float, words: str
) -> None:
    estimate = LearningFigure("r", "", "", "", "", "use_difference", None, 1360, value, low, high, "shown")
    found = use.finding(facts(*use_of((700, 1000), (500, 1000)), learning=(estimate,)))
    assert words in found.headline
    assert "need not be the cause" in found.headline
    unsure = replace(estimate, low=-1.0, high=1.0)
    assert not use.finding(facts(*use_of((700, 1000), (500, 1000)), learning=(unsure,))).can_say
