"""Reading one feed into columns, in this process or with helpers beside it; the outcome is the same to the byte.

`warehouse.load` calls `read_feed`. A reader that takes blocks (`read_blocks`) is given the feed's blocks by the
handful, one after the other; any other is read line by line. What comes out is in the feed's order, whoever read it.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, runtime_checkable

from analytics_dash.identity import Identity
from analytics_dash.sources.reader import Reader
from analytics_dash.sources.records import Batch, Reject
from analytics_dash.sources.streams import FeedFile, Line, blocks, lines
from analytics_dash.warehouse.columns import Columns, columns, spare_pandas

if TYPE_CHECKING:
    from analytics_dash.warehouse.workers import Workers

HANDFUL: Final = 12 << 20
"""Bytes of blocks that are read in one go: events of one name are taken together, and have to be many to pay for it."""


@runtime_checkable
class BlockReader(Protocol):
    """A reader that can take many lines at a time: what it has besides `Reader`."""

    kind: ClassVar[str]

    @property
    def given(self) -> Mapping[str, str]:
        """Its options, as `Reader` has them."""
        ...  # pragma: no cover

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """As `Reader.read`."""
        ...  # pragma: no cover

    def unknown_fields(self, block: bytes) -> list[str]:
        """Fields of the feed's first lines that its schema does not know, for the operator: the feed has changed."""
        ...  # pragma: no cover

    def read_blocks(self, blocks: Iterable[bytes], identity: Identity) -> Batch:
        """The batch of whole lines, each with its line feed: what `read` gives of them, in whatever order its rows."""
        ...  # pragma: no cover


def reads_blocks(reader: Reader | None) -> bool:
    """Whether several processes can share a feed of this reader."""
    return isinstance(reader, BlockReader)


@dataclass(slots=True)
class Share:
    """A stretch of a feed as read: `lines` = rows + ignored + rejects, as in a `Batch`."""

    columns: Columns
    lines: int = 0
    ignored: int = 0
    rejects: list[Reject] = field(default_factory=list)  # numbered from the share's first line
    notes: list[str] = field(default_factory=list)
    damage: str | None = None

    def moved(self, before: int) -> Share:
        """The share with its rejects numbered as lines of the feed, of which `before` come before it."""
        self.rejects = [Reject(before + line, reason) for line, reason in self.rejects]
        return self


def read_feed(
    reader: Reader,
    feed: FeedFile,
    identity: Identity,
    *,
    advance: Callable[[int], None] = lambda _bytes: None,
    workers: Workers | None = None,
) -> Iterator[Share]:
    """The feed's shares in its order. Raises `FeedError` as the reader and the stream do."""
    if not isinstance(reader, BlockReader):
        for batch in reader.read(lines(feed, advance=advance), identity):
            yield _share(batch)
        return
    before = 0
    notes: list[str] = []
    for share in _in_order(reader, feed, identity, advance, workers, notes):
        share.notes += notes
        notes.clear()
        yield share.moved(before)
        before += share.lines


def _in_order(  # noqa: PLR0917 (called once, from above)
    reader: BlockReader,
    feed: FeedFile,
    identity: Identity,
    advance: Callable[[int], None],
    workers: Workers | None,
    notes: list[str],
) -> Iterator[Share]:
    given: deque[Callable[[], Share]] = deque()
    try:
        for handful, pieces in groupby(_noted(blocks(feed, advance=advance), reader, notes), _Handful()):
            if handful and workers is None:
                yield read_handful(reader, pieces, identity)
            elif handful and workers is not None:
                while len(given) >= workers.room:
                    yield given.popleft()()
                given.append(workers.give(reader.kind, reader.given, list(pieces)))
            else:
                while given:
                    yield given.popleft()()
                yield _share(_joined(reader.read(pieces, identity)))
        while given:
            yield given.popleft()()
    finally:
        for outcome in given:  # the feed turned out to be unreadable: what is under way is waited for and dropped
            outcome()


@contextmanager
def unburdened() -> Iterator[None]:
    """Read without pandas, and without the garbage collector.

    It walks over all the rows again and again and finds no ring among them, for a quarter of a load's processor time.
    """
    spare_pandas()
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.freeze()
            gc.unfreeze()  # what has come up meanwhile counts as old, or it would be gone through at once
            gc.enable()


def read_handful(reader: BlockReader, handful: Iterable[bytes], identity: Identity) -> Share:
    """What the reader makes of some blocks, one after the other: each is let go before the next one is asked for."""
    return _share(reader.read_blocks(handful, identity))


def _share(batch: Batch) -> Share:
    return Share(
        columns(batch),
        lines=batch.lines,
        ignored=batch.ignored,
        rejects=batch.rejects,
        notes=batch.notes,
        damage=batch.damage,
    )


def _joined(batches: Iterable[Batch]) -> Batch:
    whole = Batch()
    for batch in batches:
        whole.join(batch)
    return whole


def _noted(pieces: Iterable[Line], reader: BlockReader, notes: list[str]) -> Iterator[Any]:
    """The pieces, of whose first block is noted what its lines have that nobody knows."""
    looked = False
    for piece in pieces:
        if not looked and isinstance(piece, bytes):
            looked, unknown = True, reader.unknown_fields(piece)
            notes += [f"fields that are not known and were not read: {', '.join(unknown)}"] if unknown else []
        yield piece


class _Handful:
    """Of each piece of a feed, the number of the handful of blocks that it is in; 0 for what is no block.

    Pieces of one number in a row go together: blocks, or what else there is (overlong lines, damage), in its place.
    """

    def __init__(self) -> None:
        self._number, self._size = 1, 0

    def __call__(self, piece: Line) -> int:
        if not isinstance(piece, bytes):
            return 0
        self._size += len(piece)
        if self._size > HANDFUL:
            self._number, self._size = self._number + 1, len(piece)
        return self._number
