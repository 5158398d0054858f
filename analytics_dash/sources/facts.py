"""What events say of learning, without who, when and in which course: one by one, and many of one name as columns.

Aspects' statements come one by one (`Fact`, `Answers`), the tracking log's events by the hundred (`Facts`, `Parts`): a
column costs a tenth of as many rows. Both become the same `records.LearningEvent`s and parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from analytics_dash.sources.records import Detected, ItemAnswer, LearningEvent


class Fact(NamedTuple):
    """What an event says: the rest of a `LearningEvent`."""

    kind: str
    block: str | None = None
    step: str | None = None
    earned: float | None = None
    possible: float | None = None
    correct: bool | None = None
    confidence: float | None = None
    lesson: str | None = None
    answers: Answers | None = None


class Answers(NamedTuple):
    """What an attempt at a step of our own block says item by item; the rest of its `ItemAnswer`s and `Detected`.

    `items` are (item, answer, hit, confidence), `detection` (hits, false alarms, targets, non-targets).
    """

    attempt: int
    items: tuple[tuple[str, str, bool, float | None], ...]
    detection: tuple[int, int, int, int] | None
    test: str | None
    form: str | None
    anchor: bool | None


def parts_of(row: LearningEvent, answers: Answers) -> Iterator[ItemAnswer | Detected]:
    """The attempt's items and, where it was a spotting step, its four counts."""
    lesson, step = row.lesson or "", row.step or ""
    who = (row.digest, row.alias, row.at, row.day, row.course, lesson, step, answers.attempt)
    for item, answer, hit, confidence in answers.items:
        yield ItemAnswer(*who, item, answer, hit, confidence, answers.test, answers.form, answers.anchor)
    if answers.detection is not None:
        yield Detected(*who, *answers.detection, answers.test, answers.form)


Column = Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What events of one name say, a `LearningEvent`'s columns from `block` on; None is a column without a value."""

    kind: str
    block: Column | None = None
    step: Column | None = None
    earned: Column | None = None
    possible: Column | None = None
    correct: Column | None = None
    confidence: Column | None = None
    lesson: Column | None = None
    parts: Sequence[Parts] = ()
    pseudonyms: Sequence[str] | None = None
    """The gateway's pseudonyms of the learners, where events carry them."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of the facts, of one type: part n is of the fact `of[n]`; the columns are the type's from `attempt` on."""

    type: type[ItemAnswer | Detected]
    of: Sequence[int]
    columns: Sequence[Column]
