"""Loading: feeds and roster into the warehouse, each fact exactly once, the whole load or nothing of it.

`load` is the one function that writes a warehouse. Its steps: lock → clear what a crash left → look at the files →
read those that are new into the staging area → merge → journal → swap in. A kill at any moment leaves the old file,
and the same command again gives what an undisturbed run would have given. The command line calls it, and the demo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import duckdb

from analytics_dash.errors import FeedError, UsageError, WarehouseError
from analytics_dash.home import key_path
from analytics_dash.i18n import _
from analytics_dash.identity import Identity, open_identity
from analytics_dash.sources import READERS, Reader
from analytics_dash.sources.roster import KIND as ROSTER
from analytics_dash.sources.roster import VERSION as ROSTER_VERSION
from analytics_dash.sources.roster import Roster, read_roster
from analytics_dash.sources.streams import FeedFile, lines, look_at
from analytics_dash.warehouse import counts as counts_of
from analytics_dash.warehouse.counts import Counts, Known
from analytics_dash.warehouse.files import Files, RejectsFile, expand, join_rejects, locked
from analytics_dash.warehouse.linkage import Linked, linked
from analytics_dash.warehouse.progress import Progress
from analytics_dash.warehouse.report import FileReport, LoadReport
from analytics_dash.warehouse.staging import Found, Staging
from analytics_dash.warehouse.store import Warehouse
from analytics_dash.warehouse.url import warehouse_path

QUIET: Final = Progress(shown=False)
NO_OPTIONS: Final[Mapping[str, str]] = MappingProxyType({})


def load(
    url: str,
    *,
    kind: str | None = None,
    options: Mapping[str, str] = NO_OPTIONS,
    paths: Sequence[Path] = (),
    roster: Path | None = None,
    say: Callable[[str], None] = lambda _sentence: None,
    progress: Progress = QUIET,
) -> LoadReport:
    """Load files of one kind, and a roster, into the warehouse at `url`; what was loaded before changes nothing.

    `options` are the reader's: what the files do not say of themselves (`sources.description.Option`).
    `say` is told when a pseudonym key is made. Raises `UsageError` for a path or URL that cannot be meant (then nothing
    is loaded), `BusyError`, `WarehouseError`, `IdentityError`. A file that cannot be read, or not to its end, is told
    in its report and does not keep the others out.
    """
    files = Files(warehouse_path(url).resolve())
    reader = READERS[kind](options) if kind is not None else None
    if paths and reader is None:
        raise UsageError(_("Say what the files are: --kind {kinds}.").format(kinds=", ".join(READERS)))
    found = expand(paths, files)
    with locked(files):
        files.clear_leftovers()
        known = counts_of.known(files)
        feeds = _look(found, progress)
        roster_feed = _look([roster], progress)[0] if roster is not None else None
        identity = open_identity(key_path(), say=say, expected=known.fingerprint)
        try:
            work = _Load(
                files=files,
                known=known,
                identity=identity,
                progress=progress,
                reader=reader,
                feeds=feeds,
                roster=roster_feed,
            )
            return work.run()
        except (OSError, duckdb.IOException, duckdb.OutOfMemoryException, duckdb.TransactionException) as error:
            reason = error.strerror if isinstance(error, OSError) else type(error).__name__
            raise WarehouseError(
                _("The load stopped ({reason}); the warehouse is as it was before. Is the disk full?").format(
                    reason=reason
                )
            ) from error
        finally:
            progress.end()


def _look(paths: Sequence[Path], progress: Progress) -> list[FeedFile]:
    progress.begin(_("looking at files"), sum(path.stat().st_size for path in paths if path.is_file()))
    return [look_at(path, advance=progress.bytes) for path in paths]


@dataclass
class _Load:
    """One load under the lock: what is known, what is to be read, and what is reported."""

    files: Files
    known: Known
    identity: Identity
    progress: Progress
    reader: Reader | None
    feeds: Sequence[FeedFile]
    roster: FeedFile | None
    counts: dict[int, Counts] = field(default_factory=dict)  # of the files read in this load, by their place

    def __post_init__(self) -> None:
        self.reports = [FileReport(str(feed.path), digest=feed.digest) for feed in self.feeds]
        self.readers = [self._reader_for(feed, report) for feed, report in zip(self.feeds, self.reports, strict=True)]
        self.roster_report = FileReport(str(self.roster.path), digest=self.roster.digest) if self.roster else None

    def _reader_for(self, feed: FeedFile, report: FileReport) -> Reader | None:
        """The reader bound to what it is told of this file; None where that is too little, which the report says."""
        if self.reader is None:
            return None
        try:
            bound = self.reader.for_file(feed.path.name)
        except (FeedError, UsageError) as error:
            report.refused(error)
            return None
        report.options = bound.options_text
        return bound

    def run(self) -> LoadReport:
        roster = self._new_roster()
        places = self._places_to_read()
        changed = bool(places or roster) and self._write(places, roster)
        self._report_the_rest()
        return LoadReport(
            kind=self.reader.kind if self.reader else ROSTER,
            files=self.reports,
            roster=self.roster_report,
            changed=changed,
            linked=self._linked(),
            rejects_file=join_rejects(
                self.files, [(r.digest, r.rejects_file) for r in self.reports if r.digest and r.rejects_file]
            ),
        )

    def _places_to_read(self) -> list[int]:
        """The places of the files that are new, each content once."""
        fresh: dict[tuple[str, str], int] = {}
        for place, (feed, reader) in enumerate(zip(self.feeds, self.readers, strict=True)):
            if reader is None:
                continue
            told = reader.options_text
            if self.known.counts(feed, reader.kind, reader.version, self.files, told) is None:
                fresh.setdefault((feed.digest, told), place)
        return list(fresh.values())

    def _write(self, places: Sequence[int], roster: Roster | None) -> bool:
        """Read, merge, swap in. False where nothing could be read, so that nothing was written."""
        with Staging(self.files) as staging:
            self.progress.begin(_("reading"), sum(self.feeds[place].size for place in places))
            loads = [] if roster is None else [self._roster_counts(roster)]
            if self.reader is not None:
                for place in places:
                    self._read(self.readers[place] or self.reader, staging, place)
                loads += self._count(staging.found(self.reader.row))
            if not loads:
                return False
            self.progress.begin(_("merging"), 0)
            staging.merge(fingerprint=self.identity.fingerprint, loads=[entry.row() for entry in loads], roster=roster)
            staging.close_next()
            # Before the swap: a crash between the two leaves an entry too many, never one too few.
            self.files.write_journal(self._journal_entry())
            self.files.swap_in()
        return True

    def _read(self, reader: Reader, staging: Staging, place: int) -> None:
        """Read one file into the staging area; its rejects go to their file, its counts to `counts`."""
        feed, report = self.feeds[place], self.reports[place]
        rejects = RejectsFile(self.files.rejects(feed.digest, reader.kind, reader.options_text))
        complete = True
        try:
            for batch in reader.read(lines(feed, advance=self.progress.bytes), self.identity):
                staging.add(place, batch)
                rejects.add(batch.rejects)
                report.lines += batch.lines
                report.ignored += batch.ignored
                report.rejected += len(batch.rejects)
                report.notes += batch.notes
                complete = complete and batch.damage is None
                self.progress.lines(batch.lines)
        except FeedError as error:
            staging.forget(place)
            rejects.abandon()
            report.refused(error)
            return
        report.rejects_file = rejects.finish()
        if not complete:
            report.damaged()
        self.counts[place] = Counts(
            feed.digest,
            reader.kind,
            reader.version,
            lines=report.lines,
            accepted=0,
            ignored=report.ignored,
            duplicates=0,
            rejected=report.rejected,
            complete=complete,
            options=reader.options_text,
        )

    def _count(self, found: dict[int, Found]) -> list[Counts]:
        """Tell duplicates from facts, now that all files are read: for the report, and for the rows of `loads`."""
        for place, counts in self.counts.items():
            rows = counts.lines - counts.ignored - counts.rejected
            facts = found.get(place, Found(0, 0))
            report = self.reports[place]
            report.accepted, report.duplicates = facts.fresh, rows - facts.fresh
            self.counts[place] = replace(counts, accepted=facts.facts, duplicates=rows - facts.facts)
        return list(self.counts.values())

    def _report_the_rest(self) -> None:
        """Report the files that were not read: loaded before, or the same bytes as another file of this load."""
        if self.reader is None:
            return
        read = {(counts.file_digest, counts.options): counts for counts in self.counts.values()}
        refused = {
            key: report
            for report in self.reports
            if report.error and (key := (report.digest, report.options)) not in read
        }
        for place, (feed, report) in enumerate(zip(self.feeds, self.reports, strict=True)):
            if place in self.counts or report.error:
                continue
            key = (feed.digest, report.options)
            if key in refused:
                report.error = refused[key].error
            elif key in read:
                report.known_already(read[key], self.files)
            else:
                report.known_already(self.known.loads[feed.digest, self.reader.kind, report.options], self.files)

    def _new_roster(self) -> Roster | None:
        """The roster, where it is a new one that can be used; its report is filled in either way."""
        feed, report = self.roster, self.roster_report
        if feed is None or report is None:
            return None
        if (counts := self.known.counts(feed, ROSTER, ROSTER_VERSION, self.files)) is not None:
            report.known_already(counts, self.files)
            return None
        try:
            roster = read_roster(lines(feed), self.identity)
        except FeedError as error:
            report.refused(error)
            return None
        rejects = RejectsFile(self.files.rejects(feed.digest, ROSTER))
        rejects.add(roster.rejects)
        report.rejects_file = rejects.finish()
        report.lines, report.duplicates, report.rejected = roster.lines, roster.duplicates, len(roster.rejects)
        report.accepted, report.notes = len(roster.people), roster.notes
        if roster.damage is None and roster.people:
            return roster
        # Half a roster would unlink the other half of the people.
        report.ignored, report.accepted = report.accepted, 0
        report.error = _("{name} is {what}, so the roster of before stays. Its rejects say more.").format(
            name=report.name, what=_("damaged") if roster.damage else _("without a row that can be used")
        )
        return None

    def _roster_counts(self, roster: Roster) -> Counts:
        return Counts(
            self.roster.digest if self.roster else "",
            ROSTER,
            ROSTER_VERSION,
            lines=roster.lines,
            accepted=len(roster.people),
            ignored=0,
            duplicates=roster.duplicates,
            rejected=len(roster.rejects),
            complete=True,
        )

    def _journal_entry(self) -> dict[str, Any]:
        def entry(report: FileReport) -> dict[str, Any]:
            # The name alone: a path may say more about its owner than a journal should.
            return {
                name: value for name, value in report.to_json().items() if name not in {"rejects_file", "notes"}
            } | {"file": report.name}

        return {
            "action": "load",
            "kind": self.reader.kind if self.reader else ROSTER,
            "files": [entry(self.reports[place]) for place in sorted(self.counts)],
            "roster": entry(self.roster_report) if self.roster_report else None,
        }

    def _linked(self) -> Linked:
        if not self.files.has_warehouse:
            return {}
        with Warehouse(self.files.warehouse, read_only=True) as warehouse:
            return linked(warehouse.connection)
