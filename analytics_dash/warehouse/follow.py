"""`adoption load --follow`: logs that grow are loaded as they do, in stretches of whole lines, each exactly once.

A log is held open, so that one that is renamed (rotation) is read to its end before its successor; one that is cut off
(truncation) is read from its beginning again. A last line without its line feed is left for later. How far each log
was loaded is kept in FILE.follow.json; were it lost, the log would be read again, and its events be known already.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Final

from analytics_dash.errors import BusyError, FeedError, UsageError
from analytics_dash.i18n import _
from analytics_dash.sources.streams import FeedFile, stretch
from analytics_dash.warehouse.files import Files
from analytics_dash.warehouse.report import LoadReport

_PIECE: Final = 1 << 20
_REST: Final = 4
_MARK: Final = 256  # bytes before the place that was reached: by them a log that was cut off and grew again is told
Load = Callable[[Sequence[FeedFile]], LoadReport]


@dataclass(slots=True)
class _Open:
    """A log that is held open: how far it was loaded, and how far it was searched for the end of a line."""

    descriptor: int
    device: int
    inode: int
    offset: int = 0
    searched: int = 0
    complete: int = 0  # where the last whole line ends, as far as it was searched
    mark: bytes = b""  # what stands before `offset`; kept in memory alone

    def size(self) -> int:
        return os.fstat(self.descriptor).st_size

    def whole_lines(self) -> int:
        """Where the last whole line ends. What was searched before is not searched again, however long a line is."""
        self.restart_if_cut()
        place = max(self.searched, self.offset)
        while piece := os.pread(self.descriptor, _PIECE, place):
            if (last := piece.rfind(b"\n")) >= 0:
                self.complete = place + last + 1
            place += len(piece)
        self.searched = place
        return max(self.complete, self.offset)

    def restart_if_cut(self) -> None:
        if self.was_cut(self.offset):
            self.offset = self.searched = self.complete = 0
            self.mark = b""

    def was_cut(self, end: int) -> bool:
        """Whether it is no longer the file that had `end` bytes and what was read of it."""
        return self.size() < end or self._before() != self.mark

    def reached(self, offset: int) -> None:
        self.offset = offset
        self.mark = self._before()

    def _before(self) -> bytes:
        start = max(0, self.offset - _MARK)
        return os.pread(self.descriptor, self.offset - start, start)


class Log:
    """One log by its path, through all its rotations."""

    def __init__(self, path: Path, state: dict[str, Any] | None) -> None:
        self.path = path.absolute()
        self._open: _Open | None = None
        if state is not None:
            self._continue(state)

    @property
    def key(self) -> str:
        """What it is known by in the state: a digest, since a path may say more about its owner than is needed."""
        return hashlib.sha256(str(self.path).encode()).hexdigest()[:16]

    def _continue(self, state: dict[str, Any]) -> None:
        """Go on where an earlier run ended, also where the log was renamed since; else begin at the beginning."""
        for path in (self.path, *sorted(self.path.parent.glob(f"{self.path.name}*"))):
            found = _opened(path)
            if found is None:
                continue
            if (found.device, found.inode) == (state.get("device"), state.get("inode")):
                offset = state.get("offset", 0)
                if offset <= found.size() and (not offset or os.pread(found.descriptor, 1, offset - 1) == b"\n"):
                    found.reached(offset)
                self._open = found
                return
            os.close(found.descriptor)

    def next(self) -> tuple[FeedFile, _Open, int] | None:
        """The next stretch, and where it ends; None where nothing is complete yet."""
        while True:
            if self._open is None:
                self._open = _opened(self.path)
            if (log := self._open) is None:
                return None
            replaced = self._replaced(log)  # asked before its end is: what is written meanwhile is not lost
            end = log.whole_lines()
            if replaced and end == log.offset:
                end = log.size()  # nobody will finish its last line
            if end > log.offset:
                return stretch(self.path, log.descriptor, log.offset, end - log.offset), log, end
            if not replaced:
                return None
            os.close(log.descriptor)
            self._open = None

    def _replaced(self, log: _Open) -> bool:
        """Whether another file has the log's name. Where there is none yet, its writer may still write to the old."""
        try:
            now = self.path.stat()
        except OSError:
            return False
        return (now.st_dev, now.st_ino) != (log.device, log.inode)

    @property
    def has_successor(self) -> bool:
        """Whether another file has taken the log's name."""
        return self._open is not None and self._replaced(self._open)

    def state(self) -> dict[str, Any] | None:
        log = self._open
        return None if log is None else {"device": log.device, "inode": log.inode, "offset": log.offset}

    def close(self) -> None:
        if self._open is not None:
            os.close(self._open.descriptor)
            self._open = None


def _opened(path: Path) -> _Open | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(_("{path} may not be read by this user: check its permissions.").format(path=path)) from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise UsageError(_("{path} is not a file: --follow takes the logs themselves.").format(path=path))
    return _Open(descriptor, found.st_dev, found.st_ino)


def follow(
    files: Files, paths: Sequence[Path], load: Load, *, every: float, stop: Event, tell: Callable[[LoadReport], None]
) -> None:
    """Load what is complete, and again `every` so many seconds, until `stop` is set. Raises what `load` raises.

    While another load has the warehouse, it is tried again at the next turn. A load writes the warehouse anew, so a
    large one is written less often: after a round there is a pause of at least `_REST` times as long as it took.
    """
    states = _read_states(files)
    with _logs(paths, states) as logs:
        while True:
            begun = time.monotonic()
            for log in logs:
                while _turn(files, log, load, states, tell, stop) and log.has_successor:
                    pass  # what was written to the same log meanwhile waits, or a busy one would be loaded all day
            if stop.wait(max(every, _REST * (time.monotonic() - begun))):
                return
            if stop.is_set():
                return


def _turn(  # noqa: PLR0917 (one call, in order)
    files: Files,
    log: Log,
    load: Load,
    states: dict[str, Any],
    tell: Callable[[LoadReport], None],
    stop: Event,
) -> bool:
    """Load one log's next stretch. False where there is none, or it must wait."""
    if stop.is_set() or (found := log.next()) is None:
        return False
    feed, opened, end = found
    try:
        report = load([feed])
    except BusyError:
        return False
    tell(report)
    if report.errors:
        if opened.was_cut(end):
            return False  # under the load's hands: the next turn begins at its beginning
        raise FeedError(" ".join(report.errors))
    opened.reached(end)
    states[log.key] = log.state()
    _write_states(files, states)
    return True


@contextlib.contextmanager
def _logs(paths: Sequence[Path], states: dict[str, Any]) -> Iterator[list[Log]]:
    logs: list[Log] = []
    try:
        for path in paths:
            log = Log(path, None)
            logs.append(Log(path, states.get(log.key)))
        yield logs
    finally:
        for log in logs:
            log.close()


def _read_states(files: Files) -> dict[str, Any]:
    try:
        found = json.loads(files.beside(".follow.json").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_states(files: Files, states: dict[str, Any]) -> None:
    draft = files.beside(".follow.json.draft")
    draft.write_text(json.dumps(states, sort_keys=True), encoding="ascii")
    draft.replace(files.beside(".follow.json"))
