"""The tracking log as a feed: what its reader takes and never takes, and made-up logs. `openedx_log` is its reader."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any, Final

from analytics_dash.sources.description import FeedSchema, Field, NeverRead
from analytics_dash.sources.reader import Sample
from analytics_dash.sources.samples import (
    COURSE,
    Somebody,
    json_lines,
    mixed,
    moments,
    never_read,
    randomness,
    somebody,
)

_BLOCK: Final = COURSE.replace("course-v1", "block-v1")
_LEARNERS_WORDS: Final = "what a learner wrote"
_OF_THE_DEVICE: Final = "says where and with what a person works; no indicator needs it"

SCHEMA: Final = FeedSchema(
    version=2,
    form="JSON lines, one event each, as they are or behind a log prefix that ends in ` - `; plain, gzip or zstd",
    counts="lines, blank ones too",
    source="the platform's `openedx/core/lib/logsettings.py` and its guide to tracking logs; the transformed envelope: "
    "event-routing-backends",
    generations={
        "transformed": "the envelope that event routing writes: `timestamp` for `time`, `data` for `event`",
        "ai_tutor": "the events of our own block, held to `xblock_ai_tutor.events` field by field",
    },
    reads=(
        Field("name", "text", "the event's name", required=True, unit="or `event_type`"),
        Field("time", "time", "when it happened; without an offset it is UTC", required=True, unit="ISO 8601"),
        Field("timestamp", "time", "the same in the other envelope", since="transformed"),
        Field("event_source", "text", "who says so: what a browser or a phone says is ignored"),
        Field("username", "text", "who acted", identifies=True),
        Field("context.user_id", "whole number", "who acted", identifies=True),
        Field("context.username", "text", "who acted, in the other envelope", identifies=True, since="transformed"),
        Field("context.event_source", "text", "as `event_source`", since="transformed"),
        Field("context.course_id", "text", "the course", unit="course key"),
        Field("context.module.usage_key", "text", "the block that our own events come from", unit="usage key"),
        Field("event", "object", "the event's own fields, as an object or as its JSON text"),
        Field("data", "object", "the same in the other envelope", since="transformed"),
        Field("event.user_id", "whole number", "whom it is about, where that is not who acted", identifies=True),
        Field("event.username", "text", "whom it is about, where that is not who acted", identifies=True),
        Field("event.course_id", "text", "the course", unit="course key"),
        Field("event.block_id", "text", "of a completion: the block", unit="usage key"),
        Field("event.completion", "number", "of a completion: 1 counts, less is ignored", unit="0 to 1"),
        Field("event.event_transaction_id", "text", "of a grade: tells two at one moment apart; it is not kept"),
        Field("event.problem_id", "text", "of a problem: the block", unit="usage key"),
        Field("event.attempts", "number", "of a problem: tells two attempts at one moment apart; it is not kept"),
        Field("event.grade", "number", "of a problem", unit="marks"),
        Field("event.max_grade", "number", "of a problem", unit="marks"),
        Field("event.success", "text", "of a problem: correct, incorrect"),
        Field("event.weighted_earned", "number", "of a problem in the gradebook", unit="marks"),
        Field("event.weighted_possible", "number", "of a problem in the gradebook", unit="marks"),
        Field("event.percent_grade", "number", "of a course", unit="0 to 1"),
        Field("event.letter_grade", "text", "of a course: empty where it is not passed"),
    ),
    never=(
        NeverRead("ip", "names a machine, and so a person"),
        NeverRead("agent", _OF_THE_DEVICE),
        NeverRead("host", _OF_THE_DEVICE),
        NeverRead("referer", _OF_THE_DEVICE),
        NeverRead("accept_language", _OF_THE_DEVICE),
        NeverRead("session", "joins a person's acts without their name"),
        NeverRead("page", "an address may carry what somebody searched for"),
        NeverRead("context.path", "an address may carry what somebody searched for"),
        NeverRead("context.module.display_name", "a title, which authors write freely; the usage key says which"),
        NeverRead("event.answers", _LEARNERS_WORDS),
        NeverRead("event.submission", _LEARNERS_WORDS),
        NeverRead("event.state", _LEARNERS_WORDS),
        NeverRead("event.correct_map", "may quote what a learner wrote"),
    ),
)


def sample(seed: int, rows: int, broken: int) -> Sample:
    rng = randomness("openedx-log", seed)
    times = moments(rng)
    sound = [_event(rng, somebody(rng), next(times)) for _row in range(rows)]
    bad = [_broken(rng, somebody(rng), next(times)) for _row in range(broken)]
    return Sample("tracking.log", json_lines(mixed(rng, sound, bad)), rows + broken, broken)


def _event(rng: random.Random, who: Somebody, at: datetime) -> dict[str, Any]:
    return _envelope(rng.choice((_enrolled, _completed, _problem, _graded, _clicked)), rng, who, at)


def _broken(rng: random.Random, who: Somebody, at: datetime) -> dict[str, Any] | str:
    line = _envelope(_problem, rng, who, at)
    return rng.choice(
        (
            "{" + never_read("a line that is cut"),
            never_read("no JSON"),
            line | {"time": never_read("time")},
            line | {"username": "", "context": {"course_id": COURSE}},
            line | {"event": line["event"] | {"grade": 3, "max_grade": 2}},
            line | {"event": line["event"] | {"problem_id": never_read("problem id") + "?"}},
            line | {"context": {"user_id": who.user_id, "course_id": never_read("course")}},
        )
    )


def _envelope(make: Any, rng: random.Random, who: Somebody, at: datetime) -> dict[str, Any]:
    name, event = make(rng, who)
    unread = ("session", "ip", "agent", "host", "referer", "accept_language", "page")
    return {
        "name": name,
        "event_type": name,
        "event_source": "browser" if make is _clicked else "server",
        "time": at.isoformat(),
        "username": who.username,
        **{field: never_read(field) for field in unread},
        "context": {
            "user_id": who.user_id,
            "course_id": COURSE,
            "org_id": "DemoGov",
            "path": never_read("context.path"),
            "module": {
                "display_name": never_read("context.module.display_name"),
                "usage_key": f"{_BLOCK}+type@problem+block@p1",
            },
        },
        "event": event,
    }


def _enrolled(_rng: random.Random, who: Somebody) -> tuple[str, dict[str, Any]]:
    return "edx.course.enrollment.activated", {"course_id": COURSE, "user_id": who.user_id, "mode": "audit"}


def _completed(rng: random.Random, who: Somebody) -> tuple[str, dict[str, Any]]:
    return "edx.completion.block_completion.changed", {
        "course_id": COURSE,
        "user_id": who.user_id,
        "block_id": f"{_BLOCK}+type@html+block@h{rng.randrange(9)}",
        "completion": rng.choice((1.0, 1.0, 0.5)),
    }


def _problem(rng: random.Random, _who: Somebody) -> tuple[str, dict[str, Any]]:
    right = rng.random() < 0.7
    unread = ("answers", "submission", "state", "correct_map")
    return "problem_check", {
        "problem_id": f"{_BLOCK}+type@problem+block@p{rng.randrange(9)}",
        "grade": int(right),
        "max_grade": 1,
        "success": "correct" if right else "incorrect",
        **{field: {"input_1": never_read(f"event.{field}")} for field in unread},
    }


def _graded(rng: random.Random, who: Somebody) -> tuple[str, dict[str, Any]]:
    share = rng.randrange(101) / 100
    return "edx.grades.course.grade_calculated", {
        "course_id": COURSE,
        "user_id": who.user_id,
        "percent_grade": share,
        "letter_grade": "Pass" if share >= 0.6 else "",
    }


def _clicked(_rng: random.Random, _who: Somebody) -> tuple[str, dict[str, Any]]:
    return "edx.ui.lms.link_clicked", {"target_url": never_read("event.target_url")}
