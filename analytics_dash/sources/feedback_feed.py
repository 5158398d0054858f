"""Feedback on the tutor's answers as a feed: its fields, as `xblock_ai_tutor.events.FEEDBACK` has them, and samples."""

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
from analytics_dash.warehouse.schema import FEEDBACK_KINDS
from xblock_ai_tutor.events import FEEDBACK

SCHEMA: Final = FeedSchema(
    version=1,
    form="JSON lines from `tutor-gateway feedback export`",
    counts="lines, blank ones too",
    source="`xblock_ai_tutor.events.FEEDBACK`",
    reads=tuple(
        Field(
            field.name,
            "whole number" if int in field.types else "text",
            field.meaning.removesuffix("."),
            required=True,
            identifies=field.name == "learner",
        )
        for field in FEEDBACK.fields
    ),
    never=(NeverRead("comment", "there is no field for words: a line that has one is rejected"),),
)


def sample(seed: int, rows: int, broken: int) -> Sample:
    rng = randomness("gateway-feedback", seed)
    times = moments(rng)
    sound = [_said(rng, number, somebody(rng), next(times)) for number in range(1, rows + 1)]
    spoils: tuple[dict[str, Any], ...] = (
        {"comment": never_read("comment")},
        {"kind": never_read("kind")},
        {"learner": never_read("learner")},
        {"at": never_read("at")},
        {"turn": never_read("turn")},
    )
    bad = [
        _said(rng, rows + number, somebody(rng), next(times)) | (spoils[0] if number == 1 else rng.choice(spoils))
        for number in range(1, broken + 1)
    ]
    return Sample("feedback.jsonl", json_lines(mixed(rng, sound, bad)), rows + broken, broken)


def _said(rng: random.Random, number: int, who: Somebody, at: datetime) -> dict[str, Any]:
    return {
        "cursor": int(at.timestamp() * 1000),
        "turn": f"fictive-{number}",
        "at": at.isoformat(),
        "learner": who.learner,
        "course": COURSE,
        "lesson_id": "check-the-sources",
        "kind": rng.choice(FEEDBACK_KINDS),
    }
