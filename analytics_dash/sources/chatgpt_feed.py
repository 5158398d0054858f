"""ChatGPT user analytics as a feed: its columns, those that are never read, and made-up exports."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any, Final

from analytics_dash.sources.description import FeedSchema, Field, NeverRead
from analytics_dash.sources.reader import Sample
from analytics_dash.sources.samples import START, Somebody, csv_text, mixed, never_read, randomness

_SINGLE: Final = "says what single models, tools, GPTs and projects a person uses"
SCHEMA: Final = FeedSchema(
    version=1,
    form="CSV with a header, UTF-8; columns in any order",
    counts="records, without the header",
    source="the export of a workspace's user analytics; its columns are no contract",
    reads=(
        Field("cadence", "text", "daily, weekly, monthly", required=True),
        Field("period_start", "day", "the period's first day", required=True),
        Field("period_end", "day", "the period's last day", required=True),
        Field("email", "text", "whose period it is", required=True, identifies=True),
        Field("public_id", "text", "OpenAI's id of the same person", identifies=True),
        Field("is_active", "true or false", "whether the person was active in the period", required=True),
        Field("messages", "whole number", "sent in the period", required=True, unit="messages"),
        Field("gpt_messages", "whole number", "of them, to custom GPTs", unit="messages"),
        Field("tool_messages", "whole number", "of them, with tools", unit="messages"),
        Field("first_day_active_in_period", "day", "the first active day"),
        Field("last_day_active_in_period", "day", "the last active day"),
    ),
    never=(
        NeverRead("name", "a person's name"),
        NeverRead("department", "people type it in themselves; the roster has it"),
        NeverRead("role", "people type it in themselves; the roster has it"),
        NeverRead("groups", "says who belongs together; the roster has what is needed"),
        NeverRead("model_to_messages", _SINGLE),
        NeverRead("gpt_to_messages", _SINGLE),
        NeverRead("tool_to_messages", _SINGLE),
        NeverRead("project_to_messages", _SINGLE),
    ),
)
_COLUMNS: Final = (*(field.name for field in SCHEMA.reads), *(never.name for never in SCHEMA.never))


def sample(seed: int, rows: int, broken: int) -> Sample:
    rng = randomness("chatgpt-users", seed)
    sound = [_record(rng, Somebody(number)) for number in range(1, rows + 1)]
    bad = [_broken(rng, _record(rng, Somebody(rows + number))) for number in range(1, broken + 1)]
    return Sample("users_2026-05.csv", csv_text(_COLUMNS, mixed(rng, sound, bad)), rows + broken, broken)


def _record(rng: random.Random, who: Somebody) -> dict[str, Any]:
    month = START.date().replace(day=1)
    active = rng.random() < 0.8
    messages = rng.randrange(1, 300) if active else 0
    first = month + timedelta(days=rng.randrange(20))
    return {
        "cadence": "monthly",
        "period_start": month.isoformat(),
        "period_end": month.replace(day=31).isoformat(),
        "email": who.email,
        "public_id": who.public_id,
        "is_active": str(active),
        "messages": messages,
        "gpt_messages": messages // 5,
        "tool_messages": messages // 9,
        "first_day_active_in_period": first.isoformat() if active else "",
        "last_day_active_in_period": (first + timedelta(days=rng.randrange(10))).isoformat() if active else "",
        **{never.name: never_read(never.name) for never in SCHEMA.never},
    }


def _broken(rng: random.Random, record: dict[str, Any]) -> dict[str, Any]:
    spoil: dict[str, Any] = rng.choice(
        (
            {"cadence": never_read("cadence")},
            {"period_start": never_read("period_start")},
            {"messages": "-1"},
            {"is_active": never_read("is_active")},
            {"email": "", "public_id": ""},
        )
    )
    return record | spoil
