"""The roster as a feed: its columns, and made-up rosters. `roster` reads it; `adoption load --roster` loads it."""

from __future__ import annotations

import random
from typing import ClassVar, Final

from analytics_dash.sources.description import FeedSchema, Field, NeverRead
from analytics_dash.sources.reader import Feed, Sample
from analytics_dash.sources.samples import START, Somebody, csv_text, mixed, never_read, randomness

_ONE_OF_THE_TWO: Final = "without this and the other of the two, a person's learning stays unlinked"


class StaffRoster(Feed):
    """The roster. It is no kind of `--kind`: a new one replaces the one before, where a feed adds to what is there."""

    kind: ClassVar[str] = "roster"
    title: ClassVar[str] = "the staff roster"
    version: ClassVar[int] = 5  # 3: teams and groups of departments. 4: digests of addresses. 5: GitHub logins
    summary: ClassVar[str] = "The staff roster, CSV: where a person's identifiers meet, and what they are counted under"
    schema: ClassVar[FeedSchema] = FeedSchema(
        version=1,
        form="CSV in UTF-8 with a header line; columns are found by name, in any order; plain, gzip or zstd",
        counts="records, without the header",
        source="docs/feeds.md: you make it from your staff list",
        reads=(
            Field("work_email", "text", "who it is, to the tools that know people so", required=True, identifies=True),
            Field("department", "text", "what a person is counted under", "at most 100 characters", required=True),
            Field("grade_band", "text", "what a person is counted under", "at most 100 characters", required=True),
            Field("lms_username", "text", f"the platform's user; {_ONE_OF_THE_TWO}", identifies=True),
            Field("lms_user_id", "whole number", f"the platform's user; {_ONE_OF_THE_TWO}", identifies=True),
            Field("github_login", "text", "without it a person's use of GitHub Copilot is unlinked", identifies=True),
            Field("department_group", "text", "what the department is a part of; may be empty"),
            Field("team", "text", "a part of the department, named within it; may be empty"),
            Field("profession", "text", "may be empty"),
            Field("nation", "text", "may be empty"),
            Field("licence_from", "day", "the licence's first day; empty: no licence", "YYYY-MM-DD"),
            Field("licence_to", "day", "the licence's last day, which is included; empty: no end", "YYYY-MM-DD"),
        ),
        never=(
            NeverRead("name", "a person is counted, never named"),
            NeverRead("date_of_birth", "no indicator needs it"),
        ),
        notes=(
            "A roster replaces the one before. A row is rejected whole where an identifier is in an earlier row, for "
            "another person or with other details.",
            "Any other column is named in the report's notes and not read; leave out what you need not give.",
        ),
    )

    @classmethod
    def becomes(cls) -> str:
        return "Person"

    @classmethod
    def loaded_by(cls) -> str:
        return "--roster"

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        rng = randomness(self.kind, seed)
        sound = [_row(rng, Somebody(number)) for number in range(1, rows + 1)]
        bad = [_broken(rng, _row(rng, Somebody(rows + number))) for number in range(1, broken + 1)]
        columns = (*(field.name for field in self.schema.reads), *(never.name for never in self.schema.never))
        return Sample("staff.csv", csv_text(columns, mixed(rng, sound, bad)), rows + broken, broken)


def _row(rng: random.Random, who: Somebody) -> dict[str, str]:
    department = rng.choice(("Office for Canals", "Board of Weather", "Kites Inspectorate"))
    return {
        "work_email": who.email,
        "department": department,
        "grade_band": rng.choice(("AO–EO", "HEO–SEO", "G7–G6")),
        "lms_username": who.username,
        "lms_user_id": str(who.user_id),
        "github_login": who.github_login if rng.random() < 0.2 else "",
        "department_group": rng.choice(("Waters and Weather", "")) if department != "Kites Inspectorate" else "",
        "team": rng.choice(("North", "South", "")),
        "profession": rng.choice(("Policy", "Digital", "")),
        "nation": rng.choice(("England", "Scotland", "Wales", "Northern Ireland", "")),
        "licence_from": START.date().isoformat() if rng.random() < 0.6 else "",
        "licence_to": "",
        **{never.name: never_read(never.name) for never in StaffRoster.schema.never},
    }


def _broken(rng: random.Random, row: dict[str, str]) -> dict[str, str]:
    spoil: dict[str, str] = rng.choice(
        (
            {"work_email": never_read("work_email")},
            {"department": ""},
            {"grade_band": "All"},
            {"team": row["work_email"]},  # shifted columns
            {"lms_user_id": never_read("lms_user_id")},
            {"licence_from": never_read("licence_from")},
            {"licence_from": "", "licence_to": "2026-05-31"},
            {"licence_from": "2026-05-31", "licence_to": "2026-05-01"},
        )
    )
    return row | spoil
