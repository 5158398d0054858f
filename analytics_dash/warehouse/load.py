"""Loading: feeds and roster into the warehouse, each fact exactly once, the whole load or nothing of it.

`load` is the one function that writes a warehouse. Its steps: lock → clear what a crash left → look at the files →
read those that are new into the staging area → merge → journal → swap in. A kill at any moment leaves the old file,
and the same command again gives what an undisturbed run would have given. The command line calls it, and the demo.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from analytics_dash.errors import FeedError, UsageError
from analytics_dash.home import key_path
from analytics_dash.i18n import _
from analytics_dash.identity import Identity
from analytics_dash.keys import open_identity
from analytics_dash.sources import READERS, Reader
from analytics_dash.sources.checks import forget_people
from analytics_dash.sources.roster import KIND as ROSTER
from analytics_dash.sources.roster import VERSION as ROSTER_VERSION
from analytics_dash.sources.roster import Roster, read_roster
from analytics_dash.sources.streams import FeedFile, glance_at, lines, look_at
from analytics_dash.warehouse import counts as counts_of
from analytics_dash.warehouse.columns import dated_after
from analytics_dash.warehouse.counts import Counts, Known
from analytics_dash.warehouse.file_names import shown_name
from analytics_dash.warehouse.files import Files, RejectsFile, expand, join_rejects, locked
from analytics_dash.warehouse.linkage import Linked, linked
from analytics_dash.warehouse.overlap import refuse_same_acts
from analytics_dash.warehouse.progress import Progress
from analytics_dash.warehouse.reading import read_feed, reads_blocks, unburdened
from analytics_dash.warehouse.report import COUNTS, FileReport, LoadReport
from analytics_dash.warehouse.staging import Found, Staging, told_apart
from analytics_dash.warehouse.store import Warehouse
from analytics_dash.warehouse.url import warehouse_path
from analytics_dash.warehouse.workers import Workers, worth

QUIET: Final = Progress(shown=False)
NO_OPTIONS: Final[Mapping[str, str]] = MappingProxyType({})


def load(
    url: str,
    *,
    kind: str | None = None,
    options: Mapping[str, str] = NO_OPTIONS,
    paths: Sequence[Path] = (),
    stretches: Sequence[FeedFile] = (),
    roster: Path | None = None,
    accept_roster: bool = False,
    say: Callable[[str], None] = lambda _sentence: None,
    progress: Progress = QUIET,
    processes: int | None = None,
) -> LoadReport:
    """Load files of one kind, and a roster, into the warehouse at `url`; what was loaded before changes nothing.

    `options` are the reader's: what the files do not say of themselves (`sources.description.Option`).
    `stretches` are parts of files that grow (`warehouse.follow`).
    `accept_roster`: a roster counts though it lost many rows, or many of the people of the one before.
    `processes` read the feeds (by default as many as are worth it); the outcome does not depend on it.
    `say` is told when a pseudonym key is made. Raises `UsageError` for a path or URL that cannot be meant (then nothing
    is loaded), `BusyError`, `WarehouseError`, `IdentityError`. A file that cannot be read, or not to its end, is told
    in its report and does not keep the others out.
    """
    files = Files(warehouse_path(url).resolve())
    reader = READERS[kind](options) if kind is not None else None
    if (paths or stretches) and reader is None:
        raise UsageError(_("Say what the files are: --kind {kinds}.").format(kinds=", ".join(READERS)))
    meant = expand(paths, files)
    with locked(files):
        files.clear_leftovers()
        known = counts_of.known(files)
        if reader is not None:
            refuse_same_acts(reader, known, files)
        unreadable = [_unreadable(path, sentence) for path, sentence in meant.problems]
        given = {path for path in paths if not path.is_dir()}
        feeds, failed = _look(meant.files, given, progress, known, kind)
        roster_feed = look_at(roster, advance=progress.bytes) if roster is not None else None
        identity = open_identity(key_path(), say=say, expected=known.fingerprint)
        try:
            with told_apart():
                return _Load(
                    files=files,
                    known=known,
                    identity=identity,
                    progress=progress,
                    reader=reader,
                    feeds=[*feeds, *stretches],
                    roster=roster_feed,
                    accept_roster=accept_roster,
                    processes=processes,
                    failed=[*unreadable, *failed],
                ).run()
        finally:
            progress.end()


def _look(
    paths: Sequence[Path], given: Collection[Path], progress: Progress, known: Known, kind: str | None
) -> tuple[list[FeedFile], list[FileReport]]:
    """The files with their digests, and reports of those that cannot be read.

    Raises `UsageError` for a file that was given by its own name and cannot be opened: nobody can have meant that.
    """
    sizes = {path: path.stat().st_size for path in paths if path.is_file()}
    of_size = Counter(sizes.values())
    # A file of a size of its own is none that is known, nor given twice: it need not be read to be told apart.
    new = {path for path, size in sizes.items() if of_size[size] == 1 and kind and not known.may_know(size, kind)}
    progress.begin(_("looking at files"), sum(size for path, size in sizes.items() if path not in new))
    feeds, failed = [], []
    for path in paths:
        try:
            feeds.append(glance_at(path) if path in new else look_at(path, advance=progress.bytes))
        except FeedError as error:
            failed.append(_unreadable(path, str(error)))
        except UsageError as error:
            if path in given:
                raise
            failed.append(_unreadable(path, str(error)))
    return feeds, failed


def _place(feed: FeedFile) -> list[str]:
    """Where in its file a stretch is: lines of rejects are counted from there."""
    return [f"from byte {feed.start} on, {feed.size} bytes"] if feed.descriptor is not None else []


def _unreadable(path: Path, sentence: str) -> FileReport:
    return FileReport(str(path), error=sentence)


_ROWS_LOST: Final = 0.01
_PEOPLE_LOST: Final = 0.2
"""So many rows of a roster, or people of the one before, may be gone before somebody has to say that this is meant."""


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
    accept_roster: bool = False
    processes: int | None = None
    failed: Sequence[FileReport] = ()  # what was meant and could not even be looked at
    now: datetime = field(default_factory=lambda: datetime.now(UTC))  # for the report and the journal alone
    counts: dict[int, Counts] = field(default_factory=dict)  # of the files read in this load, by their place

    def __post_init__(self) -> None:
        self.reports = [
            FileReport(str(feed.path), digest=feed.digest or None, notes=_place(feed)) for feed in self.feeds
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
            kind=self.reader.kind if self.reader else ROSTER,
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
            loads = [] if roster is None else [self._roster_counts(roster)]
            if self.reader is not None:
                with self._workers(sum(self.feeds[place].size for place in places)) as workers, unburdened():
                    for place in places:
                        self._read(self.readers[place] or self.reader, staging, place, workers)
                    forget_people(self.identity)  # or the collector goes through them again and again
            if roster is None and not self.counts:
                return False
            staging.who_is_who(roster)
            if self.reader is not None:
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
                staging.add(place, share.columns)
                rejects.add(share.rejects)
                report.lines += share.lines
                report.ignored += share.ignored
                report.rejected += len(share.rejects)
                report.notes += share.notes
                report.ahead += dated_after(share.columns, self.now)
                complete = complete and share.damage is None
                self.progress.lines(share.lines)
        except FeedError as error:
            staging.forget(place)
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
        report.rejects_file = rejects.finish(rejects.path)
        report.lines, report.duplicates, report.rejected = roster.lines, roster.duplicates, len(roster.rejects)
        report.accepted, report.notes = len(roster.people), roster.notes
        report.error = self._why_not(roster, report.name)
        if report.error is None:
            return roster
        report.ignored, report.accepted = report.accepted, 0
        return None

    def _why_not(self, roster: Roster, name: str) -> str | None:
        """Why a roster cannot take the place of the one before: half of one would unlink the other half."""
        if roster.damage is not None or not roster.people:
            return _("{name} is {what}, so the roster of before stays. Its rejects say more.").format(
                name=name, what=_("damaged") if roster.damage else _("without a row that can be used")
            )
        if self.accept_roster:
            return None
        if len(roster.rejects) > roster.lines * _ROWS_LOST:
            return _(
                "{rejected} of {lines} rows of {name} cannot be read, so the roster of before stays. Its rejects say "
                "why; mend it, or load it as it is with --accept-roster."
            ).format(rejected=len(roster.rejects), lines=roster.lines, name=name)
        before = self._people_before()
        if len(roster.people) < before * (1 - _PEOPLE_LOST):
            return _(
                "{name} has {people} people and the roster of before has {before}, which stays. Is a part of the file "
                "missing? If so many have left, load it with --accept-roster."
            ).format(name=name, people=len(roster.people), before=before)
        return None

    def _people_before(self) -> int:
        if not self.files.has_warehouse:
            return 0
        with Warehouse(self.files.warehouse, read_only=True) as warehouse:
            found = warehouse.connection.execute("SELECT count(*) FROM people").fetchone()
            return int(found[0]) if found else 0

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
            "kind": self.reader.kind if self.reader else ROSTER,
            "key": self.identity.fingerprint,
            "files": [entry(self.reports[place]) for place in sorted(self.counts)],
            "roster": entry(self.roster_report) if self.roster_report else None,
        }

    def _linked(self) -> Linked:
        if not self.files.has_warehouse:
            return {}
        with Warehouse(self.files.warehouse, read_only=True) as warehouse:
            return linked(warehouse.connection)
