"""From the demonstration's feeds through the warehouse to the measures: what was planted is found within the limits.

One interval of 95 % misses the truth one time in twenty, so of many intervals the number of misses is held against a
binomial bound; of a single figure the limits are widened to 99.9 %, so that a sound build does not fail by luck.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.behaviour import Life
from analytics_dash.demonstration.course_test import FORMS, QUESTIONS, lesson_id, right_at
from analytics_dash.demonstration.prepare import Places, Prepared
from analytics_dash.indicators import Window
from analytics_dash.learning import reading
from analytics_dash.learning.calibration import brier, over_confidence
from analytics_dash.learning.detection import detection
from analytics_dash.learning.gain import normalised_gain, retention
from analytics_dash.learning.intervals import Interval, Numbers
from analytics_dash.learning.items import difficulty, rest_correlation
from analytics_dash.learning.pace import WHAT, Acts
from analytics_dash.learning.reading import Sheet
from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.store import WarehouseTables

# Ibis 12 calls what DuckDB 2 and pandas 3 deprecate.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

WINDOW = Window.ending(planted.MONTHS[-1])
WIDER = stats.norm.ppf(0.9995) / stats.norm.ppf(0.975)


@pytest.fixture(scope="module")
def tables(prepared: Prepared, home: Path) -> Iterator[WarehouseTables]:
    with open_warehouse(Places(home).warehouse) as warehouse:
        yield warehouse.tables()


@pytest.fixture(scope="module")
def sheets(tables: WarehouseTables) -> dict[str, Sheet]:
    return {form: reading.sheet(tables, WINDOW, lesson_id(form)) for form in FORMS}


def near(found: Interval, truth: float) -> bool:
    """Whether the truth lies within the limits at 99.9 %."""
    return abs(found.figure - truth) <= WIDER * max(found.high - found.figure, found.figure - found.low)


def shared(*sheets: Sheet, anchors: bool = False) -> list[Numbers]:
    """The scores of those who answered all of these forms, in the same order."""
    scored = [sheet.scores(sheet.anchors if anchors else None) for sheet in sheets]
    both = set.intersection(*(set(people.tolist()) for people, _scores in scored))
    return [scores[np.isin(people, list(both))] for people, scores in scored]


def test_every_first_attempt_of_the_roster_is_found(sheets: dict[str, Sheet], lives: tuple[Life, ...]) -> None:
    """Counted from the population itself, by code that shares nothing with the loader."""
    for form, sheet in sheets.items():
        sittings = [s for life in lives if life.person.listed for s in life.tests if s.form == form]
        assert len(sheet.people) == len(sittings) > 150
        right = {
            (attempt.step.id, answer.item): sum(
                a.hit
                for s in sittings
                for t in s.attempts
                if t.step is attempt.step
                for a in t.answers
                if a.item == answer.item
            )
            for attempt in sittings[0].attempts
            for answer in attempt.answers
        }
        assert {item: int(sheet.hits[:, column].sum()) for column, item in enumerate(sheet.items)} == right


@pytest.mark.parametrize("form", FORMS)
def test_the_planted_difficulties_lie_in_as_many_intervals_as_they_should(form: str, sheets: dict[str, Sheet]) -> None:
    sheet = sheets[form]
    truth = {
        (question.step.id, item): right_at(share, form)
        for question in QUESTIONS[form]
        for item, share in zip(question.step.items, question.right_before, strict=True)
    }
    assert len(truth) == 33
    found = {item: difficulty(sheet.hits[:, column] == 1) for column, item in enumerate(sheet.items)}
    assert found.keys() == truth.keys()
    misses = sum(not found[item].holds(truth[item]) for item in truth)
    assert misses <= stats.binom.ppf(0.999, len(truth), 0.05)
    # And no narrower truth would do: were every item 10 points easier than planted, most would be missed.
    assert sum(not found[item].holds(min(1, truth[item] + 0.1)) for item in truth) > len(truth) * 0.8


def test_the_planted_gain_lies_in_its_interval(sheets: dict[str, Sheet]) -> None:
    pre, post = shared(sheets["pre"], sheets["post"])
    found = normalised_gain(pre, post)
    assert found.of_class is not None
    assert near(found.of_class, planted.NORMALISED_GAIN)
    assert found.of_class.high - found.of_class.low < 0.08
    assert found.mean is not None
    assert found.people - found.at_ceiling > 250
    # Item by item the same gain, so the anchors alone must show it too, less sharply.
    anchors = normalised_gain(*shared(sheets["pre"], sheets["post"], anchors=True)).of_class
    assert anchors is not None
    assert near(anchors, planted.NORMALISED_GAIN)


def test_what_is_left_after_a_month_lies_in_its_interval(sheets: dict[str, Sheet]) -> None:
    found = retention(*shared(sheets["pre"], sheets["post"], sheets["delayed"]))
    assert found is not None
    assert near(found, planted.RETAINED)
    assert found.high < 1


@pytest.mark.parametrize(
    ("form", "truth"),
    [
        ("pre", planted.OVER_CONFIDENCE_BEFORE),
        ("post", planted.OVER_CONFIDENCE_AFTER),
        ("delayed", planted.OVER_CONFIDENCE_AFTER),
    ],
)
def test_the_planted_over_confidence_lies_in_its_interval(form: str, truth: float, sheets: dict[str, Sheet]) -> None:
    sheet = sheets[form]
    rows, columns = np.nonzero(~np.isnan(sheet.confidence))
    answers = sheet.people[rows], sheet.confidence[rows, columns], sheet.hits[rows, columns] == 1
    found, score = over_confidence(*answers), brier(*answers)
    assert found is not None
    assert near(found, truth)
    assert found.high - found.low < 0.06
    assert score is not None
    assert 0.15 < score.figure < 0.30


@pytest.mark.parametrize("form", FORMS)
def test_the_planted_sensitivity_lies_in_its_interval(form: str, tables: WarehouseTables) -> None:
    (counts,) = reading.detections(tables, WINDOW, lesson_id(form)).values()
    *wrong, sound = (right_at(share, form) for share in planted.RIGHT_BEFORE["errors"])
    z = stats.norm.ppf([np.mean(wrong), 1 - sound])
    found = detection(counts)
    assert found is not None
    assert near(found.sensitivity, z[0] - z[1])
    assert near(found.criterion, -(z[0] + z[1]) / 2)


def test_items_that_share_an_ability_go_together(sheets: dict[str, Sheet]) -> None:
    hits = sheets["pre"].hits == 1
    found = [rest_correlation(hits, column) for column in range(hits.shape[1])]
    figures = [one.figure for one in found if one is not None]
    assert len(figures) == 33
    assert min(figures) > 0.1
    # Shuffled, each item's answers belong to other people, and the correlation is gone.
    rng = np.random.default_rng(1)
    apart = np.column_stack([rng.permutation(column) for column in hits.T])
    noise = [rest_correlation(apart, column) for column in range(hits.shape[1])]
    misses = sum(not one.holds(0) for one in noise if one is not None)
    assert misses <= stats.binom.ppf(0.999, 33, 0.05)


def test_people_are_the_same_read_in_parts_or_at_once(tables: WarehouseTables, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, only so many acts are in memory at once; who did what does not depend on it."""
    (at_once,) = reading.acts(tables, WINDOW, lesson_id("pre"))
    monkeypatch.setattr(reading, "MOST_ROWS", 1000)
    in_parts = list(reading.acts(tables, WINDOW, lesson_id("pre")))
    assert len(in_parts) > 1
    assert len(set(at_once.people.tolist())) > 150
    assert sorted(_of_people(at_once)) == sorted(row for part in in_parts for row in _of_people(part))
    for part in in_parts:
        assert (np.diff(part.at)[np.diff(part.people) == 0] >= 0).all(), "each person's in order of time"
    assert {WHAT[place] for place in at_once.what} == {"started", "submitted", "finished"}


def _of_people(acts: Acts) -> list[tuple[int, float, str, str]]:
    columns = (acts.people.tolist(), acts.at.tolist(), acts.what.tolist(), acts.step.tolist())
    return [(person, at, WHAT[what], acts.steps[step]) for person, at, what, step in zip(*columns, strict=True)]
