"""The gateway's ledger as a feed: its fields, as `xblock_ai_tutor.events.LEDGER` has them, and made-up ledgers."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any, Final

from analytics_dash.sources.description import FeedSchema, Field, FieldType, NeverRead
from analytics_dash.sources.reader import Sample
from analytics_dash.sources.samples import (
    COURSE,
    FICTIONAL,
    Somebody,
    json_lines,
    mixed,
    moments,
    never_read,
    randomness,
    somebody,
)
from xblock_ai_tutor.events import LEDGER

_TYPES: Final[dict[type, FieldType]] = {int: "whole number", str: "text", dict: "object"}
# Looked at to hold the row to the vocabulary, and not kept: the ledger has no words, but names of its own rules.
_NOT_KEPT: Final = ("lesson", "step", "reason", "model")
KNOWN_BY: Final = tuple(field.name for field in LEDGER.fields if field.name not in _NOT_KEPT)
"""What a turn is known by: rows that say the same in these fields are one."""

SCHEMA: Final = FeedSchema(
    version=2,
    form="JSON lines from `tutor-gateway ledger export`",
    counts="lines, blank ones too",
    source="`xblock_ai_tutor.events.LEDGER`",
    reads=tuple(
        Field(
            field.name,
            _TYPES[field.types[0]],
            field.meaning.removesuffix("."),
            required=True,
            identifies=field.name == "learner",
        )
        for field in LEDGER.fields
        if field.name in KNOWN_BY
    ),
    never=tuple(NeverRead(name, "its type is checked; no indicator needs what it says") for name in _NOT_KEPT),
)


def sample(seed: int, rows: int, broken: int) -> Sample:
    rng = randomness("gateway-ledger", seed)
    times = moments(rng)
    sound = [_turn(rng, number, somebody(rng), next(times)) for number in range(1, rows + 1)]
    bad = [_broken(rng, _turn(rng, rows + number, somebody(rng), next(times))) for number in range(1, broken + 1)]
    return Sample("ledger.jsonl", json_lines(mixed(rng, sound, bad)), rows + broken, broken)


def _turn(rng: random.Random, number: int, who: Somebody, at: datetime) -> dict[str, Any]:
    return {
        "cursor": number,
        "turn": f"{FICTIONAL}-turn-{number}",
        "at": at.isoformat(),
        "learner": who.learner,
        "course": COURSE,
        "lesson_id": "check-the-sources",
        "status": rng.choice(("answered", "answered", "blocked", "refused")),
        "redactions": {"email": rng.randrange(3)},
        "guard_actions": {"false-quotation": rng.randrange(2)},
        "citations": rng.randrange(4),
        "tokens_in": rng.randrange(400, 2000),
        "tokens_out": rng.randrange(50, 400),
        "cost_microusd": rng.randrange(500, 9000),
        "first_text_ms": rng.randrange(200, 900),
        "total_ms": rng.randrange(900, 9000),
        **{name: never_read(name) for name in _NOT_KEPT},
    }


def _broken(rng: random.Random, turn: dict[str, Any]) -> dict[str, Any]:
    spoil: dict[str, Any] = rng.choice(
        (
            {"learner": never_read("learner")},
            {"at": never_read("at")},
            {"status": never_read("status")},
            {"tokens_in": -1},
            {never_read("unknown"): 1},
        )
    )
    return turn | spoil
