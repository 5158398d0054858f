"""The learning platform's own events of interest, by name: what each becomes. Our own block's are in `tutor_events`.

A payload is decoded into a struct of the few fields that are kept; answers, submissions, states and titles are never
looked at. To take in another event, add its struct, its function and its line in `EVENTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec

from analytics_dash.sources import checks


class Fact(NamedTuple):
    """What an event says, without who, when and in which course: the rest of a `LearningEvent`."""

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


class Subject(msgspec.Struct, kw_only=True, gc=False):
    """Every platform payload may name a user and a course."""

    user_id: int | str | None = None
    username: str | None = None
    course_id: str | None = None


class Completion(Subject, kw_only=True, gc=False):
    block_id: str
    completion: float


class ProblemCheck(Subject, kw_only=True, gc=False):
    problem_id: str
    grade: float | None = None
    max_grade: float | None = None
    success: str | None = None


class ProblemSubmitted(Subject, kw_only=True, gc=False):
    problem_id: str
    weighted_earned: float | None
    weighted_possible: float | None


class CourseGrade(Subject, kw_only=True, gc=False):
    percent_grade: float
    letter_grade: str | None = None


_CORRECT: Final = {"correct": True, "incorrect": False}


def _completed(event: Completion) -> Fact | None:
    if checks.share("completion", event.completion) < 1:
        return None  # progress within a block, or its being taken back
    return Fact("block_completed", checks.usage_key(event.block_id), None, 1.0, 1.0)


def _problem_checked(event: ProblemCheck) -> Fact:
    earned, possible = checks.marks(event.grade, event.max_grade)
    block, correct = checks.usage_key(event.problem_id), _CORRECT.get(event.success or "")
    return Fact("problem_checked", block, None, earned, possible, correct)


def _problem_submitted(event: ProblemSubmitted) -> Fact:
    earned, possible = checks.marks(event.weighted_earned, event.weighted_possible)
    full = None if earned is None or not possible else earned >= possible
    block = checks.usage_key(event.problem_id)
    return Fact("problem_submitted", block, None, earned, possible, full)


def _course_graded(event: CourseGrade) -> Fact:
    earned = checks.share("percent_grade", event.percent_grade)
    return Fact("course_graded", earned=earned, possible=1.0, correct=bool(event.letter_grade))


@dataclass(frozen=True, slots=True)
class PlatformEvent:
    """A platform event of interest: the fields read from its payload, and what it becomes (None: of no interest).

    `others` are the fields that it is known to have besides and that nobody reads: what is neither is new.
    """

    payload: type[Subject]
    fact: Callable[[Any], Fact | None]
    others: tuple[str, ...] = ()

    @property
    def known(self) -> frozenset[str]:
        """The payload's known fields."""
        return frozenset((*self.payload.__struct_fields__, *self.others))


_CAUSE: Final = ("event_transaction_id", "event_transaction_type")
_GRADED: Final = (*_CAUSE, "course_edited_timestamp", "course_version", "grading_policy_hash")
_PROBLEM: Final = ("answers", "attempts", "correct_map", "state", "submission", "orig_score", "orig_total", "new_score")
_COMPLETED: Final = ("context_key", "block_type", "is_new_course_completion")


EVENTS: Final[Mapping[str, PlatformEvent]] = {
    "edx.course.enrollment.activated": PlatformEvent(Subject, lambda _event: Fact("enrolled"), ("mode",)),
    "edx.course.enrollment.deactivated": PlatformEvent(Subject, lambda _event: Fact("unenrolled"), ("mode",)),
    "edx.completion.block_completion.changed": PlatformEvent(Completion, _completed, _COMPLETED),
    "problem_check": PlatformEvent(ProblemCheck, _problem_checked, _PROBLEM),
    "edx.grades.problem.submitted": PlatformEvent(ProblemSubmitted, _problem_submitted, _CAUSE),
    "edx.grades.course.grade_calculated": PlatformEvent(CourseGrade, _course_graded, _GRADED),
    "edx.course.grade.passed.first_time": PlatformEvent(Subject, lambda _event: Fact("course_passed"), _GRADED),
    "edx.course.grade.now_passed": PlatformEvent(Subject, lambda _event: Fact("course_passed"), _GRADED),
    "edx.course.grade.now_failed": PlatformEvent(Subject, lambda _event: Fact("course_failed"), _GRADED),
}
DECODERS: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    name: msgspec.json.Decoder(event.payload) for name, event in EVENTS.items()
}
