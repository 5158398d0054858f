"""The audit at rest: what was done to records and by whom, in a chain that shows every change made to it later.

Each entry holds the SHA-256 of the one before it, so that altering, removing or inserting one breaks every later link;
the tables' triggers (migration 0004) refuse such a change in the first place. Whoever can write to the database file
could still make a new chain from the beginning: `audit verify` prints the last link, to be noted outside.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import AuditEntry

FIRST_LINK: Final = "0" * 64
_LOCK: Final = 0x7475746F72  # any number: it names this chain among PostgreSQL's advisory locks
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Chain:
    """What a verification found. `broken_at` is the first entry that does not fit, None when all do."""

    entries: int
    last_link: str
    broken_at: int | None


def link(previous: str, *, at_ms: int, actor: str, action: str, detail: dict[str, Any]) -> str:
    """SHA-256, hex, over the link before and the entry, as canonical JSON (sorted keys, no spaces, ASCII)."""
    entry = json.dumps([previous, at_ms, actor, action, detail], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(entry.encode()).hexdigest()


def dao_add_audit(session: Session, *, at_ms: int, actor: str, action: str, detail: dict[str, Any]) -> None:
    """Record what was done. `detail` holds counts and settings, never words or pseudonyms."""
    if session.get_bind().dialect.name == "postgresql":
        # Two writers must not hang on one link. SQLite has one writer at a time anyway.
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    previous = session.scalar(select(AuditEntry.link).order_by(AuditEntry.id.desc()).limit(1)) or FIRST_LINK
    made = link(previous, at_ms=at_ms, actor=actor, action=action, detail=detail)
    session.add(AuditEntry(at_ms=at_ms, actor=actor, action=action, detail=detail, link=made))
    session.flush()


def dao_get_audit(session: Session) -> Iterator[AuditEntry]:
    """Every entry, oldest first."""
    yield from session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=_PAGE))


def dao_verify_audit(session: Session, *, noted: str | None = None) -> Chain:
    """Follow the chain. `noted`, a link that was written down earlier, must be in it."""
    previous, entries, seen = FIRST_LINK, 0, noted in (None, FIRST_LINK)
    for entry in dao_get_audit(session):
        previous = link(previous, at_ms=entry.at_ms, actor=entry.actor, action=entry.action, detail=entry.detail)
        if previous != entry.link:
            return Chain(entries, previous, entry.id)
        entries += 1
        seen = seen or entry.link == noted
    return Chain(entries, previous, None if seen else entries + 1)
