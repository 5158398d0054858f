"""A wire under gevent: the event loop takes what comes off the socket, and wakes the greenlet that waits for it.

gevent's own `recv` asks the socket in vain, begins to watch it, waits and stops watching, for every piece of an answer;
here one watcher lasts as long as the answer. And a piece that cannot end a sentence wakes nobody who says that only
sentences are of use: of some twenty pieces of a sentence two or three do. `wire.wire_on` makes one where gevent's
sockets are.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from typing import Any, Final

from gevent import get_hub, getcurrent

from xblock_ai_tutor.gateway.models.wire import NOTHING_YET, READ_BYTES, Wire

_READABLE: Final = 1  # libev's EV_READ
_PATIENCE_S: Final = 0.5  # how long mere words may lie
# Deltas of letters, spaces and commas, as the API writes them, in a chunk each or not. What is not recognised is no
# mere words: whoever waits is woken, and reads it as ever.
_MERE_WORDS: Final = re.compile(
    rb"(?:(?:[0-9a-fA-F]{1,4}\r\n)?"
    rb"event: response\.output_text\.delta\ndata: \{[^{}\\\r\n]*"
    rb"\"delta\": ?\"(?:[A-Za-z0-9 ,;()'-]|[\xc3-\xc5][\x80-\xbf])*\"[^{}\\\r\n]*\}\n\n(?:\r\n)?)+"
)


class HubWire(Wire):
    """Holds at most twice `READ_BYTES`; while it holds more than once, nothing is taken off the socket."""

    def __init__(self, sock: socket.socket, read_s: float) -> None:
        super().__init__(sock, read_s)
        self._sock.settimeout(0)
        # TLS may hold the rest of a record, of which the kernel knows nothing any more.
        self._pending: Callable[[], int] | None = getattr(sock, "pending", None)
        self._come = b""
        self._over = False
        self._failure: Exception | None = None
        self._waiter: Any = None  # the greenlet that waits
        self._patient_until = 0.0
        self._hub = get_hub()
        self._watcher = self._hub.loop.io(sock.fileno(), _READABLE)
        self._watcher.start(self._take)

    def _wait(self, *, unhurried: bool) -> bytes:
        self._patient_until = self._hub.loop.now() + _PATIENCE_S if unhurried else 0.0
        while not self._come and not self._over:
            self._waiter = getcurrent()
            try:
                self._hub.switch()
            finally:
                self._waiter = None
        return self._taken()

    def received(self) -> bytes:
        if not self._come and not self._over:
            self._take()
        return self._taken()

    def let_go(self) -> None:
        super().let_go()
        self._watcher.stop()
        self._watcher.close()

    def _taken(self) -> bytes:
        data, self._come = self._come, b""
        if self._over:
            if not data and self._failure is not None:
                raise self._failure
        elif len(data) >= READ_BYTES:
            self._watcher.start(self._take)
        return data

    def _take(self) -> None:
        """Take what has come. Runs in the event loop, so it never waits."""
        try:
            data = self._sock.recv(READ_BYTES)
            while self._pending is not None and data and self._pending():
                data += self._sock.recv(READ_BYTES)
        except NOTHING_YET:
            return
        except Exception as failure:
            data, self._failure = b"", failure
        self._come += data
        self._over = not data
        if self._over or len(self._come) >= READ_BYTES:
            self._watcher.stop()
        elif self._hub.loop.now() < self._patient_until and _MERE_WORDS.fullmatch(data):
            return
        if self._waiter is not None:
            self._waiter.switch()
