"""Brier score, over-confidence and the reliability table, d′ and criterion: by hand, and what always holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.learning.calibration import brier, over_confidence, reliability
from analytics_dash.learning.detection import detection
from xblock_ai_tutor.lesson.detection import Detection as OfOnePerson

PEOPLE = np.array([1, 1, 2, 2])
SURE = np.array([1.0, 0.5, 0.75, 0.25])
HITS = np.array([True, False, True, False])

answers = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from([0, 0.25, 0.5, 0.75, 1]), st.booleans()), min_size=2, max_size=60
)


def test_the_figures_are_those_worked_out_by_hand() -> None:
    """Squared errors 0, 1/4, 1/16, 1/16; sure 62.5 % on average, right 50 %."""
    score, gap = brier(PEOPLE, SURE, HITS), over_confidence(PEOPLE, SURE, HITS)
    assert score is not None
    assert gap is not None
    assert score.figure == pytest.approx(3 / 32)
    assert gap.figure == pytest.approx(0.125)


def test_one_persons_answers_count_as_one_persons() -> None:
    """A hundred copies of each person's answers make the interval no narrower than the two people do."""
    once, often = (over_confidence(np.tile(PEOPLE, n), np.tile(SURE, n), np.tile(HITS, n)) for n in (1, 100))
    assert once is not None
    assert often is not None
    assert often.high - often.low == pytest.approx(once.high - once.low)
    assert once.people == often.people == 2


def test_one_person_has_no_interval() -> None:
    assert brier(np.array([1, 1]), np.array([0.5, 1.0]), np.array([True, True])) is None


def test_the_reliability_table_says_how_often_people_were_right_at_each_level() -> None:
    table = reliability(PEOPLE, SURE, HITS)
    assert [(row.level, row.answers, row.right) for row in table] == [
        *((0.0, 0, 0), (0.25, 1, 0), (0.5, 1, 0), (0.75, 1, 1), (1.0, 1, 1)),
    ]
    assert [(row.people_right, row.people_wrong) for row in table] == [(0, 0), (0, 1), (0, 1), (1, 0), (1, 0)]


@given(answers)
def test_scores_stay_within_their_bounds(rows: list[tuple[int, float, bool]]) -> None:
    people, sure, hits = (np.array(column) for column in zip(*rows, strict=True))
    score, gap = brier(people, sure, hits), over_confidence(people, sure, hits)
    assert (score is None) == (len(set(people.tolist())) < 2)
    if score is not None and gap is not None:
        assert 0 <= score.figure <= 1
        assert -1 <= gap.figure <= 1
        assert gap.figure**2 <= score.figure + 1e-9  # the Brier score is at least the squared bias
    assert sum(row.answers for row in reliability(people, sure, hits)) == len(rows)


def test_sensitivity_and_criterion_are_the_blocks_own_on_the_pooled_counts() -> None:
    """Hits 30 of 40 and false alarms 10 of 40: z of 30.5/41 and of 10.5/41."""
    counts = np.array([[3, 1, 4, 4]] * 10)
    found, block = detection(counts), OfOnePerson(30, 10, 40, 40)
    assert found is not None
    assert found.sensitivity.figure == pytest.approx(block.sensitivity)
    assert found.criterion.figure == pytest.approx(block.criterion, abs=1e-12)
    assert found.sensitivity.figure == pytest.approx(0.6557 + 0.6557, abs=2e-3)


def test_flagging_everything_does_not_pay() -> None:
    found = detection(np.array([[4, 4, 4, 4]] * 20))
    assert found is not None
    assert found.sensitivity.figure == pytest.approx(0)
    assert found.criterion.figure < -2


def test_without_sound_statements_there_is_no_sensitivity() -> None:
    assert detection(np.array([[3, 0, 4, 0]] * 20)) is None
    assert detection(np.array([[3, 1, 4, 4]])) is None


person = st.tuples(st.integers(0, 3), st.integers(0, 2)).map(lambda flags: (*flags, 3, 2))


@given(st.lists(person, min_size=2, max_size=50))
def test_a_detection_is_finite_whatever_was_flagged(rows: list[tuple[int, int, int, int]]) -> None:
    found = detection(np.array(rows))
    assert found is not None
    for interval in (found.sensitivity, found.criterion):
        assert np.isfinite([interval.low, interval.high]).all()
        assert interval.low <= interval.figure <= interval.high
