"""The load of `bench_gateway.py`: many event streams at once from one process, over plain sockets and epoll.

A `Target` says how to ask and what to look for; `back_to_back` keeps so many answers running, `paced` keeps so many
streams open. It reads everything and keeps nothing but the moment of the first displayable text and how it ended.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_PATIENCE_S = 40.0
_PREPARED_A_SECOND = 500


@dataclass(frozen=True)
class Target:
    """Where to ask and how. `request` makes the bytes of a whole request for an id; the marks are bytes of a stream."""

    name: str
    port: int
    request: Callable[[int], bytes]
    first_text: bytes = b"response.output_text.delta"
    good_end: bytes = b"response.completed"
    waits_for: int = 0  # which of the stub's two moments the first text follows: 0 first delta, 1 sentence certain


@dataclass
class Stream:
    number: int
    sock: socket.socket
    begun: float
    request: bytes = b""
    first: float | None = None
    tail: bytes = b""
    good: bool = False


@dataclass
class Result:
    seconds: float = 0.0
    good: int = 0
    bad: int = 0
    first_text: dict[int, float] = field(default_factory=dict)  # id → moment


class Load:
    def __init__(self, target: Target, prepared: int = 0) -> None:
        self.target = target
        self.epoll = select.epoll()
        self.streams: dict[int, Stream] = {}
        # So many are made before the clock runs: what signing tickets costs is not the server's.
        made = ((number, target.request(number)) for number in itertools.count(1))
        self.requests = itertools.chain(list(itertools.islice(made, prepared)), made)
        self.result = Result()

    def start(self) -> None:
        number, request = next(self.requests)
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(BlockingIOError):
            sock.connect(("127.0.0.1", self.target.port))
        stream = Stream(number, sock, time.monotonic(), request)
        self.streams[sock.fileno()] = stream
        self.epoll.register(sock.fileno(), select.EPOLLOUT)

    def turn(self, wait: float) -> int:
        """Move what can move; how many streams ended."""
        ended = 0
        for number, event in self.epoll.poll(wait):
            stream = self.streams[number]
            try:
                if event & select.EPOLLOUT:
                    sent = stream.sock.send(stream.request)
                    stream.request = stream.request[sent:]
                    if not stream.request:
                        self.epoll.modify(number, select.EPOLLIN)
                    continue
                data = stream.sock.recv(262_144)
            except OSError:
                data = b""
            if data:
                self._hear(stream, data)
            if not data or stream.good:
                self._end(stream)
                ended += 1
        return ended

    def _hear(self, stream: Stream, data: bytes) -> None:
        seen = stream.tail + data
        if stream.first is None and self.target.first_text in seen:
            stream.first = time.monotonic()
        if self.target.good_end in seen:
            stream.good = True
        stream.tail = seen[-64:]

    def _end(self, stream: Stream) -> None:
        self.epoll.unregister(stream.sock.fileno())
        del self.streams[stream.sock.fileno()]
        stream.sock.close()
        if stream.good and stream.first is not None:
            self.result.good += 1
            self.result.first_text[stream.number] = stream.first
        else:
            self.result.bad += 1

    def finish(self) -> None:
        """Wait for what is still running; what does not end is an error."""
        ends = time.monotonic() + _PATIENCE_S
        while self.streams and time.monotonic() < ends:
            self.turn(0.5)
        for stream in list(self.streams.values()):
            self._end(stream)
        self.epoll.close()


def back_to_back(target: Target, *, at_once: int, seconds: float) -> Result:
    """Keep `at_once` answers running for `seconds`; `Result.good` counts those that ended within that time."""
    load = Load(target, prepared=int(seconds * _PREPARED_A_SECOND))
    for _ in range(at_once):
        load.start()
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        for _ in range(load.turn(0.1)):
            load.start()
    result = Result(time.monotonic() - begun, load.result.good, load.result.bad)
    load.finish()
    result.bad = load.result.bad
    return result


def paced(
    target: Target, *, streams: int, ramp_s: float, hold_s: float, at_full: Callable[[], None] = lambda: None
) -> Result:
    """Open `streams` evenly over `ramp_s`, begin a new one for each that ends for `hold_s` more, then let them end.

    `at_full` is called once, when all are open.
    """
    load = Load(target)
    begun = time.monotonic()
    due = [begun + ramp_s * index / streams for index in range(streams)]
    heapq.heapify(due)
    told = False
    while (now := time.monotonic()) - begun < ramp_s + hold_s:
        while due and due[0] <= now:
            heapq.heappop(due)
            load.start()
        if not due and not told and len(load.streams) >= streams * 0.9:
            told = True
            at_full()
        wait = min(0.05, max(0.0, due[0] - time.monotonic())) if due else 0.05
        for _ in range(load.turn(wait)):
            load.start()
    load.finish()
    load.result.seconds = time.monotonic() - begun
    return load.result
