"""The Open edX tracking log: one JSON object a line, plain or behind the platform's logging head.

Lines carry what a real platform's lines carry: user names, addresses, browsers. That is the point: none of it may be
found past the wall. `moments_of` lists what the platform would have emitted for a life; `log_lines` writes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from analytics_dash.demonstration import lesson
from analytics_dash.demonstration.behaviour import Attempt, Life, Training
from analytics_dash.demonstration.feeds.ledger import pseudonym
from analytics_dash.demonstration.moments import local_day
from analytics_dash.demonstration.staff import Person
from analytics_dash.demonstration.streams import stream
from xblock_ai_tutor import events

_HOST = "learn.demo-government.example"
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")  # RFC 5737: documentation only
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
)


@dataclass(frozen=True, slots=True)
class Emitted:
    """One event as the platform emitted it.

    `source` is server or browser; `anonymous` marks a line from a background task, which names the learner by number
    inside the event only; `block` is the usage key of the module, if any.
    """

    at: datetime
    name: str
    event: Mapping[str, Any]
    person: Person
    source: str = "server"
    block: str | None = None
    anonymous: bool = False

    @property
    def counts(self) -> bool:
        """Whether the analytics want it: only what browsers say about moving around is of no interest."""
        return self.source != "browser"


Style = Callable[[Emitted, int], bytes]


def moments_of(life: Life) -> Iterator[Emitted]:
    """List what the platform emitted for one life, in no particular order."""
    if life.training is None:
        return
    yield from _platform(life.person, life.training)
    yield from _lesson(life.person, life.training)
    yield from _tutor(life)
    yield from _noise(life.person, life.training)


def in_order(emitted: Iterable[Emitted]) -> list[Emitted]:
    """Put events in order of time, and of person and name where times are equal."""
    return sorted(emitted, key=lambda e: (e.at, e.person.number, e.name))


def log_lines(emitted: Iterable[Emitted], style: Callable[[datetime], Style]) -> list[bytes]:
    """Write events, each in the style of its moment; lines without newlines."""
    return [style(event.at)(event, number) for number, event in enumerate(emitted)]


def plain(emitted: Emitted, _number: int) -> bytes:
    """Write one JSON object."""
    return json.dumps(_line(emitted, string_event=emitted.source == "browser")).encode()


def prefixed(emitted: Emitted, number: int) -> bytes:
    """Write one JSON object behind the head that the platform's logging puts before it."""
    stamp = emitted.at.strftime("%Y-%m-%d %H:%M:%S,") + f"{emitted.at.microsecond // 1000:03d}"
    user, address = (None, None) if emitted.anonymous else (emitted.person.number, _address(emitted.person))
    head = f"{stamp} INFO {20 + number % 7} [tracking] [user {user}] [ip {address}] logger.py:41 - "
    return head.encode() + plain(emitted, number)


def older(emitted: Emitted, _number: int) -> bytes:
    """Write one JSON object whose `event` is a JSON string, whatever emitted it, as older releases did."""
    return json.dumps(_line(emitted, string_event=True)).encode()


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
        "event_transaction_id": _stable(person.number, at),
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


def _submitted(attempt: Attempt) -> dict[str, Any]:
    sure = [answer.confidence for answer in attempt.answers]
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
    for _ in range(rng.randint(6, 14)):
        at = training.started_at + timedelta(seconds=next(clock) * rng.randint(5, 90), milliseconds=rng.randrange(1000))
        event = {"id": lesson.TEST_SECTION, "current_tab": rng.randint(1, 4), "tab_count": 4}
        yield Emitted(at, rng.choice(moves), event, person, source="browser")


def _line(emitted: Emitted, *, string_event: bool) -> dict[str, Any]:
    """The platform's envelope, in its order of keys."""
    person, known = emitted.person, not emitted.anonymous
    context: dict[str, Any] = {"course_id": lesson.COURSE, "org_id": lesson.ORG, "enterprise_uuid": ""}
    if known:
        path = f"/courses/{lesson.COURSE}/xblock/{emitted.block}/handler/x" if emitted.block else "/event"
        context = {"course_id": lesson.COURSE, "user_id": person.number, "path": path, "org_id": lesson.ORG}
        if emitted.block:
            title = "Check the sources" if emitted.block == lesson.LESSON_BLOCK else "Post-test"
            context["module"] = {"display_name": title, "usage_key": emitted.block}
    event: Any = dict(emitted.event)
    return {
        "name": emitted.name,
        "context": context,
        "username": person.username if known else "",
        "session": _stable(person.number, emitted.at.date()) if known else "",
        "ip": _address(person) if known else "",
        "agent": _AGENTS[person.number % len(_AGENTS)] if known else "",
        "host": _HOST if known else "",
        "referer": f"https://{_HOST}/learning/course/{lesson.COURSE}/home" if known else "",
        "accept_language": "cy-GB,cy;q=0.9,en;q=0.8" if known and person.nation == "Wales" else "en-GB,en;q=0.9",
        "event": json.dumps(event) if string_event else event,
        "time": emitted.at.isoformat(),
        "event_type": emitted.name,
        "event_source": emitted.source,
        "page": f"https://{_HOST}/xblock/{lesson.LESSON_BLOCK}" if emitted.source == "browser" else "x_module",
    }


def _address(person: Person) -> str:
    return f"{_NETWORKS[person.number % 3]}.{person.number % 254 + 1}"


def _stable(*what: object) -> str:
    """Return 32 hex digits that depend on `what` alone."""
    return hashlib.blake2b("|".join(map(str, what)).encode(), digest_size=16).hexdigest()
