"""Where people stand in the course at a moment: whether they are in it, how much of it they did, whether they passed.

Worked out from a life, with nothing drawn that a life would notice. `feeds.course_results` writes it into each month's
grade report and completions, and `truth` counts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from analytics_dash.demonstration import lesson, planted
from analytics_dash.demonstration.behaviour import Life
from analytics_dash.demonstration.staff import month_days
from analytics_dash.demonstration.streams import stream

PARTS: Final = 3
"""What there is to complete: both lessons, and the test of the platform's own."""

_READ_AT: Final = 18
"""The hour, UTC, at which somebody asks for the reports."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's standing. `enrolled` is false of somebody who left the course; `grade` is 0 to 1."""

    enrolled: bool
    grade: float
    certificate: bool
    completed: int

    @property
    def passed(self) -> bool:
        """Whether the grade is the pass mark or more."""
        return self.grade >= planted.PASS_MARK


def standing(life: Life, at: datetime) -> Standing | None:
    """Return where somebody stands, and None for whoever has not enrolled by then."""
    training = life.training
    if training is None or training.enrolled_at > at:
        return None
    rng = stream("course", life.person.number, training.started_at.isoformat())
    stays, certified = rng.random() >= planted.LEFT_THE_COURSE, rng.random() < planted.CERTIFICATE_ISSUED
    tested = training.tested_at is not None and training.tested_at <= at
    grade = training.test_earned / lesson.TEST_POSSIBLE if tested else 0.0
    checked = life.checking.completed_at if life.checking else None
    done = (training.completed_at, training.tested_at, checked)
    return Standing(
        enrolled=stays,
        grade=grade,
        certificate=certified and grade >= planted.PASS_MARK,
        completed=sum(each is not None and each <= at for each in done),
    )


def graded_at(month: str) -> datetime:
    """When a month's grade report is made: in the evening of its last day."""
    return _evening(month_days(month)[1])


def completions_at(month: str) -> datetime:
    """When a month's completions are fetched: some days earlier, as it happens."""
    return _evening(month_days(month)[0].replace(day=planted.COMPLETIONS_READ_ON))


def _evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, _READ_AT, tzinfo=UTC)
