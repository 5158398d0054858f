"""Microsoft 365 Copilot and GitHub Copilot as feeds: their fields, those that are never read, and made-up reports."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any, Final

from analytics_dash.sources.description import FeedSchema, Field, NeverRead
from analytics_dash.sources.reader import Sample
from analytics_dash.sources.samples import (
    START,
    Somebody,
    csv_text,
    json_lines,
    mixed,
    never_read,
    randomness,
    somebody,
)

M365_PROMPTS: Final = "prompts submitted for all apps"
M365_DAYS: Final = "active usage days for all apps"
_APPS: Final = (
    *("copilot chat", "copilot chat (work)", "copilot chat (web)", "microsoft teams copilot", "word copilot"),
    *("excel copilot", "powerpoint copilot", "outlook copilot", "onenote copilot", "loop copilot"),
    *("microsoft 365 copilot", "edge", "copilot agent"),
)
_SINGLE: Final = "which application somebody uses"
M365: Final = FeedSchema(
    version=1,
    form="CSV with a header, columns in any order and without regard to case; or Microsoft Graph's JSON",
    counts="records",
    source="Microsoft Graph, getMicrosoft365CopilotUsageUserDetail, versions 1 and 2",
    generations={"v1": "the last activity alone", "v2": "prompts and active days of the period; CSV only"},
    reads=(
        Field("report refresh date", "day", "the period's last day; JSON `reportRefreshDate`", required=True),
        Field("user principal name", "text", "JSON `userPrincipalName`", required=True, identifies=True),
        Field("last activity date", "day", "empty for never; JSON `lastActivityDate`", required=True),
        Field(
            "report period",
            "whole number",
            "a day, a week to a Sunday and a month give the period, others the last active day; JSON `reportPeriod`",
            unit="days",
        ),
        Field(M365_PROMPTS, "whole number", "sent in the period", unit="prompts", since="v2"),
        Field(M365_DAYS, "whole number", "active days of the period", unit="days", since="v2"),
    ),
    never=(
        NeverRead("display name", "a person's name"),
        NeverRead("prompts submitted for copilot chat (work)", _SINGLE),
        NeverRead("prompts submitted for copilot chat (web)", _SINGLE),
        *(NeverRead(f"{app} last activity date", _SINGLE) for app in _APPS),
    ),
)
GITHUB: Final = FeedSchema(
    version=1,
    form="JSON lines of the user-day reports (users-1-day, users-28-day); or seats, as CSV or the API's JSON",
    counts="records",
    source="docs.github.com, Copilot usage metrics; REST: Copilot user management",
    generations={
        "seats": "the older list of seats: `login` and `last_activity_at` alone",
        "user-day": "one record for each person and day",
    },
    reads=(
        Field("day", "day", "the day", required=True, since="user-day"),
        Field("user_login", "text", "whose day it is", required=True, identifies=True, since="user-day"),
        Field(
            "user_initiated_interaction_count", "whole number", "prompts of that day", unit="prompts", since="user-day"
        ),
        Field("code_generation_activity_count", "whole number", "only whether there was any", since="user-day"),
        Field("code_acceptance_activity_count", "whole number", "only whether there was any", since="user-day"),
        Field("used_agent", "true or false", "only whether they were active", since="user-day"),
        Field("used_chat", "true or false", "only whether they were active", since="user-day"),
        Field("used_cli", "true or false", "only whether they were active", since="user-day"),
        Field("login", "text", "whose seat it is; JSON `assignee.login`", identifies=True, since="seats"),
        Field("last_activity_at", "time", "the seat's last active day; empty or None for none", since="seats"),
    ),
    never=(
        NeverRead("user_id", "the login is enough"),
        NeverRead("enterprise_id", "no indicator needs it"),
        NeverRead("totals_by_ide", "with which tools somebody works"),
        NeverRead("totals_by_feature", "with which tools somebody works"),
        NeverRead("totals_by_language_feature", "what somebody works on"),
        NeverRead("totals_by_language_model", "what somebody works on"),
        NeverRead("totals_by_model_feature", "with which tools somebody works"),
        NeverRead("loc_added_sum", "lines of code are no measure of anybody"),
        NeverRead("loc_deleted_sum", "lines of code are no measure of anybody"),
        NeverRead("last_authenticated_at", "when somebody signed in"),
        NeverRead("last_surface_used", "with which tools somebody works"),
        NeverRead("last_activity_editor", "with which tools somebody works"),
        NeverRead("report_time", "the seat's own day is enough"),
        NeverRead("created_at", "no indicator needs it"),
        NeverRead("assigning_team", "the roster has teams"),
    ),
)
_M365_COLUMNS: Final = (*(field.name for field in M365.reads), *(never.name for never in M365.never))


def m365_sample(seed: int, rows: int, broken: int) -> Sample:
    rng = randomness("m365-copilot", seed)
    refreshed = START.date() + timedelta(days=23)  # a Sunday
    sound = [_m365(rng, Somebody(number), refreshed) for number in range(1, rows + 1)]
    spoils: tuple[dict[str, Any], ...] = (
        {"report refresh date": never_read("report refresh date")},
        {"user principal name": "0123456789ABCDEF0123456789ABCDEF"},
        {"user principal name": never_read("user principal name")},
        {"last activity date": "21/05/2026"},
        {M365_PROMPTS: "-1"},
    )
    bad = [_m365(rng, Somebody(rows + number), refreshed) | rng.choice(spoils) for number in range(1, broken + 1)]
    columns = [name.title() for name in _M365_COLUMNS]
    records = ({name.title(): value for name, value in record.items()} for record in mixed(rng, sound, bad))
    return Sample("CopilotUsageUserDetail.csv", csv_text(columns, records), rows + broken, broken)


def _m365(rng: random.Random, who: Somebody, refreshed: date) -> dict[str, Any]:
    last = refreshed - timedelta(days=rng.randrange(7)) if rng.random() < 0.8 else None
    return {
        "report refresh date": refreshed.isoformat(),
        "user principal name": who.email,
        "last activity date": last.isoformat() if last else "",
        "report period": "7",
        M365_PROMPTS: rng.randrange(1, 90) if last else 0,
        M365_DAYS: rng.randrange(1, 6) if last else 0,
        **{never.name: never_read(never.name) for never in M365.never},
    }


def github_sample(seed: int, rows: int, broken: int) -> Sample:
    rng = randomness("github-copilot", seed)
    sound = [_user_day(rng, somebody(rng)) for _number in range(rows)]
    spoils: tuple[dict[str, Any], ...] = (
        {"day": never_read("day")},
        {"user_login": never_read("user_login")},
        {"user_initiated_interaction_count": -1},
        {"code_generation_activity_count": "many"},
        {"used_chat": never_read("used_chat")},
    )
    bad = [_user_day(rng, somebody(rng)) | rng.choice(spoils) for _number in range(broken)]
    return Sample("users-28-day.ndjson", json_lines(mixed(rng, sound, bad)), rows + broken, broken)


def _user_day(rng: random.Random, who: Somebody) -> dict[str, Any]:
    day = START.date() + timedelta(days=rng.randrange(28))
    return {
        "day": day.isoformat(),
        "user_login": who.github_login,
        "user_initiated_interaction_count": rng.randrange(30),
        "code_generation_activity_count": rng.randrange(30),
        "code_acceptance_activity_count": rng.randrange(10),
        "used_agent": rng.random() < 0.2,
        "used_chat": rng.random() < 0.5,
        **{never.name: never_read(never.name) for never in GITHUB.never},
    }
