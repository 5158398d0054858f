"""Microsoft 365 Copilot usage, user by user: what Graph's `getMicrosoft365CopilotUsageUserDetail` gives, CSV or JSON.

The report says when somebody last used Copilot and, in its version 2, how many prompts they sent and on how many days
of the report's period; never for what. Names, and when each application was last used, are not read. A person is known
by the user principal name, which is their work e-mail address here; a tenant may conceal it, and then nobody is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import msgspec

from analytics_dash.identity import Identity
from analytics_dash.sources import checks, copilot_feeds, documents, tables, usage_reports
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Batch, Rejected, UsageRecord
from analytics_dash.sources.streams import Line

TOOL: Final = "m365-copilot"
PROMPTS: Final = copilot_feeds.M365_PROMPTS
ACTIVE_DAYS: Final = copilot_feeds.M365_DAYS
_SUNDAY: Final = 3  # of days since 1970, modulo 7: the first day was a Thursday
# What an administrator's setting puts in place of each name: a digest of Microsoft's own, as hex.
_CONCEALED: Final = re.compile(r"[0-9A-Fa-f]{32}")
CONCEALED: Final = "user principal name: concealed by the tenant's report setting, so that nobody can be found"


class _ByPeriod(msgspec.Struct, gc=False):
    report_period: int | str | None = msgspec.field(default=None, name="reportPeriod")


class _User(msgspec.Struct, gc=False):
    """A record of the JSON form. Version 2 puts counts in as well, but its names for them are not published."""

    refreshed: str = msgspec.field(name="reportRefreshDate")
    user: str = msgspec.field(name="userPrincipalName")
    last: str | None = msgspec.field(default=None, name="lastActivityDate")
    period: int | str | None = msgspec.field(default=None, name="reportPeriod")
    periods: list[_ByPeriod] = msgspec.field(default_factory=list, name="copilotActivityUserDetailsByPeriod")


_USER: Final = msgspec.json.Decoder(_User)


class M365Copilot(Reader):
    """The usage report's reader."""

    kind: ClassVar[str] = "m365-copilot"
    title: ClassVar[str] = "Microsoft 365 Copilot usage by user"
    version: ClassVar[int] = 1
    summary: ClassVar[str] = "Microsoft 365 Copilot usage by user: CSV or JSON of Microsoft Graph or the admin centre"
    row: ClassVar[type] = UsageRecord
    schema: ClassVar[FeedSchema] = copilot_feeds.M365

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return copilot_feeds.m365_sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The report's batches. Raises `FeedError` where it is no JSON and columns are missing."""
        told: set[str] = set()

        def take(row: Mapping[str, str], batch: Batch) -> UsageRecord | None:
            if _CONCEALED.fullmatch(row["user principal name"]):
                if not told:
                    told.add(CONCEALED)
                    batch.notes.append(
                        "the tenant conceals names in its reports: ask its administrator to show them (Settings, Org "
                        "settings, Reports), else nobody in it can be linked"
                    )
                raise Rejected(CONCEALED)
            return _usage(row, identity)

        is_json, lines = documents.looks_like_json(lines)
        if is_json:
            yield from documents.read_documents(
                lines, lambda text: documents.listed(text, "value"), lambda text, batch: take(_of_json(text), batch)
            )
        else:
            yield from usage_reports.read_table(
                lines,
                take,
                schema=self.schema,
                what="a Microsoft 365 Copilot usage report",
                about=_version,
            )


def _version(header: tables.Header) -> Sequence[str]:
    return [f"report version {2 if PROMPTS in header.places or ACTIVE_DAYS in header.places else 1}"]


def _of_json(text: bytes) -> dict[str, str]:
    """The record as the CSV writes it. Of several periods the shortest says most exactly when."""
    user = _USER.decode(text)
    periods = [each.report_period for each in user.periods if each.report_period is not None]
    period = user.period if user.period is not None else min(periods, key=_length, default="")
    return {
        "report refresh date": user.refreshed.strip(),
        "user principal name": user.user.strip(),
        "last activity date": (user.last or "").strip(),
        "report period": str(period),
    }


def _length(period: Any) -> int:
    """The period in days: `7`, `D7`; `ALL` and what else there may be is longest."""
    digits = str(period).strip().upper().removeprefix("D")
    return int(digits) if re.fullmatch(r"[0-9]{1,3}", digits) else 1 << 10


def _usage(row: Mapping[str, str], identity: Identity) -> UsageRecord | None:
    address = checks.email(row["user principal name"])
    if address is None:
        raise Rejected("user principal name: must not be empty")
    refreshed = usage_reports.day_of("report refresh date", row["report refresh date"])
    last = usage_reports.optional_day_of("last activity date", row["last activity date"])
    if last is not None and last > refreshed:
        raise Rejected("last activity date: must not be after the report")
    prompts = usage_reports.optional_whole(PROMPTS, row.get(PROMPTS, ""))
    days = usage_reports.optional_whole(ACTIVE_DAYS, row.get(ACTIVE_DAYS, ""))
    length = _length(row.get("report period", ""))
    start = refreshed - length + 1
    cadence = _cadence(start, refreshed) if length <= 31 else None
    alias = identity.alias("email", address)
    if cadence is not None:
        active = last is not None and last >= start
        if days is not None and days > length:
            raise Rejected(f"{ACTIVE_DAYS}: more than the period has")
        if not active or length == 1:
            days = int(active)
        kept = (alias, TOOL, cadence, start, refreshed, active, days, prompts, None, None, None)
    elif last is not None:
        # A window that is no day, week or month tells of one day at least: the last on which they used it.
        kept = (alias, TOOL, "daily", last, last, True, 1, None, None, None, None)
    else:
        return None
    return usage_reports.usage_record(identity, kept)


def _cadence(start: int, end: int) -> str | None:
    """The window's cadence, where windows of that cadence cannot overlap; a week is one that ends on a Sunday.

    The report is made anew each day, and prompts in seven overlapping weeks would count seven times.
    """
    try:
        cadence = usage_reports.cadence_of(start, end)
    except Rejected:
        return None
    return None if cadence == "weekly" and end % 7 != _SUNDAY else cadence
