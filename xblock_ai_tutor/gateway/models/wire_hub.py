"""A wire under gevent: the event loop takes what comes off the socket, and wakes the greenlet that waits for it.

gevent's own `recv` asks the socket in vain, begins to watch it, waits and stops watching, for every piece of an answer;
here all open wires are watched together, and what comes within a few milliseconds is taken in one go: with hundreds of
streams a round of the event loop for each piece costs more than the piece. And a piece that cannot end a sentence wakes
nobody who says that only sentences are of use: of some twenty pieces of a sentence one or two do. A stream that
trickles, and whose learner has something to read, rests between two looks: what lies there is taken together.
`wire.wire_on` makes one where gevent's sockets are.
"""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final
from weakref import WeakKeyDictionary

from gevent import get_hub, getcurrent, monkey

from xblock_ai_tutor.gateway.models import Reading
from xblock_ai_tutor.gateway.models.wire import NOTHING_YET, READ_BYTES, Wire

_READABLE: Final = 1  # libev's EV_READ, and EPOLLIN
_TOGETHER_S: Final = 0.003  # how long what comes right after something else may lie
_PATIENCE_S: Final = 0.5  # how long mere words may lie
_REST_S: Final = 0.1  # how long a stream is not looked at that trickles, once its first text was shown
_ROUND_S: Final = 0.01  # how often those are looked for whose rest is over
_TRICKLE_BYTES: Final = 4_096  # what comes in one rest where a model writes; an answer that is there already is more
# Deltas of letters, spaces and commas, as the API writes them, in a chunk each or not; the last may end in a full stop,
# of which only the next piece tells whether it ends a sentence. What is not recognised is no mere words: whoever waits
# is woken, and reads it as ever.
_DELTA: Final = (
    rb"(?:[0-9a-fA-F]{1,4}\r\n)?"
    rb"event: response\.output_text\.delta\ndata: \{[^{}\\\r\n]*"
    rb"\"delta\": ?\"(?:[A-Za-z0-9 ,;()'-]|[\xc3-\xc5][\x80-\xbf])*%b\"[^{}\\\r\n]*\}\n\n(?:\r\n)?"
)
_MERE_WORDS: Final = re.compile(rb"(?:%b)*(%b)?" % (_DELTA % b"", _DELTA % b"[.!?] ?"))


class _Watched:
    """The wires that are open in one event loop. The first thing that comes is taken at once, the next a little later.

    It lasts while there is a wire, so that no process that forks shares it.
    """

    def __init__(self, hub: Any) -> None:
        self._hub = hub
        self._wires: dict[int, HubWire] = {}
        self._epoll = monkey.get_original("select", "epoll")()
        self._timer = hub.loop.timer(_TOGETHER_S)
        self._watcher = hub.loop.io(self._epoll.fileno(), _READABLE)
        self._watcher.start(self._look)
        self._resting: deque[tuple[float, HubWire]] = deque()
        self._rounds = hub.loop.timer(_ROUND_S, _ROUND_S)

    def add(self, number: int, wire: HubWire) -> None:
        """Watch the socket of that file number for `wire`."""
        if number in self._wires:
            self.pause(number)  # of a wire that was never let go of
        self._wires[number] = wire
        self.go_on(number)

    def pause(self, number: int) -> None:
        """Take nothing off this socket until it is to `go_on`."""
        with contextlib.suppress(OSError):  # a socket that was closed is watched no more
            self._epoll.unregister(number)

    def go_on(self, number: int) -> None:
        self._epoll.register(number, _READABLE)

    def rest(self, wire: HubWire) -> float:
        """Look at this wire again when its rest is over, and not before; when that is (`time.monotonic`)."""
        if not self._resting:
            self._rounds.start(self._wake)
        until = time.monotonic() + _REST_S
        self._resting.append((until, wire))
        return until

    def remove(self, number: int, wire: HubWire) -> None:
        """Watch it no more."""
        if self._wires.get(number) is not wire:
            return
        del self._wires[number]
        self.pause(number)
        if not self._wires:
            del _watched[self._hub]
            for each in (self._watcher, self._timer, self._rounds):
                each.stop()
                each.close()
            self._epoll.close()

    def _look(self) -> None:
        """Take what has come on all of them. Runs in the event loop."""
        come = self._epoll.poll(0)
        if not come:
            self._watcher.start(self._look)
            return
        self._watcher.stop()
        self._timer.start(self._look)
        for number, _event in come:
            # Who was woken before may have let go of others.
            if (wire := self._wires.get(number)) is not None:
                wire.take()

    def _wake(self) -> None:
        """Take what has come on those whose rest is over. Runs in the event loop."""
        now, resting = time.monotonic(), self._resting
        while resting and resting[0][0] <= now:
            until, wire = resting.popleft()
            if wire.rests_until == until:
                wire.take()
        if self._wires and not resting:  # without a wire all of this has ended
            self._rounds.stop()


_watched: Final[WeakKeyDictionary[Any, _Watched]] = WeakKeyDictionary()


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
        self._stopped = False  # whether the words that lie here end in a full stop
        self._hub = get_hub()
        self._number = sock.fileno()
        self._paused = False
        self._may_rest = False
        self.rests_until = 0.0  # while it rests
        if self._hub not in _watched:
            _watched[self._hub] = _Watched(self._hub)
        self._watched = _watched[self._hub]
        self._watched.add(self._number, self)

    def _wait(self, reading: Reading) -> bytes:
        self._patient_until = time.monotonic() + _PATIENCE_S if reading.mid_sentence else 0.0
        self._may_rest = reading.begun
        self._stopped = False
        while not self._come and not self._over:
            self._waiter = getcurrent()
            try:
                self._hub.switch()
            finally:
                self._waiter = None
        return self._taken()

    def received(self) -> bytes:
        if not self._come and not self._over:
            self.take()
        return self._taken()

    def let_go(self) -> None:
        super().let_go()
        self.rests_until = 0.0
        self._watched.remove(self._number, self)

    def _taken(self) -> bytes:
        data, self._come = self._come, b""
        if self._over:
            if not data and self._failure is not None:
                raise self._failure
        elif self._paused:
            self._paused = False
            self._watched.go_on(self._number)
        return data

    def take(self) -> None:
        """Take what has come. Runs in the event loop, so it never waits."""
        try:
            data = self._sock.recv(READ_BYTES)
            while self._pending is not None and data and self._pending():
                data += self._sock.recv(READ_BYTES)
        except NOTHING_YET:
            self._watch()  # a rest was too long: what comes next is taken as it comes
            return
        except Exception as failure:
            data, self._failure = b"", failure
        self._come += data
        self._over = not data
        if self._over or len(self._come) >= READ_BYTES:
            self._pause()
        else:
            if self._may_rest and len(data) < _TRICKLE_BYTES:
                self._rest()
            else:
                self._watch()
            if not self._stopped and time.monotonic() < self._patient_until and (mere := _MERE_WORDS.fullmatch(data)):
                self._stopped = mere[1] is not None
                return
        if self._waiter is not None:
            self._waiter.switch()

    def _pause(self) -> None:
        """Take nothing until what is here was read."""
        if not self._paused:
            self._paused, self.rests_until = True, 0.0
            self._watched.pause(self._number)

    def _rest(self) -> None:
        """Take nothing for a moment."""
        if not self.rests_until:
            self._watched.pause(self._number)
        self.rests_until = self._watched.rest(self)

    def _watch(self) -> None:
        """Take what comes as it comes."""
        if self.rests_until:
            self.rests_until = 0.0
            self._watched.go_on(self._number)
