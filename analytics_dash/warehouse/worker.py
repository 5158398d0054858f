"""What a helper process runs: blocks out of shared memory, through a reader, back as columns, until its pipe closes.

`warehouse.workers` starts it with two file descriptors: its end of the pipe, and the memory. The key comes first, and
through the pipe. An exception's text may quote a line, so only its kind and place go back.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import signal
import sys
from multiprocessing.connection import Connection

from analytics_dash.identity import Identity
from analytics_dash.sources import READERS
from analytics_dash.warehouse.reading import BlockReader, Share, read_handful, unburdened


def serve(connection: Connection, memory: int) -> None:
    """Answer `(kind, options, start, lengths)` with a `Share`, or with a string where the reader failed."""
    identity = Identity(*connection.recv())
    blocks = memoryview(mmap.mmap(memory, os.fstat(memory).st_size, access=mmap.ACCESS_READ))
    while True:
        try:
            kind, options, start, lengths = connection.recv()
        except EOFError:
            return
        handful = []
        for length in lengths:
            handful.append(bytes(blocks[start : start + length]))
            start += length
        connection.send(_outcome(kind, options, handful, identity))


def _outcome(kind: str, options: dict[str, str], handful: list[bytes], identity: Identity) -> Share | str:
    try:
        reader = READERS[kind](options)
        if not isinstance(reader, BlockReader):  # pragma: no cover - blocks are given to such readers alone
            raise TypeError(kind)
        return read_handful(reader, handful, identity)
    except Exception as error:  # whatever it is, the load must be told
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"
        return f"{type(error).__name__} at {place} in a helper process"


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the load, which then ends this one
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, EOFError), unburdened():  # the load was killed
        serve(Connection(int(sys.argv[1])), int(sys.argv[2]))
