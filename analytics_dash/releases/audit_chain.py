"""The readers' audit as a chain: each line holds the SHA-256 of the one before it, so that a later change shows.

The database's triggers refuse to change or delete a line in the first place; whoever gets past them (the file's owner,
a superuser) breaks every link that follows. Lines from before there were links are pinned by the first one that has
one. Whoever can write the file could make a whole new chain: `adoption audit verify` prints the last link, to be noted
elsewhere. Called by `dao.audit` and by that command.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from sqlalchemy import ScalarResult, Table, insert, select, text

from analytics_dash.releases.models import AuditRow, db

FIRST: Final = "0" * 64
_LOCK: Final = 0x41554449  # any number: it names this chain among PostgreSQL's advisory locks
_PAGE: Final = 1_000
_LAST: Final = select(AuditRow.link).order_by(AuditRow.id.desc()).limit(1)
_ADD: Final = insert(
    cast("Table", AuditRow.__table__)
)  # without the ORM's book-keeping: every view of a page adds a line


@dataclass(frozen=True, slots=True)
class Chain:
    """What a verification found. `broken_at` is the id of the first line that does not fit, None when all do."""

    lines: int
    last_link: str
    broken_at: int | None
    noted: bool


def link(previous: str, line: AuditRow) -> str:
    """SHA-256, hex, over the link before and the line, as canonical JSON."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    entry = json.dumps([previous, at, line.user, line.action, line.detail], separators=(",", ":"))
    return hashlib.sha256(entry.encode()).hexdigest()


def add_line(user: str, action: str, detail: str) -> None:
    """Add one line at the end of the chain and commit; writers wait for each other."""
    _take_turn()
    last = db.session.execute(_LAST).first()
    previous = FIRST if last is None else last.link or _end_of_all()
    line = {"at": datetime.now(UTC), "reader": user, "action": action, "detail": detail}
    made = link(previous, AuditRow(at=line["at"], user=user, action=action, detail=detail))
    db.session.execute(_ADD, line | {"link": made})
    db.session.commit()


def verify(noted: str = "") -> Chain:
    """Follow the chain of the whole audit; `noted` is a link that was written down earlier, and must be in it."""
    previous, count, linked, seen = FIRST, 0, False, noted in ("", FIRST)
    with _lines() as lines:
        for line in lines:
            previous = link(previous, line)
            linked = linked or line.link is not None
            if linked and line.link != previous:
                return Chain(count, previous, line.id, seen)
            count, seen = count + 1, seen or line.link == noted
    return Chain(count, previous, None, seen)


def _lines() -> closing[ScalarResult[AuditRow]]:
    """Every line, oldest first; closed at the end, since a line that does not fit ends the reading early."""
    every = select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=_PAGE)
    return closing(db.session.scalars(every))


def _end_of_all() -> str:
    """The link that the last line would have if there had always been links."""
    previous = FIRST
    with _lines() as lines:
        for line in lines:
            previous = link(previous, line)
    return previous


def _take_turn() -> None:
    """Two lines must not hang on one: from here to the commit nobody else adds any."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        return
    driver: Any = db.session.connection().connection.driver_connection
    if not driver.in_transaction:  # else it has written already, and so has the turn
        db.session.execute(text("BEGIN IMMEDIATE"))
