"""Fetching: a fetcher's pages into a file, one JSON object a line, that `adoption load` then reads like any other.

A fetch that stopped goes on after its last whole page: it writes into a hidden `.part` file, which loads leave out,
and gives it its name when the last page is there. Where a fetcher is incremental, a new fetch begins where the newest
of the same request ended: the file's last line says where, and after the file a hidden `.cursor` says so too, so that
files may be deleted once they are loaded. Files are their owner's alone (mode 600): they hold what the server said of
people.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from analytics_dash.errors import BusyError, FetchError, UsageError
from analytics_dash.i18n import _
from analytics_dash.sources.fetched_pages import FORMAT, PageLine
from analytics_dash.sources.fetcher import Fetcher, Page
from analytics_dash.sources.streams import LINE_LIMIT

_TAIL: Final = 1 << 16
_LINE: Final = msgspec.json.Decoder(PageLine)


class _Ended(msgspec.Struct):
    """Where a fetch ended: its number among those of the same request, and the cursor that the next one begins with."""

    number: int = 0
    cursor: str | None = None


_ENDED: Final = msgspec.json.Decoder(_Ended)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch did: its file, how many pages this run wrote, and whether it went on with an earlier run's."""

    path: Path
    pages: int
    resumed: bool


def fetch(
    fetcher: Fetcher,
    folder: Path,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    advance: Callable[[int], None] = lambda _pages: None,
) -> Fetched:
    """Write what `fetcher` gets into a new file in `folder`. Raises `FetchError`, `UsageError`, `BusyError`.

    After an error the pages so far are kept, and the same call goes on after them.
    """
    if not folder.is_dir():
        raise UsageError(_("There is no folder {path}: make it first.").format(path=folder))
    request = _request_id(fetcher)
    part = folder / f".{fetcher.kind}-{request}.part"
    with _own(part) as file:
        resumed, after, done = _resume(file, fetcher, folder, request)
        fetcher.begins = not resumed
        pages = 0
        for page in () if done else fetcher.pages(after):
            file.write(_line(page, fetcher, now()))
            file.flush()
            pages += 1
            advance(pages)
            done = page.done
            if done:
                break
        if not done:
            raise FetchError(_("The server's pages ended without a last one; run the fetch again."))
        os.fsync(file.fileno())
        number = _newest(folder, fetcher, request).number + 1
        path = folder / f"{fetcher.kind}-{request}-{now():%Y%m%dT%H%M%S}-{number:04d}.jsonl"
        part.rename(path)
        # The file first: stopped between the two, the file's own last line is the cursor.
        if fetcher.incremental and (last := _last_line(file, mend=False)) is not None:
            _keep(_Ended(number, last.cursor), _cursor_file(folder, fetcher, request))
    return Fetched(path, pages, resumed)


def _request_id(fetcher: Fetcher) -> str:
    texts = "\n".join(f"{name}={text}" for name, text in sorted(fetcher.given.items()))
    return hashlib.sha256(f"{fetcher.kind}\n{texts}".encode()).hexdigest()[:12]


@contextmanager
def _own(part: Path) -> Iterator[BinaryIO]:
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(_("Another fetch of the same is running; wait until it has ended.")) from error
        yield file


def _resume(file: BinaryIO, fetcher: Fetcher, folder: Path, request: str) -> tuple[bool, str | None, bool]:
    """Whether an earlier run's pages are there, the cursor to go on with, and whether all is there already."""
    last = _last_line(file)  # a page that was cut short is taken off
    if last is not None:
        return True, last.cursor, last.done
    return False, _newest(folder, fetcher, request).cursor if fetcher.incremental else None, False


def _newest(folder: Path, fetcher: Fetcher, request: str) -> _Ended:
    """Where the newest fetch of the request ended, by its file, or by its cursor where the file is gone."""
    kept = _kept(_cursor_file(folder, fetcher, request))
    files = {int(path.stem.rpartition("-")[2]): path for path in folder.glob(f"{fetcher.kind}-{request}-*.jsonl")}
    number = max(files, default=0)
    if number <= kept.number:
        return kept
    if not fetcher.incremental:
        return _Ended(number)
    with files[number].open("rb") as newest:
        found = _last_line(newest, mend=False)
    return _Ended(number, found.cursor if found else None)


def _cursor_file(folder: Path, fetcher: Fetcher, request: str) -> Path:
    return folder / f".{fetcher.kind}-{request}.cursor"


def _kept(path: Path) -> _Ended:
    try:
        return _ENDED.decode(path.read_bytes())
    except FileNotFoundError:
        return _Ended()
    except msgspec.DecodeError as error:
        raise FetchError(_("An earlier fetch's file is damaged; move it away and fetch again.")) from error


def _keep(ended: _Ended, path: Path) -> None:
    draft = path.with_name(f"{path.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(ended))
        file.flush()
        os.fsync(descriptor)
    draft.replace(path)


def _last_line(file: BinaryIO, *, mend: bool = True) -> PageLine | None:
    """The last whole page; with `mend`, what follows it is cut off and the file stands at its end."""
    file.seek(0, os.SEEK_END)
    size = end = file.tell()
    tail = b""
    while end and tail.count(b"\n") < 2:
        start = max(0, end - _TAIL)
        file.seek(start)
        tail = file.read(end - start) + tail
        end = start
    whole = tail[: tail.rfind(b"\n") + 1]
    if mend:
        file.truncate(size - (len(tail) - len(whole)))
        file.seek(0, os.SEEK_END)
    try:
        return _LINE.decode(whole[:-1].rpartition(b"\n")[2]) if whole else None
    except msgspec.DecodeError as error:
        raise FetchError(_("An earlier fetch's file is damaged; move it away and fetch again.")) from error


def _line(page: Page, fetcher: Fetcher, at: datetime) -> bytes:
    line = PageLine(
        feed=fetcher.kind,
        format=FORMAT,
        request=dict(fetcher.given),
        fetched_at=at,
        cursor=page.cursor,
        done=page.done,
        page=msgspec.Raw(msgspec.json.encode(page.content)),
    )
    text = msgspec.json.encode(line) + b"\n"
    if len(text) > LINE_LIMIT:
        raise FetchError(
            _("The server's pages are larger than {most} MiB: ask for smaller ones.").format(most=LINE_LIMIT >> 20)
        )
    return text
