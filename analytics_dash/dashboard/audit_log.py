"""`/audit`: who looked at what, for auditors and administrators. The address says what is sought and where one is.

A form of native controls that works without scripts; what cannot be sought is said beside its field. Looking is on
record itself, with what was sought. No figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from analytics_dash.dashboard import signin
from analytics_dash.i18n import _
from analytics_dash.releases import audit, audit_actions, audit_page
from analytics_dash.releases.audit_lines import LogPage, Sought

bp = Blueprint("audit_log", __name__)

LINES: Final = 100
_FIELDS: Final = ("reader", "action", "from", "to")
_PLACES: Final = ("before", "after")
_DIGITS: Final = 18
"""A database numbers its lines no further."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks for; `problems` by field where it cannot be meant."""

    sought: Sought
    before: int | None
    after: int | None
    problems: Mapping[str, str]


@bp.get("/audit")
def show() -> ResponseReturnValue:
    """One page of the log."""
    reader = signin.reader()
    given = {name: _plain(request.args.get(name, "")) for name in (*_FIELDS, *_PLACES)}
    asked = _asked(given)
    known = audit_actions(reader.scope)  # refused before it is recorded as seen
    audit(reader.id, "view audit log", ", ".join(f"{name} {value}" for name, value in given.items() if value))
    found = (
        LogPage(())
        if asked.problems
        else audit_page(reader.scope, asked.sought, before=asked.before, after=asked.after, size=LINES)
    )
    choice = {name: given[name] for name in _FIELDS if given[name]}
    body = render_template(
        "audit.html",
        page="audit",
        entries=found.entries,
        given=given,
        problems=asked.problems,
        actions=sorted({*known, asked.sought.action} - {""}),
        newer=None if found.newer is None else f"/audit?{urlencode(choice | {'after': found.newer})}",
        older=None if found.older is None else f"/audit?{urlencode(choice | {'before': found.older})}",
        latest=not choice and asked.before is None and asked.after is None,
        of_reader=lambda user: f"/audit?{urlencode({'reader': user})}",
    )
    return body, 400 if asked.problems else 200


def _plain(text: str) -> str:
    """What somebody typed, without what no line of the log can hold."""
    return "".join(filter(str.isprintable, text)).strip()[:200]


def _asked(given: Mapping[str, str]) -> _Asked:
    problems: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for name in ("from", "to"):
        try:
            days[name] = date.fromisoformat(given[name]) if given[name] else None
        except ValueError:
            days[name] = None
            problems[name] = _("Write the day as year, month and day, such as 2026-10-31.")
    first, last = days["from"], days["to"]
    if last == date.max:
        last = None  # no day comes after it
    if first is not None and last is not None and last < first:
        problems["to"] = _("The last day is before the first. Change one of them.")
    sought = Sought(given["reader"], given["action"], first, last)
    return _Asked(sought, _place(given["before"]), _place(given["after"]), problems)


def _place(text: str) -> int | None:
    """The line that a page goes on from; what is no number is an address that somebody typed: the latest page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
