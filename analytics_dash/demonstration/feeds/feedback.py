"""What learners said of answers, in `xblock_ai_tutor.events.FEEDBACK` form: a JSON object a line, in order of time."""

from __future__ import annotations

import json
from collections.abc import Iterable

from analytics_dash.demonstration import lesson
from analytics_dash.demonstration.behaviour import Life
from analytics_dash.demonstration.feeds.ledger import pseudonym
from xblock_ai_tutor.events import FEEDBACK, payload

_ENCODER = json.JSONEncoder(separators=(",", ":"))


def feedback_lines(lives: Iterable[Life]) -> list[bytes]:
    """Return the feedback's lines, without newlines. A thumb that was changed comes twice, as from two exports."""
    said = sorted(
        ((each.at, each.turn.id, each.kind, life.person) for life in lives for each in life.opinions),
        key=lambda one: one[:3],
    )
    return [
        _ENCODER.encode(
            payload(
                FEEDBACK,
                {
                    "cursor": int(at.timestamp() * 1000),
                    "turn": turn,
                    "at": at.isoformat(timespec="milliseconds"),
                    "learner": pseudonym(person.username),
                    "course": lesson.COURSE,
                    "lesson_id": lesson.LESSON_ID,
                    "kind": kind,
                },
            )
        ).encode()
        for at, turn, kind, person in said
    ]
