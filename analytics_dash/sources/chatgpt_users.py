"""ChatGPT Enterprise and Edu user analytics: the CSV that a workspace owner exports, in all its known generations.

Columns are found by name and are no contract: more are tolerated and named, fewer are refused. `name`, the
self-declared `department` and every column about single tools or projects are not read. A person is known by e-mail,
else by OpenAI's public id; a later export that reports more for the same period wins (see `warehouse.merge`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from analytics_dash.identity import Identity
from analytics_dash.sources import chatgpt_feed, checks, tables
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import BATCH_LINES, Batch, Reject, Rejected, UsageRecord
from analytics_dash.sources.streams import Line

REQUIRED: Final = ("cadence", "period_start", "period_end", "email", "is_active", "messages")
READ: Final = (
    "public_id",
    "first_day_active_in_period",
    "last_day_active_in_period",
    "gpt_messages",
    "tool_messages",
)
# In the exports, and left unread on purpose.
UNREAD: Final = (
    *("account_id", "name", "user_role", "role", "department", "user_status", "created_or_invited_date"),
    *("messages_rank", "gpts_messaged", "tools_messaged", "last_day_active", "groups"),
    *("model_to_messages", "gpt_to_messages", "tool_to_messages", "project_messages", "projects_messaged"),
    *("project_to_messages", "last_day_active_in_workspace"),
)
TOOL: Final = "chatgpt-enterprise"
CADENCES: Final = ("daily", "weekly", "monthly")
_TRUE: Final = frozenset({"true", "1", "yes", "t"})
_FALSE: Final = frozenset({"false", "0", "no", "f"})
_LONGEST_PERIOD: Final = 366


class ChatGptUsers(Reader):
    """The user-analytics reader."""

    kind: ClassVar[str] = "chatgpt-users"
    title: ClassVar[str] = "ChatGPT Enterprise and Edu user analytics"
    version: ClassVar[int] = 3  # 3: which tool
    summary: ClassVar[str] = "ChatGPT Enterprise or Edu user analytics: CSV export of the workspace"
    row: ClassVar[type] = UsageRecord
    schema: ClassVar[FeedSchema] = chatgpt_feed.SCHEMA

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return chatgpt_feed.sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The export's batches. Raises `FeedError` where columns are missing."""
        found = tables.records(lines)
        header = tables.header(
            next(found, None), required=REQUIRED, known=(*READ, *UNREAD), what="a ChatGPT user-analytics export"
        )
        batch = Batch()
        if header.unknown:
            batch.notes.append(f"columns that are not known and were not read: {', '.join(header.unknown)}")
        for record in found:
            batch.lines += 1
            try:
                if record.problem is not None:
                    raise Rejected(record.problem)
                batch.rows.append(_usage(header.values(record.fields), batch, identity))
            except Rejected as rejected:
                batch.rejects.append(Reject(record.line, str(rejected)))
            if record.damage:
                batch.damage = record.problem
            if batch.lines >= BATCH_LINES:
                yield batch
                batch = Batch()
        yield batch


def _usage(row: dict[str, str], batch: Batch, identity: Identity) -> UsageRecord:
    cadence = row["cadence"].lower()
    if cadence not in CADENCES:
        raise Rejected(f"cadence: must be one of {', '.join(CADENCES)}")
    start, end = tables.day("period_start", row["period_start"]), tables.day("period_end", row["period_end"])
    if not 0 <= end - start <= _LONGEST_PERIOD:
        raise Rejected("period_end: must be on or after period_start, and within a year of it")
    is_active = _flag("is_active", row["is_active"])
    messages = tables.whole("messages", row["messages"])
    gpt_messages = tables.whole("gpt_messages", row.get("gpt_messages", ""))
    tool_messages = tables.whole("tool_messages", row.get("tool_messages", ""))
    active_days = _active_days(row, cadence, is_active=is_active)
    alias = _alias(row, batch, identity)
    kept = (alias, TOOL, cadence, start, end, is_active, active_days, messages, gpt_messages, tool_messages, None)
    return UsageRecord(identity.digest(repr(kept).encode()), *kept)


def _flag(field: str, value: str) -> bool:
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise Rejected(f"{field}: must be true or false")


def _active_days(row: dict[str, str], cadence: str, *, is_active: bool) -> int | None:
    """How many days of the period, where the export says enough to know: it gives only the first and the last."""
    if not is_active:
        return 0
    first, last = row.get("first_day_active_in_period", ""), row.get("last_day_active_in_period", "")
    if cadence == "daily":
        return 1
    if not first or not last:
        return None
    span = tables.day("last_day_active_in_period", last) - tables.day("first_day_active_in_period", first)
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
