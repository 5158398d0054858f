"""Which feeds a release is made from: of each kind how many files went in, and up to which day they tell of people.

A log that ends on the tenth makes a month that looks low, and no figure says why: this does. The day is the last on or
after which ten people or more are in the feed, so nobody's own last day is told, one stray row of tomorrow counts for
nothing, and a small office's quiet days do not look like missing ones. Called by `build`; `commands` warns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from analytics_dash.disclosure.rule import MINIMUM
from analytics_dash.indicators.population import within
from analytics_dash.indicators.window import last_day

if TYPE_CHECKING:
    from analytics_dash.indicators import Window
    from analytics_dash.warehouse import Engine, WarehouseTables

GRACE: Final = timedelta(days=3)
"""A feed may end so long before the month does: a weekend, and the day on which it was fetched."""

_Held = tuple[str, str, str, str | None]

_HOLDS: Final[Mapping[str, _Held]] = {
    "openedx-log": ("learning", "day", "day", None),
    "aspects": ("learning", "day", "day", None),
    "chatgpt-users": ("usage", "period_start", "period_end", "chatgpt-enterprise"),
    "chatgpt-edu": ("usage", "period_start", "period_end", "chatgpt-edu"),
    "m365-copilot": ("usage", "period_start", "period_end", "m365-copilot"),
    "github-copilot": ("usage", "period_start", "period_end", "github-copilot"),
    "gateway-ledger": ("turns", "day", "day", None),
    "gateway-feedback": ("feedback", "day", "day", None),
    "grade-report": ("results", "as_of", "as_of", None),
    "completion": ("completions", "as_of", "as_of", None),
    "openai-usage": ("api_usage", "day", "day", None),
    "openai-costs": ("api_costs", "day", "day", None),
}
"""Of a kind of feed the table that it fills, the columns with a row's first and last day, and which tool's rows."""


def feeds(warehouse: Engine, window: Window) -> list[dict[str, Any]]:
    """Return for each kind of feed that was loaded: `kind`, `files`, and `last_day` (ISO) or None where none is told.

    Two kinds that fill one table have the same day. A roster and a feed that a plugin reads have none.
    """
    files: dict[str, set[str]] = {}
    for batch in warehouse.batches("loads"):
        for kind, digest in zip(batch["kind"].to_pylist(), batch["file_digest"].to_pylist(), strict=True):
            files.setdefault(str(kind), set()).add(str(digest))
    days = {held: _last_day(warehouse.tables(), window, held) for kind in files if (held := _HOLDS.get(kind))}
    return [
        {"kind": kind, "files": len(files[kind]), "last_day": days[_HOLDS[kind]] if kind in _HOLDS else None}
        for kind in sorted(files)
    ]


def ends_early(found: Sequence[Mapping[str, Any]], through: str) -> list[Mapping[str, Any]]:
    """Return those feeds that end more than `GRACE` before the month `through` does."""
    end = last_day(through)
    return [each for each in found if each["last_day"] and date.fromisoformat(each["last_day"]) < end - GRACE]


def _last_day(tables: WarehouseTables, window: Window, held: _Held) -> str | None:
    table, first, last, tool = held
    rows = within(getattr(tables, table), first, window)
    rows = rows if tool is None else rows.filter(rows.tool == tool)
    if "person" not in rows.columns:  # about nobody
        latest = rows[last].max().to_pyarrow().as_py()
        return None if latest is None else str(latest.isoformat())
    lasts = rows.group_by("person").agg(last=rows[last].max())
    days = lasts.group_by("last").agg(people=lasts.count()).to_pyarrow().to_pylist()
    people = 0
    for each in sorted(days, key=lambda row: row["last"], reverse=True):
        people += each["people"]
        if people >= MINIMUM:
            return str(min(each["last"], window.last_day).isoformat())
    return None
