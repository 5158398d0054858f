"""What the platform emits while people learn: its own events, our block's, and the noise of browsers.

`moments_of` lists it for one life; `feeds.envelope` writes it down as the platform's tracking log does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from analytics_dash.demonstration import checking, course_test, lesson
from analytics_dash.demonstration.behaviour import Life, Training
from analytics_dash.demonstration.checking import Checking, Log
from analytics_dash.demonstration.feeds.envelope import Emitted, stable_id
from analytics_dash.demonstration.feeds.ledger import pseudonym
from analytics_dash.demonstration.moments import local_day
from analytics_dash.demonstration.sittings import Attempt, Sitting
from analytics_dash.demonstration.staff import Person
from analytics_dash.demonstration.streams import stream
from xblock_ai_tutor import events


def moments_of(life: Life) -> Iterator[Emitted]:
    """List what the platform emitted for one life, in no particular order."""
    if life.training is None:
        return
    yield from _platform(life.person, life.training)
    yield from _lesson(life.person, life.training)
    yield from _tutor(life)
    if life.checking is not None:
        yield from _checking(life.person, life.checking)
    for sitting in life.tests:
        yield from _test(life.person, sitting)
    yield from _noise(life.person, life.training)


def _platform(person: Person, training: Training) -> Iterator[Emitted]:
    yield Emitted(
        training.enrolled_at,
        "edx.course.enrollment.activated",
        {"course_id": lesson.COURSE, "user_id": person.number, "mode": "audit"},
        person,
    )
    if training.completed_at is not None:
        yield _completion(person, training.completed_at, lesson.LESSON_BLOCK, "ai_tutor")
    if training.tested_at is None:
        return
    at = training.tested_at
    transaction = {
        "event_transaction_id": stable_id(person.number, at),
        "event_transaction_type": "edx.grades.problem.submitted",
    }
    marks = {"weighted_earned": training.test_earned, "weighted_possible": lesson.TEST_POSSIBLE}
    course = {"user_id": str(person.number), "course_id": lesson.COURSE}
    yield Emitted(
        at,
        "edx.grades.problem.submitted",
        {**course, "problem_id": lesson.TEST_BLOCK, **transaction, **marks},
        person,
        block=lesson.TEST_BLOCK,
    )
    yield _completion(person, at + timedelta(milliseconds=120), lesson.TEST_BLOCK, "problem")
    share = training.test_earned / lesson.TEST_POSSIBLE
    passed = share >= 0.7
    yield Emitted(
        at + timedelta(seconds=2),
        "edx.grades.course.grade_calculated",
        {**course, "percent_grade": share, "letter_grade": "Pass" if passed else "", **transaction},
        person,
        anonymous=True,
    )
    if passed:
        done = {
            "user_id": person.number,
            "course_id": lesson.COURSE,
            "event_transaction_id": transaction["event_transaction_id"],
        }
        yield Emitted(at + timedelta(seconds=3), "edx.course.grade.passed.first_time", done, person)


def _completion(person: Person, at: datetime, block: str, kind: str) -> Emitted:
    event = {
        "user_id": person.number,
        "course_id": lesson.COURSE,
        "context_key": lesson.COURSE,
        "block_id": block,
        "block_type": kind,
        "completion": 1.0,
        "is_new": True,
    }
    return Emitted(at, "edx.completion.block_completion.changed", event, person, block=block)


def _lesson(person: Person, training: Training) -> Iterator[Emitted]:
    version = {
        "lesson_id": lesson.LESSON_ID,
        "lesson_version": lesson.lesson_version(local_day(training.started_at)),
    }

    def ours(at: datetime, event: events.EventType, values: Mapping[str, Any]) -> Emitted:
        body = events.payload(event, {**version, **values})
        return Emitted(at, event.name, body, person, block=lesson.LESSON_BLOCK)

    yield ours(training.started_at, events.LESSON_STARTED, {"language": "en", "steps": len(lesson.STEPS)})
    for attempt in training.attempts:
        yield ours(attempt.at, events.STEP_SUBMITTED, _submitted(attempt))
    if training.completed_at is not None:
        marks = {"earned": training.earned, "possible": lesson.POSSIBLE}
        yield ours(training.completed_at + timedelta(milliseconds=40), events.LESSON_COMPLETED, marks)


def _checking(person: Person, lesson_taken: Checking) -> Iterator[Emitted]:
    """The second lesson: a reading, then the checking log."""
    version = {"lesson_id": checking.LESSON_ID, "lesson_version": checking.LESSON_VERSION}

    def ours(at: datetime, event: events.EventType, values: Mapping[str, Any]) -> Emitted:
        return Emitted(at, event.name, events.payload(event, {**version, **values}), person, block=checking.BLOCK)

    yield ours(lesson_taken.started_at, events.LESSON_STARTED, {"language": "en", "steps": len(checking.STEPS)})
    yield ours(
        lesson_taken.read_at, events.STEP_SUBMITTED, _submitted(Attempt(lesson_taken.read_at, checking.READING, 1, ()))
    )
    for log in lesson_taken.logs:
        yield ours(log.at, events.STEP_SUBMITTED, _checked(log))
    if (done := lesson_taken.completed_at) is not None:
        best = max(log.earned for log in lesson_taken.logs)
        marks = {"earned": best, "possible": checking.POSSIBLE}
        yield ours(done + timedelta(milliseconds=40), events.LESSON_COMPLETED, marks)
        yield _completion(person, done, checking.BLOCK, "ai_tutor")


def _checked(log: Log) -> dict[str, Any]:
    hits = [entry.share == 1 for entry in log.entries]
    return {
        "step_id": checking.LOG.id,
        "kind": checking.LOG.kind,
        "attempt": log.number,
        "earned": log.earned,
        "possible": checking.POSSIBLE,
        "correct": all(hits),
        "confidence": None,
        "items": [
            {"item": entry.item, "answer": entry.answer, "hit": hit, "confidence": None, "share": entry.share}
            for entry, hit in zip(log.entries, hits, strict=True)
        ],
    }


def _submitted(attempt: Attempt) -> dict[str, Any]:
    sure = [answer.confidence for answer in attempt.answers if answer.confidence is not None]
    return {
        "step_id": attempt.step.id,
        "kind": attempt.step.kind,
        "attempt": attempt.number,
        "earned": attempt.earned,
        "possible": attempt.step.possible,
        "correct": attempt.earned == attempt.step.possible if attempt.answers else None,
        "confidence": sum(sure) / len(sure) if sure else None,
        "items": [
            {"item": a.item, "answer": a.option, "hit": a.hit, "confidence": a.confidence} for a in attempt.answers
        ],
    }


def _test(person: Person, sitting: Sitting) -> Iterator[Emitted]:
    """One form of the course's test: taken like a lesson, each question once."""
    form = sitting.form
    version = {"lesson_id": course_test.lesson_id(form), "lesson_version": course_test.lesson_version(form)}

    def ours(at: datetime, event: events.EventType, values: Mapping[str, Any]) -> Emitted:
        return Emitted(
            at, event.name, events.payload(event, {**version, **values}), person, block=course_test.block(form)
        )

    yield ours(sitting.started_at, events.LESSON_STARTED, {"language": "en", "steps": len(sitting.attempts)})
    marks = {"earned": 0, "possible": 0}
    for attempt in sitting.attempts:
        marks["earned"] += attempt.earned
        marks["possible"] += attempt.step.possible
        place = {
            "test": course_test.TEST_ID,
            "form": form,
            "anchor": attempt.step.id.startswith("anchor-"),
            "detection": _detection(attempt) if attempt.step.kind == "spot" else None,
        }
        yield ours(attempt.at, events.STEP_SUBMITTED, {**_submitted(attempt), **place})
    yield ours(sitting.completed_at + timedelta(milliseconds=40), events.LESSON_COMPLETED, marks)


def _detection(attempt: Attempt) -> dict[str, int]:
    """How many wrong and sound statements were flagged: an answer is the key where it is a hit."""
    flagged = [answer.option != course_test.SOUND for answer in attempt.answers]
    wrong = [flag == answer.hit for flag, answer in zip(flagged, attempt.answers, strict=True)]
    return {
        "hits": sum(flag and is_wrong for flag, is_wrong in zip(flagged, wrong, strict=True)),
        "false_alarms": sum(flag and not is_wrong for flag, is_wrong in zip(flagged, wrong, strict=True)),
        "targets": sum(wrong),
        "non_targets": len(wrong) - sum(wrong),
    }


def _tutor(life: Life) -> Iterator[Emitted]:
    """One ticket for each day on which the learner asked; one receipt for each turn that has one."""
    learner = pseudonym(life.person.username)
    opened: set[object] = set()
    for turn in life.turns:
        day = local_day(turn.at)
        version = {"lesson_id": lesson.LESSON_ID, "lesson_version": lesson.lesson_version(day)}
        if day not in opened:
            opened.add(day)
            body = events.payload(events.TUTOR_OPENED, {**version, "learner": learner})
            at = turn.at - timedelta(seconds=12)
            yield Emitted(at, events.TUTOR_OPENED.name, body, life.person, block=lesson.LESSON_BLOCK)
        if turn.status == "failed":
            continue
        values = {
            **version,
            "step_id": turn.step_id,
            "turn": turn.id,
            "status": turn.status,
            "redactions": turn.redacted,
        }
        body = events.payload(events.TUTOR_TURN, values)
        at = turn.at + timedelta(milliseconds=90)
        yield Emitted(at, events.TUTOR_TURN.name, body, life.person, block=lesson.LESSON_BLOCK)


def _noise(person: Person, training: Training) -> Iterator[Emitted]:
    """What every learner's browser says while moving about: well-formed, and of no interest."""
    rng = stream("noise", person.number, training.started_at.isoformat())
    moves = (
        "edx.ui.lms.sequence.next_selected",
        "edx.ui.lms.outline.selected",
        "edx.ui.lms.link_clicked",
        "page_close",
    )
    clock = count(1)
    for _ in range(rng.randint(4, 12)):
        at = training.started_at + timedelta(seconds=next(clock) * rng.randint(5, 90), milliseconds=rng.randrange(1000))
        event = {"id": lesson.TEST_SECTION, "current_tab": rng.randint(1, 4), "tab_count": 4}
        yield Emitted(at, rng.choice(moves), event, person, source="browser")
