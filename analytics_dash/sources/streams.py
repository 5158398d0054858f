"""Bytes of a feed, whatever their wrapping: size and digest of a file, gzip and zstd by magic bytes, bounded lines.

Nothing here knows what a feed means. Memory is bounded by `LINE_LIMIT` and the chunk, whatever the file's size; a
damaged gzip stream gives every line that can still be read, then says where it ends. Readers call `lines`.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from analytics_dash.errors import FeedError, UsageError
from analytics_dash.i18n import _
from analytics_dash.sources.zstd import ZSTD_MAGIC, unzstd

CHUNK: Final = 1 << 18
LINE_LIMIT: Final = 4 << 20  # the platform cuts its own events at 50 kB
GZIP_MAGIC: Final = b"\x1f\x8b"
# What people rename to .log or .csv. Each is told apart by its first bytes and refused with what to do.
FOREIGN: Final[tuple[tuple[bytes, str], ...]] = (
    (b"PK\x03\x04", "zip (or a spreadsheet)"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"%PDF-", "PDF"),
)

_TAR_AT, _TAR = 257, b"ustar"  # POSIX.1-1988: where the first member's header says what it is


@dataclass(frozen=True, slots=True)
class Overlong:
    """A line longer than the limit; its bytes were not kept."""


@dataclass(frozen=True, slots=True)
class Damage:
    """The wrapping is broken: what follows the last line cannot be read. `reason` says how."""

    reason: str


Line = bytes | Overlong | Damage
OVERLONG: Final = Overlong()


@dataclass(slots=True)
class FeedFile:
    """A file as it was when it was looked at. A log that grows meanwhile is read up to `size` and no further.

    A stretch of a file begins at `start`; where the file may be renamed meanwhile, `descriptor` is it, opened.
    """

    path: Path
    size: int
    digest: str  # SHA-256, hex; empty until it is read, where nobody needed it before
    start: int = 0
    descriptor: int | None = None
    inode: tuple[int, int] | None = None  # which file it is, where no digest says so


def look_at(path: Path, *, advance: Callable[[int], None] = lambda _bytes: None) -> FeedFile:
    """Size and digest of a file.

    Raises `UsageError` where it cannot be opened or is no regular file, `FeedError` where reading it fails.
    """
    digest, size = hashlib.sha256(), 0
    with _open(path) as file:
        while chunk := _read(file, CHUNK, path):
            digest.update(chunk)
            size += len(chunk)
            advance(len(chunk))
    return FeedFile(path, size, digest.hexdigest())


def stretch(path: Path, descriptor: int, start: int, size: int) -> FeedFile:
    """`size` bytes of an opened file from `start` on, as a feed. Raises `FeedError` where they cannot be read."""
    digest = hashlib.sha256()
    with _opened(FeedFile(path, size, "", start, descriptor)) as file:
        left = size
        while left and (chunk := _read(file, min(CHUNK, left), path)):
            digest.update(chunk)
            left -= len(chunk)
    return FeedFile(path, size, digest.hexdigest(), start, descriptor)


def glance_at(path: Path) -> FeedFile:
    """Size of a file alone: its digest is found while it is read. Raises as `look_at` does."""
    with _open(path) as file:
        status = os.fstat(file.fileno())
    return FeedFile(path, status.st_size, "", inode=(status.st_dev, status.st_ino))


def lines(
    feed: FeedFile, *, limit: int = LINE_LIMIT, advance: Callable[[int], None] = lambda _bytes: None
) -> Iterator[Line]:
    """The lines of a feed, without their line feed; `Overlong` in place of a longer one; `Damage` at most once, last.

    Raises `FeedError` for a wrapping that we do not read, and where the file has changed since `look_at`.
    """
    return _split(_chunks(feed, advance), limit)


def blocks(
    feed: FeedFile, *, advance: Callable[[int], None] = lambda _bytes: None
) -> Iterator[bytes | Overlong | Damage]:
    """The same lines, many at a time: each block holds whole lines, each with its line feed, also the feed's last.

    A block is of the chunk's size, or of one line's if that is longer. Raises what `lines` raises.
    """
    return _gather(_chunks(feed, advance))


def _open(path: Path) -> BinaryIO:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(_("{name} is not a file; give files or directories of files.").format(name=path.name))
        return path.open("rb")
    except FileNotFoundError as error:
        raise UsageError(_("There is no file {path}: check the path.").format(path=path)) from error
    except PermissionError as error:
        raise UsageError(_("{path} may not be read by this user: check its permissions.").format(path=path)) from error
    except OSError as error:
        raise UsageError(
            _("{path} cannot be opened: {reason}.").format(path=path, reason=os.strerror(error.errno or 0))
        ) from error


def _opened(feed: FeedFile) -> BinaryIO:
    """The feed's file, at the feed's beginning."""
    file = _open(feed.path) if feed.descriptor is None else os.fdopen(os.dup(feed.descriptor), "rb")
    file.seek(feed.start)
    return file


def _read(file: BinaryIO, size: int, path: Path) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        # A bad sector, a share that went away: the file's fault, not the warehouse's.
        raise FeedError(
            _("{name} cannot be read: {reason}.").format(name=path.name, reason=os.strerror(error.errno or 0))
        ) from error


def _raw(feed: FeedFile, advance: Callable[[int], None]) -> Iterator[bytes]:
    digest, left = hashlib.sha256(), feed.size
    with _opened(feed) as file:
        before = os.fstat(file.fileno())
        while left and (chunk := _read(file, min(CHUNK, left), feed.path)):
            digest.update(chunk)
            left -= len(chunk)
            advance(len(chunk))
            yield chunk
        after = os.fstat(file.fileno())
    same = feed.inode == (after.st_dev, after.st_ino)
    appended = after.st_size > feed.size or after.st_mtime_ns == before.st_mtime_ns
    if not feed.digest and not left and same and appended:
        feed.digest = digest.hexdigest()  # what was read is what was hashed; what was appended meanwhile is for later
    if digest.hexdigest() != feed.digest:
        raise FeedError(
            _("{name} was changed while it was being read, so nothing was loaded: run the load again.").format(
                name=feed.path.name
            )
        )


def _chunks(feed: FeedFile, advance: Callable[[int], None]) -> Iterator[bytes | Damage]:
    raw = _raw(feed, advance)
    first = next(raw, b"")
    for magic, name in FOREIGN:
        if first.startswith(magic):
            raise FeedError(
                _("{name} is {format}, which is not read here: export it as UTF-8 text (plain, .gz or .zst).").format(
                    name=feed.path.name, format=name
                )
            )
    unpacked = _unpacked(first, raw)
    start = next(unpacked, b"")
    if isinstance(start, bytes) and start[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        raise FeedError(
            _("{name} is a tar archive, which is not read here: unpack it, and load the folder.").format(
                name=feed.path.name
            )
        )
    if start:
        yield start
    yield from unpacked


def _unpacked(first: bytes, raw: Iterator[bytes]) -> Iterator[bytes | Damage]:
    if first.startswith(GZIP_MAGIC):
        yield from _gunzip(_prepend(first, raw))
    elif first.startswith(ZSTD_MAGIC):
        for piece in unzstd(_prepend(first, raw)):
            yield Damage(piece) if isinstance(piece, str) else piece
    else:
        yield from _prepend(first, raw)


def _prepend(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _gunzip(chunks: Iterator[bytes]) -> Iterator[bytes | Damage]:
    """The unpacked bytes of one or more gzip members, then `Damage` where the last is cut short or broken."""
    member = zlib.decompressobj(wbits=31)
    started = False
    for chunk in chunks:
        data, more = chunk, False
        while data or more:
            if member.eof:
                # Between members; padding with zeros is allowed, anything else is not ours to guess.
                data = data.lstrip(b"\0")
                if not data:
                    break
                member, started = zlib.decompressobj(wbits=31), False
            before = member.copy()
            try:
                unpacked = member.decompress(data, CHUNK)
            except zlib.error:
                yield from _salvage(before, data)
                for _unread in chunks:  # the digest of the file is still found and checked
                    pass
                yield Damage("the gzip data is damaged here; the rest of the file cannot be read")
                return
            started = True
            if unpacked:
                yield unpacked
            data = member.unused_data if member.eof else member.unconsumed_tail
            # A full answer may leave output inside the decompressor, even with no input left.
            more = len(unpacked) == CHUNK and not member.eof
    if started and not member.eof:
        yield Damage("the gzip data ends too early; the file was cut short")


def _salvage(member: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What can be unpacked before the damage: `decompress` gives nothing of a call that fails, so feed it bytes."""
    for position in range(len(data)):
        try:
            unpacked = member.decompress(data[position : position + 1])
        except zlib.error:
            return
        if unpacked:
            yield unpacked


def _split(chunks: Iterator[bytes | Damage], limit: int) -> Iterator[Line]:
    pending: list[bytes] = []
    length = 0  # of the pending line so far; beyond the limit its bytes are dropped, its length still grows
    for chunk in chunks:
        if isinstance(chunk, Damage):
            yield chunk  # with it goes the unfinished line before it
            return
        *finished, rest = chunk.split(b"\n")
        if finished:
            head = finished[0]
            if length + len(head) > limit:
                yield OVERLONG
            else:
                yield b"".join((*pending, head)) if pending else head
            for line in finished[1:]:
                yield line if len(line) <= limit else OVERLONG
            pending, length = [], 0
        length += len(rest)
        if length > limit:
            pending.clear()
        elif rest:
            pending.append(rest)
    if length > limit:
        yield OVERLONG
    elif pending:
        yield b"".join(pending)


def _gather(chunks: Iterator[bytes | Damage]) -> Iterator[bytes | Overlong | Damage]:
    pending: list[bytes] = []
    length = 0  # of the line that has begun; beyond the limit its bytes are dropped, its length still grows
    for chunk in chunks:
        if isinstance(chunk, Damage):
            yield chunk
            return
        start, end = 0, chunk.rfind(b"\n") + 1
        if length and end:
            first = chunk.find(b"\n")
            if length + first > LINE_LIMIT:
                yield OVERLONG
                pending, start = [], first + 1
        if end > start:
            yield b"".join((*pending, memoryview(chunk)[start:end])) if pending or start or end < len(chunk) else chunk
        if end:
            pending, length = [], 0
        rest = chunk[end:]
        length += len(rest)
        if length > LINE_LIMIT:
            pending.clear()
        elif rest:
            pending.append(rest)
    if length > LINE_LIMIT:
        yield OVERLONG
    elif pending:
        yield b"".join((*pending, b"\n"))
