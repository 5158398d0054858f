"""Attempts and their answers; and people who take the course's test: before the lesson, after it, a month later.

`behaviour` gives each life its sittings, `feeds.tracking` writes them down. Pure, like all of a life.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from random import Random
from statistics import NormalDist

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.course_test import QUESTIONS, READING, SOUND, Question, right_at
from analytics_dash.demonstration.lesson import Step
from analytics_dash.demonstration.moments import local_day, working_time

_Z = NormalDist().inv_cdf
_LEVELS = 4  # confidence is given in quarters
_LEAST_TIME = timedelta(minutes=90)  # between enrolling and the lesson, for somebody to take a test in between


@dataclass(frozen=True, slots=True)
class Answer:
    """One item of an attempt: which authored option was chosen, whether it is right, how sure the learner was (%)."""

    item: str
    option: str
    hit: bool
    confidence: int | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One submission of a step."""

    at: datetime
    step: Step
    number: int
    answers: tuple[Answer, ...]

    @property
    def earned(self) -> int:
        """Marks earned: one for each item answered rightly."""
        return sum(answer.hit for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One person's way through one form of the test: every question once."""

    form: str
    started_at: datetime
    attempts: tuple[Attempt, ...]

    @property
    def completed_at(self) -> datetime:
        """When the last question was handed in."""
        return self.attempts[-1].at


def take_tests(rng: Random, enrolled: datetime, started: datetime, completed: datetime) -> Iterator[Sitting]:
    """Draw the forms that one person takes around a lesson: none, or two, or three."""
    if started - enrolled < _LEAST_TIME or rng.random() >= planted.TAKES_THE_TESTS:
        return
    ability = rng.gauss(0, 1)
    yield _sit(rng, "pre", enrolled + timedelta(minutes=rng.randint(2, 6)), ability)
    after = _sit(rng, "post", completed + timedelta(minutes=rng.randint(3, 15)), ability)
    yield after
    later = local_day(after.completed_at) + timedelta(days=30)
    if later < planted.LAST_DAY and rng.random() < planted.TAKES_DELAYED:
        yield _sit(rng, "delayed", working_time(rng, later), ability)


def _sit(rng: Random, form: str, started: datetime, ability: float) -> Sitting:
    at = started + timedelta(seconds=rng.randint(15, 60))
    attempts = [Attempt(at, READING, 1, ())]
    for question in QUESTIONS[form]:
        at += timedelta(seconds=rng.randint(15, 90))
        attempts.append(Attempt(at, question.step, 1, tuple(_answers(rng, question, form, ability))))
    return Sitting(form, started, tuple(attempts))


def _answers(rng: Random, question: Question, form: str, ability: float) -> Iterator[Answer]:
    over = planted.OVER_CONFIDENCE_BEFORE if form == "pre" else planted.OVER_CONFIDENCE_AFTER
    for item, key, before in zip(question.step.items, question.keys, question.right_before, strict=True):
        share = right_at(before, form)
        # Of a normal variable of which ability is a part, `share` lies below this threshold: right as often as planted.
        latent = sqrt(planted.ABILITY) * ability + sqrt(1 - planted.ABILITY) * rng.gauss(0, 1)
        hit = -latent < _Z(share)
        sure = _confidence(rng, share + over + planted.RESOLUTION * (hit - share)) if question.asks_confidence else None
        yield Answer(item, key if hit else _wrong(rng, question, key), hit, sure)


def _wrong(rng: Random, question: Question, key: str) -> str:
    """A wrong answer: what is wrong is passed as sound, what is sound is called wrong, else whatever else there is."""
    if question.step.kind == "spot":
        return "wrong-fact" if key == SOUND else SOUND
    return rng.choice([answer for answer in question.answers if answer != key])


def _confidence(rng: Random, sure: float) -> int:
    """How sure somebody says that they are, in quarters, in per cent: `sure` on average, exactly."""
    quarters = (sure + rng.uniform(-0.05, 0.05)) * _LEVELS
    return (int(quarters) + (rng.random() < quarters % 1)) * 100 // _LEVELS
