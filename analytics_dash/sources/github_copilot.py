"""GitHub Copilot: its user-day reports (JSON lines), and the older list of seats with their last activity (CSV, JSON).

A user-day record says what somebody did with Copilot on one day, in counts: kept are whether they used it and how many
prompts they gave it. What the counts are broken down by (editor, language, model, feature) is not read. A person is
known by the GitHub login, which the roster's column `github_login` links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

import msgspec

from analytics_dash.identity import Identity
from analytics_dash.sources import checks, copilot_feeds, documents, tables, usage_reports
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Batch, Rejected, UsageRecord
from analytics_dash.sources.streams import Line

TOOL: Final = "github-copilot"
SEAT_COLUMNS: Final = ("login", "last_activity_at")
MOST: Final = tables.MOST


class _UserDay(msgspec.Struct, gc=False):
    day: str
    user_login: str
    user_initiated_interaction_count: int | float | None = None
    code_generation_activity_count: int | float | None = None
    code_acceptance_activity_count: int | float | None = None
    used_agent: bool | None = None
    used_chat: bool | None = None
    used_cli: bool | None = None


class _Assignee(msgspec.Struct, gc=False):
    login: str


class _Seat(msgspec.Struct, gc=False):
    assignee: _Assignee
    last_activity_at: str | None = None


_USER_DAY: Final = msgspec.json.Decoder(_UserDay)
_SEAT: Final = msgspec.json.Decoder(_Seat)
_KEYS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


class GithubCopilot(Reader):
    """The reports' reader."""

    kind: ClassVar[str] = "github-copilot"
    title: ClassVar[str] = "GitHub Copilot usage by user and day"
    version: ClassVar[int] = 1
    summary: ClassVar[str] = "GitHub Copilot: user-day reports as JSON lines, or the list of seats as CSV or JSON"
    row: ClassVar[type] = UsageRecord
    schema: ClassVar[FeedSchema] = copilot_feeds.GITHUB

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return copilot_feeds.github_sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The report's batches. Raises `FeedError` where it is no JSON and columns are missing."""
        is_json, lines = documents.looks_like_json(lines)
        if is_json:
            yield from documents.read_documents(
                lines, lambda text: documents.listed(text, "seats"), lambda text, _batch: _of_json(text, identity)
            )
        else:
            yield from usage_reports.read_table(
                lines,
                lambda row, _batch: _seat(row["login"], row["last_activity_at"], identity),
                schema=self.schema,
                required=SEAT_COLUMNS,
                what="a GitHub Copilot seat report",
                spelling=lambda name: name.strip().replace(" ", "_"),  # the CSV writes `Last Activity At`
            )


def _of_json(text: bytes, identity: Identity) -> UsageRecord | None:
    if "assignee" in _KEYS.decode(text):
        seat = _SEAT.decode(text)
        return _seat(seat.assignee.login, seat.last_activity_at or "", identity)
    record = _USER_DAY.decode(text)
    counts = {
        name: _whole(name, getattr(record, name))
        for name in (
            "user_initiated_interaction_count",
            "code_generation_activity_count",
            "code_acceptance_activity_count",
        )
    }
    used = (record.used_agent, record.used_chat, record.used_cli)
    active = any(used) or any(counts.values())
    day = usage_reports.day_of("day", record.day)
    prompts = counts["user_initiated_interaction_count"]
    kept = (_alias(record.user_login, identity), TOOL, "daily", day, day, active, int(active), prompts)
    return usage_reports.usage_record(identity, (*kept, None, None, None))


def _whole(name: str, value: float | None) -> int | None:
    """A count; some tools that pass reports on write `12.0`."""
    if value is None:
        return None
    if not 0 <= value <= MOST or value != int(value):
        raise Rejected(f"{name}: must be a whole number from 0 to {MOST}")
    return int(value)


def _seat(login: str, last: str, identity: Identity) -> UsageRecord | None:
    """The one day that a seat tells of: the last on which it was used. A seat that was never used tells of none."""
    alias = _alias(login, identity)
    day = usage_reports.optional_day_of("last_activity_at", last.strip())
    if day is None:
        return None
    return usage_reports.usage_record(identity, (alias, TOOL, "daily", day, day, True, 1, None, None, None, None))


def _alias(login: str, identity: Identity) -> int:
    name = checks.github_login(login)
    if name is None:
        raise Rejected("github_login: must not be empty")
    return identity.alias("github_login", name)
