"""The reading end of a connection to a model: what makes waiting bounded. `reply` reads answers through it.

A wire knows how long a silence may last and when the turn must end (`deadline`); one watch looks at all open wires and
ends those that are late, whether an endpoint is silent, drips a byte at a time or never ends a line. A time-out on the
socket would do the same at the cost of a timer for each piece of an answer. How a wire waits is `wire_hub`'s matter
where gevent runs; a thread waits in `recv`.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
import time
from contextvars import ContextVar
from typing import Final

from xblock_ai_tutor.gateway.models import Reading

READ_BYTES: Final = 65_536
AT_ONCE: Final = Reading()  # every piece matters
NOTHING_YET: Final = (BlockingIOError, ssl.SSLWantReadError)
_WATCH_S: Final = 0.1

deadline: Final[ContextVar[float]] = ContextVar("deadline", default=float("inf"))
"""When the turn must end (`time.monotonic`). The caller sets it before it asks; retries share it."""


class Wire:
    """The reading end of a connection, for one answer. The watch ends it when it is silent or lasts too long."""

    def __init__(self, sock: socket.socket, read_s: float) -> None:
        self._sock, self._read_s = sock, read_s
        self._deadline = deadline.get()
        self._asked = float("inf")  # since when the socket is waited for; a reader that is busy elsewhere is not late
        self._late = False
        self._sock.settimeout(None)  # from now on only the watch ends a wait
        _watch.add(self)

    def receive(self, reading: Reading = AT_ONCE) -> bytes:
        """What has come, some `READ_BYTES`; waits for it. Empty at the end. Raises `TimeoutError` when late.

        A reader may be left to wait a little longer where `reading` allows it.
        """
        self._asked = time.monotonic()
        try:
            data = self._wait(reading)
        except OSError:
            if not self._late:
                raise
            data = b""  # what an endpoint that writes on makes of a connection that we have shut
        finally:
            self._asked = float("inf")
        if not data and self._late:
            raise TimeoutError("Silent, or over time.")
        return data

    def _wait(self, _reading: Reading) -> bytes:
        """A thread sleeps or does not: it has the next piece as soon as there is one."""
        return self._sock.recv(READ_BYTES)

    def received(self) -> bytes:
        """What has come already, at most `READ_BYTES`; empty where nothing has. Does not wait."""
        self._sock.settimeout(0)
        try:
            return self._sock.recv(READ_BYTES)
        except NOTHING_YET:
            return b""
        finally:
            self._sock.settimeout(None)

    def hurry(self, seconds: float) -> None:
        """Bring the deadline forward: at most `seconds` from now."""
        self._deadline = min(self._deadline, time.monotonic() + seconds)

    def end_when_late(self, now: float) -> None:
        """Wake who waits for this wire, if it has waited too long."""
        if now > self._deadline or now > self._asked + self._read_s:
            self._late = True
            with contextlib.suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        """The answer is over: the socket is its connection's again."""
        _watch.forget(self)


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
            now = time.monotonic()
            # Under the lock: a wire that was let go may be another answer's connection by now.
            with self._lock:
                if not self._wires:
                    self._running = False
                    return
                for each in self._wires:
                    each.end_when_late(now)


_watch: Final = _Watch()


def wire_on(sock: socket.socket, read_s: float) -> Wire:
    """A wire for the next answer on `sock`; `read_s` is how long a silence may last."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched("socket"):
        # Imported late: without gevent's worker there is no need of gevent.
        from xblock_ai_tutor.gateway.models.wire_hub import HubWire  # noqa: PLC0415

        return HubWire(sock, read_s)
    return Wire(sock, read_s)
