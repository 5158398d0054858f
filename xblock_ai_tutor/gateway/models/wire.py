"""The reading end of a connection to a model: what makes waiting bounded. `transport` reads answers through it.

`Connection` and `TlsConnection` are urllib3's, with the standard library's reader of answers (`Reply`) over a `Wire`.
A wire knows how long a silence may last and when the turn must end (`deadline`); one watch looks at all open wires and
ends those that are late, whether an endpoint is silent, drips a byte at a time or never ends a line.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import socket
import threading
import time
from contextvars import ContextVar
from typing import Any, Final

import urllib3

READ_BYTES: Final = 16_384
_WATCH_S: Final = 0.1
_AFTER_CHUNK: Final = b"\r\n"  # stays unread until the next chunk is asked for

deadline: Final[ContextVar[float]] = ContextVar("deadline", default=float("inf"))
"""When the turn must end (`time.monotonic`). The caller sets it before it asks; retries share it."""


class Wire(io.RawIOBase):
    """The reading end of a connection, for one answer. `_Watch` ends it when it is silent or lasts too long.

    A time-out on the socket would do the same at the cost of a timer for each piece of an answer.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, read_s: float) -> None:
        self._raw, self._sock, self._read_s = raw, sock, read_s
        self._deadline = deadline.get()
        self._asked = float("inf")  # since when the socket is waited for; a reader that is busy elsewhere is not late
        self._late = False
        self.reads = float("inf")  # how many more times the socket may be asked
        _watch.add(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.reads <= 0:
            return None
        self.reads -= 1
        self._asked = time.monotonic()
        try:
            count = self._sock.recv_into(buffer)
        except BlockingIOError:
            return None
        finally:
            self._asked = float("inf")
        if count == 0 and self._late:
            raise TimeoutError("Silent, or over time.")
        return count

    def end_when_late(self, now: float) -> None:
        """Wake who waits for this wire, if it has waited too long."""
        if not self.closed and (now > self._deadline or now > self._asked + self._read_s):
            self._late = True
            with contextlib.suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)

    def hurry(self, seconds: float) -> None:
        """Bring the deadline forward: at most `seconds` from now."""
        self._deadline = min(self._deadline, time.monotonic() + seconds)

    def wait_without_timer(self) -> None:
        """From now on only the watch ends a wait."""
        self._sock.settimeout(None)

    def look_once(self) -> None:
        """Take what has come at the next read, without waiting, and nothing after."""
        self._sock.settimeout(0)
        self.reads = 1

    def close(self) -> None:
        _watch.forget(self)
        self._raw.close()  # which counts how many still use the socket
        super().close()


class _Watch:
    """One thread (under gevent a greenlet) that looks at every open wire, several times a second."""

    def __init__(self) -> None:
        self._wires: set[Wire] = set()
        self._lock = threading.Lock()
        self._running = False

    def add(self, wire: Wire) -> None:
        with self._lock:
            self._wires.add(wire)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="model-watch", daemon=True).start()

    def forget(self, wire: Wire) -> None:
        with self._lock:
            self._wires.discard(wire)

    def _run(self) -> None:
        while True:
            time.sleep(_WATCH_S)
            with self._lock:
                open_wires = tuple(self._wires)
                if not open_wires:
                    self._running = False
                    return
            now = time.monotonic()
            for each in open_wires:
                each.end_when_late(now)


_watch: Final = _Watch()


class Reply(http.client.HTTPResponse):
    """The standard library's reader of an answer, over a `Wire`."""

    def __init__(self, connection: Connection | TlsConnection, sock: socket.socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        read_s = sock.gettimeout() or float("inf")  # urllib3 has just set it
        self.wire = Wire(self.fp.detach(), sock, read_s)  # the socket's own file, without its buffer
        self.buffer = io.BufferedReader(self.wire, READ_BYTES)
        self.fp = self.buffer  # type: ignore[assignment]
        connection.reply = self

    def has_more(self) -> bool:
        """Whether more of the body has come already. Asks the buffer, never the socket."""
        if self.isclosed():
            return False
        allowed, self.wire.reads = self.wire.reads, 0
        try:
            return len(self.buffer.peek(1)) > len(_AFTER_CHUNK)
        finally:
            self.wire.reads = allowed


class Connection(urllib3.connection.HTTPConnection):
    reply: Reply

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.response_class = functools.partial(Reply, self)  # type: ignore[assignment]  # http.client's own hook


class TlsConnection(urllib3.connection.HTTPSConnection):
    reply: Reply

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.response_class = functools.partial(Reply, self)  # type: ignore[assignment]  # http.client's own hook
