"""The readers' audit a page at a time: which lines are sought, and which lie before and after those that are shown.

A page goes on from a line and not from a count of lines: the log grows while it is read, by the reading itself. Called
by `readers`, which decides who may.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from analytics_dash.releases.models import AuditRow, db
from analytics_dash.releases.types import AuditEntry

_RECENT: Final = 100_000
"""Actions are offered of so many lines, so that a log of years costs no more to open than one of a month."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines; empty is all. `reader` is an id, or how ids begin with `*` behind it; both days (UTC) count."""

    reader: str = ""
    action: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some lines, the latest first, and from which line on there are newer or older ones; None where there are none."""

    entries: tuple[AuditEntry, ...]
    newer: int | None = None
    older: int | None = None


def page(sought: Sought, *, before: int | None = None, after: int | None = None, size: int) -> LogPage:
    """The lines that come next before a line, or after one; without either the latest."""
    rows = _rows(sought, before=before, after=after, size=size)
    if after is not None and len(rows) < size:  # it has reached the top: the latest page is a whole one
        rows = _rows(sought, before=None, after=None, size=size)
    if not rows:
        return LogPage(())
    return LogPage(
        tuple(AuditEntry(at=row.at, user=row.user, action=row.action, detail=row.detail) for row in rows),
        newer=rows[0].id if _rows(sought, before=None, after=rows[0].id, size=1) else None,
        older=rows[-1].id if _rows(sought, before=rows[-1].id, after=None, size=1) else None,
    )


def actions() -> tuple[str, ...]:
    """What was done, each word once, in alphabetical order."""
    recent = select(AuditRow.action).order_by(AuditRow.id.desc()).limit(_RECENT).subquery()
    return tuple(sorted(db.session.scalars(select(recent.c.action).distinct())))


def _rows(sought: Sought, *, before: int | None, after: int | None, size: int) -> list[Any]:
    """Lines of `sought`, the latest first: the `size` that are nearest to where they go on from."""
    query = select(AuditRow).where(*_conditions(sought)).limit(size)
    if after is not None:
        return list(db.session.scalars(query.where(AuditRow.id > after).order_by(AuditRow.id)))[::-1]
    if before is not None:
        query = query.where(AuditRow.id < before)
    return list(db.session.scalars(query.order_by(AuditRow.id.desc())))


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.reader.endswith("*"):
        found.append(AuditRow.user.startswith(sought.reader[:-1], autoescape=True))
    elif sought.reader:
        found.append(AuditRow.user == sought.reader)
    if sought.action:
        found.append(AuditRow.action == sought.action)
    if sought.first is not None:
        found.append(AuditRow.at >= datetime.combine(sought.first, time(), UTC))
    if sought.last is not None:
        found.append(AuditRow.at < datetime.combine(sought.last + timedelta(days=1), time(), UTC))
    return found
