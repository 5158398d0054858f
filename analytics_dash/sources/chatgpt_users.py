"""ChatGPT Enterprise and Edu user analytics: the CSV that a workspace owner exports, in all its known generations.

Columns are found by name and are no contract: more are tolerated and named, fewer are refused. `name`, `groups`, the
self-declared `department` and the names of models, GPTs, tools and projects are never kept. A person is known by
e-mail, else by OpenAI's public id; of two exports of one period the larger figure counts (`warehouse.staging`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from analytics_dash.identity import Identity
from analytics_dash.sources import chatgpt_feed, checks, tables, usage_reports
from analytics_dash.sources.chatgpt_feed import DICTS, GENERATIONS
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Batch, Rejected, UsageRecord
from analytics_dash.sources.streams import Line

CADENCES: Final = ("daily", "weekly", "monthly")
ANY_RANGE: Final = ("date range", "custom")


class ChatGptUsers(Reader):
    """The user-analytics reader."""

    kind: ClassVar[str] = "chatgpt-users"
    title: ClassVar[str] = "ChatGPT Enterprise user analytics"
    version: ClassVar[int] = 4  # 3: which tool. 4: messages in projects, ranges of dates, people who never came
    summary: ClassVar[str] = "ChatGPT Enterprise user analytics: CSV export of the workspace"
    row: ClassVar[type] = UsageRecord
    schema: ClassVar[FeedSchema] = chatgpt_feed.SCHEMA
    tool: ClassVar[str] = "chatgpt-enterprise"

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return chatgpt_feed.sample(self.kind, seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The export's batches. Raises `FeedError` where columns are missing."""
        workspaces: set[str] = set()

        def take(row: dict[str, str], batch: Batch) -> UsageRecord:
            record = _usage(row, batch, identity, self.tool)
            # Of several workspaces the operator is told once; their ids go no further.
            if len(workspaces) < 2 and row.get("account_id"):
                workspaces.add(row["account_id"])
                if len(workspaces) == 2:
                    batch.notes.append("more than one workspace: whoever is in several counts where they did most")
            return record

        yield from usage_reports.read_table(
            lines,
            take,
            schema=self.schema,
            what="a ChatGPT user-analytics export",
            about=_generation,
        )


class ChatGptEdu(ChatGptUsers):
    """The same form from a ChatGPT Edu workspace. Exports do not say which product they are of, so the kind does."""

    kind: ClassVar[str] = "chatgpt-edu"
    title: ClassVar[str] = "ChatGPT Edu user analytics"
    version: ClassVar[int] = 1
    summary: ClassVar[str] = "ChatGPT Edu user analytics: CSV export of the workspace"
    tool: ClassVar[str] = "chatgpt-edu"


def _generation(header: tables.Header) -> Sequence[str]:
    brought = {name for name in GENERATIONS if any(column in header.places for column in chatgpt_feed.BROUGHT[name])}
    return [f"columns of generation {max(brought)}"]


def _usage(row: dict[str, str], batch: Batch, identity: Identity, tool: str) -> UsageRecord:
    start = tables.day("period_start", row["period_start"])
    end = tables.day("period_end", row["period_end"])
    usage_reports.checked_period(start, end)
    cadence = _cadence(row["cadence"], start, end)
    messages = _count(row, "messages") or 0  # who was invited and never came has an empty cell
    is_active = usage_reports.flag("is_active", row["is_active"]) if row["is_active"] else messages > 0
    kept = (
        _alias(row, batch, identity),
        tool,
        cadence,
        start,
        end,
        is_active,
        _active_days(row, cadence, is_active=is_active),
        messages,
        _count(row, "gpt_messages"),
        _count(row, "tool_messages"),
        _count(row, "project_messages"),
    )
    return usage_reports.usage_record(identity, kept)


def _cadence(value: str, start: int, end: int) -> str:
    cadence = value.lower()
    if cadence in ANY_RANGE:
        return usage_reports.cadence_of(start, end)
    if cadence not in CADENCES:
        raise Rejected(f"cadence: must be one of {', '.join((*CADENCES, ANY_RANGE[0]))}")
    return cadence


def _count(row: dict[str, str], name: str) -> int | None:
    """The column's count, else the sum of the dict that breaks it down; None where the export has neither."""
    number = usage_reports.optional_whole(name, row.get(name, ""))
    if number is not None:
        return number
    breakdown = DICTS[name]
    return usage_reports.sum_of_dict(breakdown, row.get(breakdown, ""))


def _active_days(row: dict[str, str], cadence: str, *, is_active: bool) -> int | None:
    """How many days of the period, where the export says enough to know: it gives only the first and the last."""
    if not is_active:
        return 0
    if cadence == "daily":
        return 1
    days = []
    for name in ("first_day_active_in_period", "last_day_active_in_period"):
        day = usage_reports.optional_day_of(name, row.get(name, ""))
        if day is None:
            return None
        days.append(day)
    span = days[1] - days[0]
    if span < 0:
        raise Rejected("last_day_active_in_period: must be on or after first_day_active_in_period")
    # One day is one day, two neighbouring days are two; between days further apart anything may have been.
    return span + 1 if span <= 1 else None


def _alias(row: dict[str, str], batch: Batch, identity: Identity) -> int:
    address = checks.email(row["email"])
    public_id = row.get("public_id", "")
    if len(public_id) > 255:
        raise Rejected("public_id: longer than 255 characters")
    by_id = identity.alias("openai_public_id", public_id) if public_id else None
    if address is None:
        if by_id is None:
            raise Rejected("no person: neither an e-mail address nor a public id")
        return by_id
    alias = identity.alias("email", address)
    if by_id is not None:
        batch.same_as.add((by_id, alias))
    return alias
