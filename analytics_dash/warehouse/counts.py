"""What the warehouse knows of files: the rows of `loads`. By them a load sees which files it need not read again.

The counts of a file say what the file holds, whatever was loaded before it, so they too are a function of the inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
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
    sizes: Mapping[str, int] = field(default_factory=dict)  # of files in the journal, by digest

    def may_know(self, size: int, kind: str) -> bool:
        """Whether a file of so many bytes may be one of those that were loaded; then its digest must tell."""
        return any(self.sizes.get(digest, size) == size for digest, of_kind, _told in self.loads if of_kind == kind)

    def loaded_before(self, kind: str, version: int) -> bool:
        """Whether there is a file of this kind that a version of its reader before the given one has loaded."""
        return any(counts.kind == kind and counts.reader_version < version for counts in self.loads.values())

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
    sizes = {
        str(one["digest"]): int(one["bytes"])
        for entry in files.read_journal()
        for one in entry.get("files", ())
        if "bytes" in one
    }
    return Known(
        row[0] if row else None,
        {(counts.file_digest, counts.kind, counts.options): counts for counts in loads},
        sizes,
    )
