"""ChatGPT user analytics as a feed: its columns, those that are never read, and made-up exports."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any, Final

from analytics_dash.sources.description import FeedSchema, Field, NeverRead
from analytics_dash.sources.reader import Sample
from analytics_dash.sources.samples import START, Somebody, csv_text, mixed, never_read, randomness

GENERATIONS: Final[dict[str, str]] = {
    "1": "messages, and of them those to GPTs and with tools",
    "2": "also messages in projects, groups, and dicts of counts by model, GPT, tool and project",
    "3": "also credits; ranges of dates besides weeks and months; people who were invited and never came",
}
# The columns that tell the generations apart. OpenAI publishes no list: these are from exports as others describe them.
BROUGHT: Final[dict[str, tuple[str, ...]]] = {
    "1": ("messages",),
    "2": ("model_to_messages", "gpt_to_messages", "tool_to_messages", "project_messages", "projects_created", "groups"),
    "3": ("credits_used",),
}
# Dicts by name of what was used. Their counts are added up where the column with the sum is not there or empty.
DICTS: Final[dict[str, str]] = {
    "messages": "model_to_messages",
    "gpt_messages": "gpt_to_messages",
    "tool_messages": "tool_to_messages",
    "project_messages": "project_to_messages",
}
_TYPED: Final = "people type it in themselves; the roster has it"
_UNUSED: Final = "no indicator needs it"
SCHEMA: Final = FeedSchema(
    version=2,
    form="CSV with a header, UTF-8; columns in any order",
    counts="records, without the header",
    source="the export of a workspace's user analytics (help.openai.com article 10875114); its columns are no contract",
    generations=GENERATIONS,
    reads=(
        Field("cadence", "text", "daily, weekly or monthly; `Date Range` where it is one of these", required=True),
        Field("period_start", "day", "the period's first day", required=True),
        Field("period_end", "day", "the period's last day", required=True),
        Field("account_id", "text", "the workspace: only whether a file has more than one"),
        Field("email", "text", "whose period it is", required=True, identifies=True),
        Field("public_id", "text", "OpenAI's id of the same person", identifies=True),
        Field("is_active", "true or false", "whether they were active; empty: whether they sent any", required=True),
        Field("messages", "whole number", "sent in the period", required=True, unit="messages"),
        Field("gpt_messages", "whole number", "of them, to custom GPTs", unit="messages"),
        Field("tool_messages", "whole number", "of them, with tools", unit="messages"),
        Field("project_messages", "whole number", "of them, in projects", unit="messages", since="2"),
        *(
            Field(
                each, "object", f"a Python dict: the sum of its counts where `{total}` is empty", "messages", since="2"
            )
            for total, each in DICTS.items()
        ),
        Field("first_day_active_in_period", "day", "the first active day"),
        Field("last_day_active_in_period", "day", "the last active day"),
    ),
    never=(
        NeverRead("name", "a person's name"),
        NeverRead("department", _TYPED),
        NeverRead("role", _TYPED),
        NeverRead("groups", "says who belongs together; the roster has what is needed"),
        NeverRead("messages_rank", "a league table of people"),
        NeverRead("message_rank", "a league table of people"),
        NeverRead("user_role", _UNUSED),
        NeverRead("user_status", _UNUSED),
        NeverRead("created_or_invited_date", _UNUSED),
        NeverRead("last_day_active", "of a time outside the period"),
        NeverRead("last_day_active_in_workspace", "of a time outside the period"),
        NeverRead("gpts_messaged", _UNUSED),
        NeverRead("tools_messaged", _UNUSED),
        NeverRead("projects_messaged", _UNUSED),
        NeverRead("projects_created", _UNUSED),
        NeverRead("credits_used", "money of a person; costs are the platform's"),
    ),
)
_COLUMNS: Final = (*(field.name for field in SCHEMA.reads), *(never.name for never in SCHEMA.never))


def sample(kind: str, seed: int, rows: int, broken: int) -> Sample:
    rng = randomness(kind, seed)
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
        "account_id": "acc-fictional-1",
        "gpt_messages": messages // 5,
        "tool_messages": messages // 9,
        "project_messages": "" if messages % 2 else messages // 7,
        **{name: _dict(messages) for name in DICTS.values()},
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
            {"project_messages": "", "project_to_messages": f"[{never_read('project_to_messages')!r}]"},
        )
    )
    return record | spoil


def _dict(messages: int) -> str:
    """Counts by name; the names are what must not be kept."""
    return repr({never_read("a model's name"): messages - messages // 3, never_read("another's"): messages // 3})
