"""A tracking log of any size for measuring, a function of its seed; `bench_analytics_load` measures with it.

The log looks like a platform's: most lines are page views, videos and navigation, which nobody counts, and are there to
be checked and passed over. Nobody in it is real.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

COURSE: Final = "course-v1:DemoGov+AI101+2026"
_BLOCKS: Final = COURSE.replace("course-v1", "block-v1")
_AGENT: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
_IDS: Final = [f"{random.Random(number).getrandbits(128):032x}" for number in range(1500)]
_FIRST: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
PREFIX: Final = "2026-01-05 08:00:00,000 INFO 27 [tracking] [user 48213] [ip 192.0.2.7] logger.py:41 - "

Payload = Callable[[random.Random, str, int], tuple[str, str, Any]]
"""(name, source, event) for a learner's username and id."""


def _page(rng: random.Random, _name: str, _number: int) -> tuple[str, str, Any]:
    block = f"{_BLOCKS}+type@sequential+block@{rng.choice(_IDS)}"
    path = f"/courses/{COURSE}/xblock/{block}/handler/xmodule_handler/goto_position"
    return (
        path,
        "server",
        json.dumps({"GET": {}, "POST": {"position": [str(rng.randrange(1, 9))], "padding": ["x" * 60]}}),
    )


def _video(rng: random.Random, _name: str, _number: int) -> tuple[str, str, Any]:
    event = {
        "id": f"{rng.getrandbits(128):032x}",
        "currentTime": rng.random() * 600,
        "code": "hls",
        "duration": 612.4,
        "transcript": "x" * 120,
    }
    return rng.choice(("play_video", "pause_video", "load_video")), "browser", json.dumps(event)


def _next(rng: random.Random, _name: str, _number: int) -> tuple[str, str, Any]:
    event = {
        "current_tab": 2,
        "tab_count": 7,
        "id": f"{_BLOCKS}+type@sequential+block@{rng.choice(_IDS)}",
        "widget_placement": "top",
        "old": "x" * 60,
    }
    return "edx.ui.lms.sequence.next_selected", "browser", json.dumps(event)


def _checked_in_page(rng: random.Random, _name: str, _number: int) -> tuple[str, str, Any]:
    return (
        "problem_check",
        "browser",
        "&".join(f"input_{rng.choice(_IDS)}_{n}_1=choice_{rng.randrange(4)}" for n in range(2, 12)),
    )


def _checked(rng: random.Random, _name: str, _number: int) -> tuple[str, str, Any]:
    problem = rng.choice(_IDS)
    inputs = [f"{problem}_{n}_1" for n in range(2, 7)]
    right = [rng.random() < 0.7 for _input in inputs]
    event = {
        "state": {
            "student_answers": dict.fromkeys(inputs, "choice_1"),
            "seed": 1,
            "done": True,
            "correct_map": {},
            "input_state": {each: {} for each in inputs},
        },
        "problem_id": f"{_BLOCKS}+type@problem+block@{problem}",
        "answers": {each: f"choice_{rng.randrange(4)}" for each in inputs},
        "grade": sum(right),
        "max_grade": len(inputs),
        "correct_map": {
            each: {
                "hint": "",
                "hintmode": None,
                "correctness": "correct" if ok else "incorrect",
                "npoints": None,
                "answervariable": None,
                "msg": "",
                "queuestate": None,
            }
            for each, ok in zip(inputs, right, strict=True)
        },
        "success": "correct" if all(right) else "incorrect",
        "attempts": rng.randrange(1, 4),
        "submission": {
            each: {
                "question": "Which of these?",
                "answer": "The second",
                "response_type": "multiplechoiceresponse",
                "input_type": "choicegroup",
                "correct": ok,
                "variant": "",
                "group_label": "",
            }
            for each, ok in zip(inputs, right, strict=True)
        },
    }
    return "problem_check", "server", event


def _graded(rng: random.Random, _name: str, number: int) -> tuple[str, str, Any]:
    event = {
        "course_id": COURSE,
        "event_transaction_id": f"{rng.getrandbits(128):032x}",
        "event_transaction_type": "edx.grades.problem.submitted",
        "problem_id": f"{_BLOCKS}+type@problem+block@{rng.choice(_IDS)}",
        "user_id": str(number),
        "weighted_earned": rng.randrange(5),
        "weighted_possible": 5,
    }
    return "edx.grades.problem.submitted", "server", event


def _completed(rng: random.Random, _name: str, number: int) -> tuple[str, str, Any]:
    block = f"{_BLOCKS}+type@html+block@{rng.randrange(400):032x}"
    return (
        "edx.completion.block_completion.changed",
        "server",
        {
            "user_id": number,
            "course_id": COURSE,
            "context_key": COURSE,
            "block_id": block,
            "block_type": "html",
            "completion": 1.0,
            "is_new_course_completion": False,
        },
    )


def _enrolled(_rng: random.Random, _name: str, number: int) -> tuple[str, str, Any]:
    return "edx.course.enrollment.activated", "server", {"course_id": COURSE, "user_id": number, "mode": "audit"}


def _step(rng: random.Random, _name: str, _number: int) -> tuple[str, str, Any]:
    items = [
        {
            "item": f"s{n}",
            "answer": rng.choice(("sound", "invented")),
            "hit": rng.random() < 0.7,
            "confidence": rng.randrange(50, 101),
        }
        for n in range(6)
    ]
    event = {
        "lesson_id": "check-the-sources",
        "lesson_version": "0123456789ab",
        "step_id": "spot-the-invented",
        "kind": "spot",
        "attempt": 1,
        "earned": 4,
        "possible": 6,
        "correct": False,
        "confidence": 70,
        "items": items,
    }
    return "ai_tutor.step.submitted", "server", event


MIX: Final[tuple[tuple[Payload, int], ...]] = (
    (_page, 38),
    (_video, 18),
    (_next, 12),
    (_checked_in_page, 7),
    (_checked, 8),
    (_graded, 6),
    (_completed, 6),
    (_enrolled, 1),
    (_step, 4),
)
"""Payloads and how many of a hundred lines each is: a quarter of the lines tell of something that is counted."""


def log_lines(
    count: int, *, seed: int = 1, learners: int | None = None, prefixed: bool = False, counted_only: bool = False
) -> Iterator[bytes]:
    """`count` lines with their line feed. A learner's events come from one address and agent, as in life."""
    rng = random.Random(seed)
    people = learners or max(count // 40, 1)
    mix = [(payload, share) for payload, share in MIX if not counted_only or MIX.index((payload, share)) > 3]
    payloads = rng.choices([payload for payload, _share in mix], [share for _payload, share in mix], k=count)
    at = _FIRST
    for payload in payloads:
        number = 1000 + rng.randrange(people)
        username = f"learner_{number}"
        name, source, event = payload(rng, username, number)
        at += timedelta(microseconds=rng.randrange(1, 400_000))
        context = {
            "course_id": COURSE,
            "course_user_tags": {},
            "session": f"{rng.getrandbits(128):032x}",
            "user_id": number,
            "username": username,
            "ip": "192.0.2.7",
            "host": "learn.demo.example",
            "agent": _AGENT,
            "path": "/event",
            "referer": f"https://learn.demo.example/courses/{COURSE}/courseware/week-2/unit-3/?child=first",
            "accept_language": "en-GB,en;q=0.9,cy;q=0.8",
            "client_id": None,
            "org_id": "DemoGov",
            "enterprise_uuid": "",
            "module": {
                "display_name": "A question of sources",
                "usage_key": f"{_BLOCKS}+type@problem+block@{_IDS[number % len(_IDS)]}",
            },
        }
        line = {
            "name": name,
            "context": context,
            "username": username,
            "session": context["session"],
            "ip": "192.0.2.7",
            "agent": _AGENT,
            "host": "learn.demo.example",
            "referer": context["referer"],
            "accept_language": "en-GB,en;q=0.9",
            "event": event,
            "time": at.isoformat(),
            "event_type": name,
            "event_source": source,
            "page": context["referer"] if source == "browser" else None,
        }
        yield ((PREFIX if prefixed else "") + json.dumps(line) + "\n").encode()


def write_log(path: Path, count: int, **options: Any) -> int:
    """Write a log of `count` lines; its size in bytes."""
    with path.open("wb") as file:
        file.writelines(log_lines(count, **options))
    return path.stat().st_size
