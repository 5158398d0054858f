"""What a load tells its operator: five counts a file that add up, where the rejects are, how much is linked.

`lines = accepted + ignored + duplicates + rejected`, for every file and for the sum. Here `accepted` is what the load
added, and `duplicates` what the warehouse, or an earlier line, had already. Nothing of it is kept in the warehouse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from analytics_dash.errors import AdoptionError, InternalError
from analytics_dash.i18n import _
from analytics_dash.sources.streams import FeedFile
from analytics_dash.warehouse.counts import Counts
from analytics_dash.warehouse.files import Files
from analytics_dash.warehouse.linkage import Linked

COUNTS: Final = ("lines", "accepted", "ignored", "duplicates", "rejected")


@dataclass(slots=True)
class FileReport:
    """One file's outcome. `error` is a sentence where it could not be read, or not to its end."""

    file: str
    digest: str | None = None
    options: str = ""  # what the reader was told besides
    lines: int = 0
    accepted: int = 0
    ignored: int = 0
    duplicates: int = 0
    rejected: int = 0
    ahead: int = 0  # rows that are dated after the load's own moment; they are counted above like any other
    rejects_file: str | None = None
    loaded_before: bool = False
    error: str | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return Path(self.file).name

    def known_already(self, counts: Counts, files: Files) -> None:
        """The file's bytes were loaded before: all its facts are duplicates now."""
        self.loaded_before = True
        self.lines, self.ignored, self.rejected = counts.lines, counts.ignored, counts.rejected
        self.duplicates = counts.accepted + counts.duplicates
        if counts.rejected:
            self.rejects_file = str(files.rejects(counts.file_digest, counts.kind, counts.options))
        if not counts.complete:
            self.damaged()

    def refused(self, error: AdoptionError) -> None:
        """The file could not be read at all, and nothing of it counts."""
        self.lines = self.ignored = self.rejected = 0
        sentence = str(error)
        self.error = sentence if sentence.startswith(self.name) else f"{self.name}: {sentence}"

    def damaged(self) -> None:
        """The file could be read only up to some point."""
        self.error = _(
            "{name} is damaged and was read up to the damage (its last reject says where); what was read is kept. Load "
            "the whole file when you have it: nothing will be counted twice."
        ).format(name=self.name)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """A load's outcome. `changed` is false where the warehouse was not touched; `rejects_file` has all its rejects."""

    kind: str
    files: list[FileReport]
    roster: FileReport | None
    changed: bool
    linked: Linked
    rejects_file: str | None

    def __post_init__(self) -> None:
        for report in self.everything:
            if report.lines != report.accepted + report.ignored + report.duplicates + report.rejected:
                raise InternalError(f"the counts of a file do not add up: {[getattr(report, n) for n in COUNTS]}")

    @property
    def everything(self) -> list[FileReport]:
        """The files' reports and the roster's."""
        return [*self.files, *([self.roster] if self.roster else [])]

    @property
    def totals(self) -> Mapping[str, int]:
        """The files' counts together, without the roster's."""
        return {name: sum(getattr(report, name) for report in self.files) for name in COUNTS}

    @property
    def errors(self) -> list[str]:
        return [report.error for report in self.everything if report.error]

    def to_json(self) -> dict[str, Any]:
        """The object that `--json` prints. At its top are the files' counts and rejects; the roster has its own."""
        return {
            "kind": self.kind,
            **self.totals,
            "rejects_file": self.rejects_file,
            "changed": self.changed,
            "linked": self.linked,
            "files": [report.to_json() for report in self.files],
            **({"roster": self.roster.to_json()} if self.roster else {}),
        }


def place_of(feed: FeedFile) -> list[str]:
    """Where in its file a stretch is: lines of rejects are counted from there."""
    return [f"from byte {feed.start} on, {feed.size} bytes"] if feed.descriptor is not None else []
