"""The learning platform's own events of interest, by name: what each becomes. Our own block's are in `tutor_events`.

A payload is decoded into a struct of the few fields that are kept; answers, submissions, states and titles are never
looked at. A function takes the payloads of many events of one name and gives their columns, or raises `Rejected` where
one of them is not sound: which one, its caller finds out. To take in another event, add its struct, its function and
its line in `EVENTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import msgspec

from analytics_dash.sources import checks
from analytics_dash.sources.facts import Facts


class Subject(msgspec.Struct, kw_only=True, gc=False, omit_defaults=True):
    """Every platform payload may name a user and a course, and the transaction of which it is a part.

    An event is known by these fields (`event_content`). What is not given is left out there, so that a field which is
    added here changes no event that does not have it.
    """

    user_id: int | str | None = None
    username: str | None = None
    course_id: str | None = None
    event_transaction_id: str | None = None


class Completion(Subject, kw_only=True, gc=False, omit_defaults=True):
    block_id: str
    completion: float


class ProblemCheck(Subject, kw_only=True, gc=False, omit_defaults=True):
    problem_id: str
    attempts: float | None = None
    grade: float | None = None
    max_grade: float | None = None
    success: str | None = None


class ProblemSubmitted(Subject, kw_only=True, gc=False, omit_defaults=True):
    problem_id: str
    weighted_earned: float | None
    weighted_possible: float | None


class CourseGrade(Subject, kw_only=True, gc=False, omit_defaults=True):
    percent_grade: float
    letter_grade: str | None = None


_CORRECT: Final = {"correct": True, "incorrect": False}


def _completed(events: Sequence[Completion]) -> Facts:
    ones = [1.0] * len(events)
    blocks = checks.each(checks.usage_key, [event.block_id for event in events])
    return Facts(kind="block_completed", block=blocks, earned=ones, possible=ones)


def _is_whole(events: Sequence[Completion]) -> list[bool]:
    """Less than a whole is progress within a block, or its being taken back."""
    shares = checks.each(partial(checks.share, "completion"), [event.completion for event in events])
    return [share >= 1 for share in shares]


def _problem_checked(events: Sequence[ProblemCheck]) -> Facts:
    earned, possible = checks.all_marks([event.grade for event in events], [event.max_grade for event in events])
    blocks = checks.each(checks.usage_key, [event.problem_id for event in events])
    correct = [_CORRECT.get(event.success or "") for event in events]
    return Facts(kind="problem_checked", block=blocks, earned=earned, possible=possible, correct=correct)


def _problem_submitted(events: Sequence[ProblemSubmitted]) -> Facts:
    earned, possible = checks.all_marks(
        [event.weighted_earned for event in events], [event.weighted_possible for event in events]
    )
    full = [None if mine is None or not most else mine >= most for mine, most in zip(earned, possible, strict=True)]
    blocks = checks.each(checks.usage_key, [event.problem_id for event in events])
    return Facts(kind="problem_submitted", block=blocks, earned=earned, possible=possible, correct=full)


def _course_graded(events: Sequence[CourseGrade]) -> Facts:
    earned = checks.each(partial(checks.share, "percent_grade"), [event.percent_grade for event in events])
    passed = [bool(event.letter_grade) for event in events]
    return Facts(kind="course_graded", earned=earned, possible=[1.0] * len(events), correct=passed)


def _only(kind: str) -> Callable[[Sequence[Subject]], Facts]:
    """Of an event that says no more than that it happened."""
    return lambda _events: Facts(kind=kind)


@dataclass(frozen=True, slots=True)
class PlatformEvent:
    """A platform event of interest: the fields read from its payload, and what many of it become.

    `others` are the fields that it is known to have besides and that nobody reads: what is neither is new. `counts`
    says which of them are of interest, where not all are.
    """

    payload: type[Subject]
    facts: Callable[[Sequence[Any]], Facts]
    others: tuple[str, ...] = ()
    counts: Callable[[Sequence[Any]], list[bool]] | None = None

    @property
    def known(self) -> frozenset[str]:
        """The payload's known fields."""
        return frozenset((*self.payload.__struct_fields__, *self.others))


_CAUSE: Final = ("event_transaction_type",)
_GRADED: Final = (*_CAUSE, "course_edited_timestamp", "course_version", "grading_policy_hash")
_PROBLEM: Final = ("answers", "correct_map", "state", "submission", "orig_score", "orig_total", "new_score")
_COMPLETED: Final = ("context_key", "block_type", "is_new_course_completion")


EVENTS: Final[Mapping[str, PlatformEvent]] = {
    "edx.course.enrollment.activated": PlatformEvent(Subject, _only("enrolled"), ("mode",)),
    "edx.course.enrollment.deactivated": PlatformEvent(Subject, _only("unenrolled"), ("mode",)),
    "edx.completion.block_completion.changed": PlatformEvent(Completion, _completed, _COMPLETED, _is_whole),
    "problem_check": PlatformEvent(ProblemCheck, _problem_checked, _PROBLEM),
    "edx.grades.problem.submitted": PlatformEvent(ProblemSubmitted, _problem_submitted, _CAUSE),
    "edx.grades.course.grade_calculated": PlatformEvent(CourseGrade, _course_graded, _GRADED),
    "edx.course.grade.passed.first_time": PlatformEvent(Subject, _only("course_passed"), _GRADED),
    "edx.course.grade.now_passed": PlatformEvent(Subject, _only("course_passed"), _GRADED),
    "edx.course.grade.now_failed": PlatformEvent(Subject, _only("course_failed"), _GRADED),
}
DECODERS: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    name: msgspec.json.Decoder(event.payload) for name, event in EVENTS.items()
}
