"""Processes that read shares of a feed for this one, which hands them blocks in shared memory and takes columns back.

`warehouse.load` opens `Workers` where a load is large enough to pay for them; `warehouse.worker` is what they run. Each
is given its blocks in turn, so that the order is known without asking. They end when this process does, however it
ends: their pipe closes.
"""

from __future__ import annotations

import mmap
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from analytics_dash.errors import InternalError, WarehouseError
from analytics_dash.i18n import _
from analytics_dash.identity import Identity
from analytics_dash.sources.streams import CHUNK, LINE_LIMIT
from analytics_dash.warehouse.reading import HANDFUL, Share

WORTH_IT: Final = 48 << 20
"""Bytes of feeds from which on processes pay: starting one costs as much as reading some megabytes."""
MOST: Final = 8
SLOT: Final = max(HANDFUL, LINE_LIMIT + CHUNK) + CHUNK
_SLOTS: Final = 2  # of each worker: one that it reads, one that is being filled


def worth(size: int) -> int:
    """How many workers a load of so many bytes is worth on this machine; 0 for none."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors, MOST) if size >= WORTH_IT and processors > 1 else 0


class Workers:
    """Some processes under one key. A context manager; leaving it ends them."""

    def __init__(self, number: int, identity: Identity) -> None:
        self._memory = _shared(number * _SLOTS * SLOT)
        self._map = mmap.mmap(self._memory, number * _SLOTS * SLOT)
        self._given = 0
        self.room = number * _SLOTS
        self._running: list[tuple[subprocess.Popen[bytes], Connection]] = []
        for _each in range(number):
            self._running.append(self._start(identity))

    def _start(self, identity: Identity) -> tuple[subprocess.Popen[bytes], Connection]:
        ours, theirs = socket.socketpair()
        with theirs:
            root = str(Path(__file__).parents[2])
            path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
            command = [sys.executable, "-m", "analytics_dash.warehouse.worker"]
            process = subprocess.Popen(  # noqa: S603 (this program's own module)
                [*command, str(theirs.fileno()), str(self._memory)],
                pass_fds=(theirs.fileno(), self._memory),
                stdin=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": path},
            )
        connection = Connection(ours.detach())
        connection.send(identity.parts())
        return process, connection

    def give(self, kind: str, options: Mapping[str, str], handful: Sequence[bytes]) -> Callable[[], Share]:
        """Have blocks read; the answer waits for the outcome. No more than `room` may be unanswered, oldest first."""
        turn = self._given % self.room
        self._given += 1
        start = turn * SLOT
        self._map[start : start + sum(map(len, handful))] = b"".join(handful)
        _process, connection = self._running[turn % len(self._running)]
        try:
            connection.send((kind, dict(options), start, [len(block) for block in handful]))
        except OSError as error:
            raise _gone() from error

        def outcome() -> Share:
            try:
                found = connection.recv()
            except (EOFError, OSError) as error:
                raise _gone() from error
            if isinstance(found, str):
                raise InternalError(found)
            if not isinstance(found, Share):  # pragma: no cover - the worker sends nothing else
                raise InternalError(type(found).__name__)
            return found

        return outcome

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _process, connection in self._running:
            connection.close()
        for process, _connection in self._running:
            process.kill()  # what it may still be reading, nobody waits for
            process.wait()
        self._map.close()
        os.close(self._memory)


def _gone() -> WarehouseError:
    return WarehouseError(
        _(
            "A process that was reading has ended before its time; the warehouse is as it was before. Is there too "
            "little memory? Try --processes 1."
        )
    )


def _shared(size: int) -> int:
    """A file descriptor of memory that has no name, so that nobody else can open it and nothing of it is left."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("adoption-load")
    else:  # pragma: no cover - not on Linux
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, size)
    return descriptor
