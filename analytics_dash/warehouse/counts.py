"""What the warehouse knows of files: the rows of `loads`. By them a load sees which files it need not read again.

The counts of a file say what the file holds, whatever was loaded before it, so they too are a function of the inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from analytics_dash.sources.streams import FeedFile
from analytics_dash.warehouse.files import Files
from analytics_dash.warehouse.store import Warehouse


@dataclass(frozen=True, slots=True)
class Counts:
    """A row of `loads`."""

    file_digest: str
    kind: str
    reader_version: int
    lines: int
    accepted: int
    ignored: int
    duplicates: int
    rejected: int
    complete: bool
    options: str = ""

    def row(self) -> tuple[Any, ...]:
        return astuple(self)


@dataclass(frozen=True, slots=True)
class Known:
    """What the warehouse says before a load: its key's fingerprint, and its files by digest, kind and options."""

    fingerprint: str | None
    loads: Mapping[tuple[str, str, str], Counts]

    def counts(self, feed: FeedFile, kind: str, version: int, files: Files, options: str = "") -> Counts | None:
        """The file's counts, where it need not be read again: same bytes, same reader, and its rejects still there."""
        counts = self.loads.get((feed.digest, kind, options))
        if counts is None or counts.reader_version != version:
            return None
        return None if counts.rejected and not files.rejects(feed.digest, kind, options).is_file() else counts


def known(files: Files) -> Known:
    """What the warehouse knows; nothing where there is none yet. Raises `WarehouseError` where it is not ours."""
    if not files.has_warehouse:
        return Known(None, {})
    with Warehouse(files.warehouse, read_only=True) as warehouse:
        row = warehouse.connection.execute("SELECT value FROM meta WHERE key = 'key_fingerprint'").fetchone()
        loads = [Counts(*entry) for entry in warehouse.connection.execute("SELECT * FROM loads").fetchall()]
    return Known(
        row[0] if row else None, {(counts.file_digest, counts.kind, counts.options): counts for counts in loads}
    )
