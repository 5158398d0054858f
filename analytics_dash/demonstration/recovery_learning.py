"""Whether what was planted of learning is found in what a release shows of lessons: for `scripts/measure-effects`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import NormalDist
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from analytics_dash.demonstration.course_test import QUESTIONS, SOUND, TEST_ID, lesson_id
from analytics_dash.demonstration.recovery import Found, Row
from analytics_dash.demonstration.simulated import WINDOW
from analytics_dash.demonstration.simulated_tests import Taught, simulate_tests
from analytics_dash.learning.figures import lesson_figures
from analytics_dash.releases.types import LearningFigure
from analytics_dash.warehouse import Warehouse, WarehouseTables

GAIN: Final = "gain of the class, of what could be gained"
ANCHORS: Final = "gain on the questions of both forms"
KEPT: Final = "left of the gain after a month"
SURE_BEFORE: Final = "surer than right before the course"
SURE_AFTER: Final = "surer than right after the course"
DETECTS: Final = "tells wrong from sound (d′) before the course"
ITEMS: Final = "right, item by item before the course, less the share planted"
NO_GAIN: Final = "nothing learnt: gain of the class"
NOT_SURE: Final = "nobody surer than right, before the course"

Limits = tuple[float, float, float]
"""An estimate and its 95 % limits."""


def measure_learning(seeds: Iterable[int]) -> list[Row]:
    """Draw a test that teaches and one that does not for each seed, and return the table's rows."""
    drawn = ((PLANTED, planted_in_tests(PLANTED)), (NOTHING, not_planted_in_tests(NOTHING)))
    rows = {effect: Row(effect, value) for _truth, effects in drawn for effect, value in effects.items()}
    with TemporaryDirectory() as folder:
        for seed in seeds:
            for number, (truth, effects) in enumerate(drawn):
                path = Path(folder) / f"{number} {seed}.duckdb"
                simulate_tests(path, truth, seed)
                with Warehouse(path, read_only=True) as warehouse:
                    for effect, limits in found_in_tests(warehouse.tables(), truth):
                        if effect in effects:
                            rows[effect].found.append(Found(*limits))
                path.unlink()
    return list(rows.values())


def planted_in_tests(truth: Taught) -> dict[str, float]:
    """What is looked for where something is planted."""
    wrong, sound = _spotted(truth)
    z = NormalDist().inv_cdf
    return {
        GAIN: truth.gain,
        ANCHORS: truth.gain,
        KEPT: truth.kept,
        SURE_BEFORE: truth.over_before,
        SURE_AFTER: truth.over_after,
        DETECTS: z(wrong) - z(1 - sound),
        ITEMS: 0.0,
    }


def not_planted_in_tests(truth: Taught) -> dict[str, float]:
    """What is looked for where nothing is."""
    return {NO_GAIN: truth.gain, NOT_SURE: truth.over_before}


def found_in_tests(tables: WarehouseTables, truth: Taught) -> Iterator[tuple[str, Limits]]:
    """What a release says of each, as far as it shows it."""
    figures = {(f.lesson, f.step, f.item, f.option, f.measure): f for f in lesson_figures(tables, WINDOW, release="1")}
    (spotting,) = (q.step.id for q in QUESTIONS["pre"] if q.step.kind == "spot")
    places: Mapping[str, tuple[str, str, str]] = {
        GAIN: (TEST_ID, "", "gain"),
        NO_GAIN: (TEST_ID, "", "gain"),
        ANCHORS: (TEST_ID, "", "gain_on_anchors"),
        KEPT: (TEST_ID, "", "kept"),
        SURE_BEFORE: (lesson_id("pre"), "", "over_confidence"),
        NOT_SURE: (lesson_id("pre"), "", "over_confidence"),
        SURE_AFTER: (lesson_id("post"), "", "over_confidence"),
        DETECTS: (lesson_id("pre"), spotting, "sensitivity"),
    }
    for effect, (lesson, step, measure) in places.items():
        if limits := _limits(figures.get((lesson, step, "", "", measure))):
            yield effect, limits
    shares = truth.right("pre")
    items = [(question.step.id, item) for question in QUESTIONS["pre"] for item in question.step.items]
    for (step, item), share in zip(items, shares.tolist(), strict=True):
        if limits := _limits(figures.get((lesson_id("pre"), step, item, "", "right"))):
            yield ITEMS, (limits[0] - share, limits[1] - share, limits[2] - share)


def _limits(figure: LearningFigure | None) -> Limits | None:
    if figure is None or figure.value is None or figure.low is None or figure.high is None:
        return None
    return figure.value, figure.low, figure.high


def _spotted(truth: Taught) -> tuple[float, float]:
    """The share of wrong statements that are flagged before the course, and of sound ones that are passed."""
    keys = [key for question in QUESTIONS["pre"] for key in question.keys]
    spots = [question.step.kind == "spot" for question in QUESTIONS["pre"] for _key in question.keys]
    right = truth.right("pre")
    is_sound = np.array([spot and key == SOUND for spot, key in zip(spots, keys, strict=True)])
    return float(right[np.array(spots) & ~is_sound].mean()), float(right[is_sound].mean())


PLANTED: Final = Taught()
NOTHING: Final = PLANTED.nothing()
