"""Many takings of the course's test, quickly: the planted model of `sittings`, drawn with NumPy into a warehouse.

Everybody takes the form before the course and the one after it, most a third a month later. Called by
`recovery_learning`, which judges the intervals of what is measured of learning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
from numpy.typing import NDArray
from scipy import stats

from analytics_dash.demonstration import course_test, planted
from analytics_dash.demonstration.course_test import FORMS, QUESTIONS, SOUND
from analytics_dash.demonstration.drawn_columns import dates, digests, same
from analytics_dash.demonstration.simulated import Random
from analytics_dash.warehouse.store import create

PEOPLE: Final = 300
"""About as many as take the test in the demonstration."""

DAYS: Final = {"pre": 40, "post": 60, "delayed": 90}
"""On which day of the six months each form is taken: when it is changes nothing."""


@dataclass(frozen=True, slots=True)
class Taught:
    """What is true: how much of what could be gained is gained, how much of that is left, and how sure people are."""

    gain: float = planted.NORMALISED_GAIN
    kept: float = planted.RETAINED
    over_before: float = planted.OVER_CONFIDENCE_BEFORE
    over_after: float = planted.OVER_CONFIDENCE_AFTER

    def nothing(self) -> Taught:
        """The same test when the course teaches nothing, and nobody is surer than right."""
        return replace(self, gain=0.0, over_before=0.0, over_after=0.0)

    def right(self, form: str) -> NDArray[np.float64]:
        """The share of people who are right in each item of a form, in the order of `_items`."""
        before = np.array([share for question in QUESTIONS[form] for share in question.right_before])
        gained: NDArray[np.float64] = {"pre": 0.0, "post": 1.0, "delayed": self.kept}[form] * self.gain * (1 - before)
        return before + gained

    def over(self, form: str) -> float:
        """How much surer than right people are in a form."""
        return self.over_before if form == "pre" else self.over_after


def simulate_tests(path: Path, truth: Taught, seed: int) -> None:
    """Draw everybody's forms and write them as a new warehouse at `path`."""
    rng = np.random.default_rng([seed, 7])
    ability = rng.normal(size=PEOPLE)
    takes = {"pre": np.arange(PEOPLE), "post": np.arange(PEOPLE)}
    takes["delayed"] = np.flatnonzero(rng.random(PEOPLE) < planted.TAKES_DELAYED)
    tables: dict[str, list[dict[str, Any]]] = {"item_answers": [], "detections": [], "learning_events": []}
    for form in FORMS:
        for name, rows in _form(rng, truth, form, takes[form], ability[takes[form]]).items():
            tables[name].append(rows)
    everybody = {"department": same("Department for Lighthouses", PEOPLE), "grade_band": same("EO", PEOPLE)}
    tables["people"] = [{"person": np.arange(1, PEOPLE + 1), **everybody}]
    connection = create(path)
    for name, parts in tables.items():
        connection.register("incoming", pa.concat_tables([pa.table(part) for part in parts]))
        connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming").fetchall()  # noqa: S608 (our names)
        connection.unregister("incoming")
    connection.close()


def _form(
    rng: Random, truth: Taught, form: str, who: NDArray[np.int64], ability: NDArray[np.float64]
) -> dict[str, dict[str, Any]]:
    """One form's answers, detections and events, with a digest for each person."""
    items = _items(form)
    share = truth.right(form)
    size = (len(who), len(items))
    latent = np.sqrt(planted.ABILITY) * ability[:, None] + np.sqrt(1 - planted.ABILITY) * rng.normal(size=size)
    hits = -latent < stats.norm.ppf(share)
    sure = share + truth.over(form) + planted.RESOLUTION * (hits - share) + rng.uniform(-0.05, 0.05, size)
    quarters = np.floor(np.clip(4 * sure, 0, 4))
    quarters += rng.random(size) < np.clip(4 * sure, 0, 4) % 1
    asked = np.array([item.asks for item in items])
    confidence = np.where(asked, 25 * quarters, np.nan)
    each = digests(len(who), 1 + PEOPLE * FORMS.index(form))
    act = {"alias": who + 1, "day": dates(np.full(len(who), DAYS[form]))}
    act["at"] = act["day"].cast(pa.timestamp("us"))
    lesson = course_test.lesson_id(form)
    about = {"course": "course", "test": course_test.TEST_ID, "form": form}
    answers = {
        "digest": pa.array(np.repeat(np.array(each.to_pylist(), dtype=object), len(items)), pa.string()),
        "alias": np.repeat(who + 1, len(items)),
        "day": dates(np.full(hits.size, DAYS[form])),
        **{name: same(value, hits.size) for name, value in {**about, "lesson": lesson}.items()},
        "attempt": np.ones(hits.size, dtype=np.int32),
        "step": np.tile(np.array([item.step for item in items], dtype=object), len(who)),
        "item": np.tile(np.array([item.item for item in items], dtype=object), len(who)),
        "answer": np.where(hits.ravel(), "right", "wrong").astype(object),
        "hit": hits.ravel(),
        "confidence": pa.array(confidence.ravel(), from_pandas=True),
        "anchor": np.tile(np.array([item.anchor for item in items]), len(who)),
    }
    answers["at"] = answers["day"].cast(pa.timestamp("us"))
    events = {"digest": each, **act, "kind": same("step_submitted", len(who)), "lesson": same(lesson, len(who))}
    return {
        "item_answers": answers,
        "detections": {
            "digest": each,
            **act,
            **_detected(hits, items, len(who)),
            **{name: same(value, len(who)) for name, value in {**about, "lesson": lesson}.items()},
        },
        "learning_events": events,
    }


@dataclass(frozen=True, slots=True)
class _Item:
    step: str
    item: str
    spot: bool
    sound: bool
    asks: bool
    anchor: bool


def _items(form: str) -> list[_Item]:
    return [
        _Item(
            question.step.id,
            item,
            spot=question.step.kind == "spot",
            sound=key == SOUND,
            asks=question.asks_confidence,
            anchor=question.is_anchor,
        )
        for question in QUESTIONS[form]
        for item, key in zip(question.step.items, question.keys, strict=True)
    ]


def _detected(hits: NDArray[np.bool_], items: list[_Item], people: int) -> dict[str, Any]:
    """The spotting step's counts: whoever is right flags what is wrong, and passes what is sound."""
    wrong = np.array([item.spot and not item.sound for item in items])
    sound = np.array([item.spot and item.sound for item in items])
    (step,) = {item.step for item in items if item.spot}
    return {
        "step": same(step, people),
        "attempt": np.ones(people, dtype=np.int32),
        "hits": hits[:, wrong].sum(axis=1).astype(np.int32),
        "false_alarms": (~hits[:, sound]).sum(axis=1).astype(np.int32),
        "targets": np.full(people, wrong.sum(), dtype=np.int32),
        "non_targets": np.full(people, sound.sum(), dtype=np.int32),
    }
