"""One load, under the lock: from the files that were looked at to the next warehouse, and what is told of each file.

`warehouse.load` makes a `OneLoad` and runs it. It reads what is new into the staging area, merges, writes the journal
and swaps in, and fills in a report for every file, also for those that were known.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics_dash.errors import FeedError, UsageError
from analytics_dash.i18n import _
from analytics_dash.identity import Identity
from analytics_dash.sources import Reader
from analytics_dash.sources.people import forget_people
from analytics_dash.sources.roster import Roster
from analytics_dash.sources.streams import FeedFile
from analytics_dash.warehouse.columns import dated_after
from analytics_dash.warehouse.counts import Counts, Known
from analytics_dash.warehouse.file_names import shown_name
from analytics_dash.warehouse.files import Files, RejectsFile, join_rejects
from analytics_dash.warehouse.linkage import Linked, linked
from analytics_dash.warehouse.new_roster import counts_of as counts_of_roster
from analytics_dash.warehouse.new_roster import new_roster
from analytics_dash.warehouse.progress import Progress
from analytics_dash.warehouse.reading import read_feed, reads_blocks, unburdened
from analytics_dash.warehouse.report import COUNTS, FileReport, LoadReport, place_of
from analytics_dash.warehouse.staging import Found, Staging
from analytics_dash.warehouse.store import Warehouse
from analytics_dash.warehouse.workers import Workers, worth


@dataclass
class OneLoad:
    """One load under the lock: what is known, what is to be read, and what is reported."""

    files: Files
    known: Known
    identity: Identity
    progress: Progress
    reader: Reader | None
    feeds: Sequence[FeedFile]
    roster: FeedFile | None
    accept_roster: bool = False
    processes: int | None = None
    failed: Sequence[FileReport] = ()  # what was meant and could not even be looked at
    now: datetime = field(default_factory=lambda: datetime.now(UTC))  # for the report and the journal alone
    counts: dict[int, Counts] = field(default_factory=dict)  # of the files read in this load, by their place

    def __post_init__(self) -> None:
        self.reports = [
            FileReport(str(feed.path), digest=feed.digest or None, notes=place_of(feed)) for feed in self.feeds
        ]
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
            kind=self.reader.kind if self.reader else Roster.kind,
            files=[*self.reports, *self.failed],
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
            if not feed.digest:
                fresh[f"not known yet {place}", told] = place
            elif self.known.counts(feed, reader.kind, reader.version, self.files, told) is None:
                fresh.setdefault((feed.digest, told), place)
        return list(fresh.values())

    def _write(self, places: Sequence[int], roster: Roster | None) -> bool:
        """Read, merge, swap in. False where nothing could be read, so that nothing was written."""
        with Staging(self.files, self.identity.mask) as staging:
            self.progress.begin(_("reading"), sum(self.feeds[place].size for place in places))
            loads = [counts_of_roster(roster, self.roster.digest)] if roster and self.roster else []
            if self.reader is not None:
                with self._workers(sum(self.feeds[place].size for place in places)) as workers, unburdened():
                    for place in places:
                        self._read(self.readers[place] or self.reader, staging, place, workers)
                    forget_people(self.identity)  # or the collector goes through them again and again
            if roster is None and not self.counts:
                return False
            staging.who_is_who(roster)
            if self.reader is not None:
                if self.known.loaded_before(self.reader.kind, self.reader.digests_since):
                    staging.say_anew(self.reader.row)
                loads += self._count(staging.found(self.reader.row))
            self.progress.begin(_("merging"), 0)
            staging.merge(
                fingerprint=self.identity.fingerprint,
                loads=[entry.row() for entry in loads],
                replace_roster=roster is not None,
            )
            staging.close_next()
            # Before the swap: a crash between the two leaves an entry too many, never one too few.
            self.files.write_journal(self._journal_entry())
            self.files.swap_in()
        return True

    def _workers(self, size: int) -> AbstractContextManager[Workers | None]:
        """Processes that help to read so many bytes, where they would."""
        number = worth(size) if self.processes is None else self.processes
        if number < 2 or not reads_blocks(self.reader):
            return nullcontext()
        return Workers(number, self.identity)

    def _read(self, reader: Reader, staging: Staging, place: int, workers: Workers | None) -> None:
        """Read one file into the staging area; its rejects go to their file, its counts to `counts`."""
        feed, report = self.feeds[place], self.reports[place]
        rejects = RejectsFile(self.files.rejects(f"reading-{place}", reader.kind))
        complete = True
        try:
            for share in read_feed(reader, feed, self.identity, advance=self.progress.bytes, workers=workers):
                staging.rows.add(place, share.columns)
                rejects.add(share.rejects)
                report.lines += share.lines
                report.ignored += share.ignored
                report.rejected += len(share.rejects)
                report.notes += share.notes
                report.ahead += dated_after(share.columns, self.now)
                complete = complete and share.damage is None
                self.progress.lines(share.lines)
        except FeedError as error:
            staging.rows.forget(place)
            rejects.abandon()
            report.refused(error)
            return
        if report.ahead:
            report.notes.append(f"{report.ahead} rows are dated after this load: a clock was wrong")
        report.digest = feed.digest
        report.rejects_file = rejects.finish(self.files.rejects(feed.digest, reader.kind, reader.options_text))
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
            report.accepted, report.duplicates = facts.fresh, rows - facts.fresh - facts.gone
            report.ignored += facts.gone
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
            if place in self.counts or report.error or not feed.digest:
                continue
            key = (feed.digest, report.options)
            if key in refused:
                report.error = refused[key].error
            elif key in read:
                report.known_already(read[key], self.files)
            else:
                report.known_already(self.known.loads[feed.digest, self.reader.kind, report.options], self.files)

    def _new_roster(self) -> Roster | None:
        """The roster, where it takes the place of the one before; its report is filled in either way."""
        if self.roster is None or self.roster_report is None:
            return None
        return new_roster(
            self.roster,
            self.roster_report,
            known=self.known,
            files=self.files,
            identity=self.identity,
            accept=self.accept_roster,
        )

    def _journal_entry(self) -> dict[str, Any]:
        sizes = {feed.digest: feed.size for feed in (*self.feeds, *([self.roster] if self.roster else []))}

        def entry(report: FileReport) -> dict[str, Any]:
            return {name: getattr(report, name) for name in ("digest", *COUNTS)} | {
                "file": shown_name(Path(report.file)),
                "bytes": sizes[report.digest or ""],
                "ahead": report.ahead,
                "complete": report.error is None,
            }

        return {
            "action": "load",
            "kind": self.reader.kind if self.reader else Roster.kind,
            "key": self.identity.fingerprint,
            "files": [entry(self.reports[place]) for place in sorted(self.counts)],
            "roster": entry(self.roster_report) if self.roster_report else None,
        }

    def _linked(self) -> Linked:
        if not self.files.has_warehouse:
            return {}
        with Warehouse(self.files.warehouse, read_only=True) as warehouse:
            return linked(warehouse.connection)
