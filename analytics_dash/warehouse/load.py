"""Loading: feeds and roster into the warehouse, each fact exactly once, the whole load or nothing of it.

`load` is the one function that writes a warehouse. Its steps: lock → clear what a crash left → look at the files →
read those that are new into the staging area → merge → journal → swap in. A kill at any moment leaves the old file,
and the same command again gives what an undisturbed run would have given. The command line calls it, and the demo.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from analytics_dash.errors import FeedError, UsageError
from analytics_dash.home import key_path
from analytics_dash.i18n import _
from analytics_dash.keys import open_identity
from analytics_dash.sources import READERS
from analytics_dash.sources.streams import FeedFile, glance_at, look_at
from analytics_dash.warehouse import counts as counts_of
from analytics_dash.warehouse.counts import Known
from analytics_dash.warehouse.files import Files, locked
from analytics_dash.warehouse.meant import expand
from analytics_dash.warehouse.one_load import OneLoad
from analytics_dash.warehouse.overlap import refuse_same_acts
from analytics_dash.warehouse.progress import Progress
from analytics_dash.warehouse.report import FileReport, LoadReport
from analytics_dash.warehouse.staging import told_apart
from analytics_dash.warehouse.url import warehouse_path

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
                return OneLoad(
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


def _unreadable(path: Path, sentence: str) -> FileReport:
    return FileReport(str(path), error=sentence)
