"""A model endpoint for benchmarks: 200 deltas an answer, paced over five seconds or back to back. One cheap process.

`bench_gateway.py` starts it. It speaks as much of the Responses API as a stream needs, finds `bench-<id>-` in what it
is asked, and remembers when it sent the answer's first delta and the one that makes the end of the first sentence
certain (`CERTAIN`): the load generator, on the same clock, takes its own times from there.

    POST /v1/responses      an answer
    GET  /mode/paced|burst  how to send from now on
    GET  /times             {"<id>": [first, certain]}, seconds of CLOCK_MONOTONIC; forgets them
"""

from __future__ import annotations

import heapq
import itertools
import json
import re
import select
import socket
import sys
import time
from typing import Any

SECONDS = 5.0
# What a tutor says beside the question of the benchmark, in as many words as deltas: nothing that a check leaves out.
ANSWER = """
A citation can look perfect and still lead nowhere, because a language model writes the words that are likely and not
the words that were found. So first look up each authority yourself, in a place that the model had no part in making.
For a judgment of the last twenty years you can begin with Find Case Law, and for an older one you will need a law
library. Type in the whole citation, with the year, the court and the page, and see what comes up. If nothing comes up,
write down where you looked and when, and try one more place before you draw a conclusion. If something does come up,
do not stop there. Open the judgment and read the part that your colleague relies on, so that you know what the court
was asked and what it said. Then look whether a later court has followed it, or has gone another way. What you tell
your colleague follows from that log. You can say which authority you searched for, in which places, and what you found
in each one. What have you looked at so far, and which of the three would you begin with?
"""
TEXTS = [word + " " for word in ANSWER.split()]
DELTAS = len(TEXTS)  # 200
CERTAIN = next(number for number, text in enumerate(TEXTS, 1) if text.endswith(". "))  # the second sentence's first
_ID = re.compile(rb"bench-(\d+)-")
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")


def _event(number: int, kind: str, **fields: Any) -> bytes:
    body = json.dumps({"type": kind, "sequence_number": number} | fields, separators=(",", ":"))
    data = f"event: {kind}\ndata: {body}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(data), data)


def _response(status: str, text: str | None) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": status, "content": [part]}
    usage = {
        "input_tokens": 900,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": DELTAS,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 900 + DELTAS,
    }
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1.0,
        "status": status,
        "error": None,
        "model": "bench",
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": True,
        "tools": [],
        "temperature": None,
        "tool_choice": "auto",
        "top_p": None,
        "output": [message] if text else [],
        "usage": usage if text else None,
    }


_PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n" + _event(0, "response.created", response=_response("in_progress", None))
)
PARTS = [
    _event(number, "response.output_text.delta", **_PLACE, delta=text, logprobs=[])
    for number, text in enumerate(TEXTS, 1)
]
TAIL = (
    _event(DELTAS + 1, "response.output_text.done", **_PLACE, text="".join(TEXTS), logprobs=[])
    + _event(DELTAS + 2, "response.completed", response=_response("completed", "".join(TEXTS)))
    + b"0\r\n\r\n"
)
WHOLE = HEAD + b"".join(PARTS) + TAIL


class Stub:
    def __init__(self, port: int) -> None:
        self.listener = socket.create_server(("127.0.0.1", port), backlog=1024)
        self.listener.setblocking(False)
        self.epoll = select.epoll()
        self.epoll.register(self.listener.fileno(), select.EPOLLIN)
        self.open: dict[int, socket.socket] = {}
        self.heard: dict[int, bytearray] = {}
        self.unsent: dict[int, bytearray] = {}
        self.due: list[tuple[float, int, int, socket.socket, int, bytes]] = []
        self.order = itertools.count()
        self.times: dict[str, list[float]] = {}
        self.paced = False

    def run(self) -> None:
        while True:
            wait = max(0.0, self.due[0][0] - time.monotonic()) if self.due else 60.0
            for number, event in self.epoll.poll(wait):
                if number == self.listener.fileno():
                    self._accept()
                elif event & select.EPOLLOUT:
                    self._flush(number)
                else:
                    self._read(number)
            now = time.monotonic()
            while self.due and self.due[0][0] <= now:
                self._step(*heapq.heappop(self.due))

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except BlockingIOError:
                return
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.open[connection.fileno()] = connection
            self.heard[connection.fileno()] = bytearray()
            self.epoll.register(connection.fileno(), select.EPOLLIN)

    def _read(self, number: int) -> None:
        try:
            data = self.open[number].recv(262_144)
        except OSError:
            data = b""
        if not data:
            self._close(number)
            return
        heard = self.heard[number]
        heard += data
        head, blank, body = heard.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if blank and len(body) >= (int(length[1]) if length else 0):
            heard.clear()
            self._answer(number, bytes(head.split(b" ", 2)[1]), bytes(body))

    def _answer(self, number: int, path: bytes, body: bytes) -> None:
        if path.startswith(b"/mode/"):
            self.paced = path == b"/mode/paced"
            self._send(number, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        elif path == b"/times":
            told, self.times = json.dumps(self.times).encode(), {}
            self._send(number, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(told), told))
        elif self.paced:
            found = _ID.search(body)
            who = found[1] if found else b""
            self._send(number, HEAD)
            begun = time.monotonic()
            heapq.heappush(self.due, (begun + SECONDS / DELTAS, next(self.order), 0, self.open[number], number, who))
        else:
            self._send(number, WHOLE)

    def _step(self, due: float, _order: int, at: int, connection: socket.socket, number: int, who: bytes) -> None:
        if self.open.get(number) is not connection:
            return  # the caller hung up
        if at == 0:
            self.times[who.decode()] = [time.monotonic()]
        elif at == CERTAIN:
            self.times.setdefault(who.decode(), [0.0]).append(time.monotonic())
        self._send(number, PARTS[at])
        if at + 1 < DELTAS:
            heapq.heappush(self.due, (due + SECONDS / DELTAS, next(self.order), at + 1, connection, number, who))
        else:
            self._send(number, TAIL)

    def _send(self, number: int, data: bytes) -> None:
        if number not in self.open:
            return
        if number in self.unsent:
            self.unsent[number] += data
            return
        try:
            sent = self.open[number].send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._close(number)
            return
        if sent < len(data):
            self.unsent[number] = bytearray(data[sent:])
            self.epoll.modify(number, select.EPOLLIN | select.EPOLLOUT)

    def _flush(self, number: int) -> None:
        data = bytes(self.unsent.pop(number))
        self.epoll.modify(number, select.EPOLLIN)
        self._send(number, data)

    def _close(self, number: int) -> None:
        self.epoll.unregister(number)
        self.open.pop(number).close()
        self.heard.pop(number, None)
        self.unsent.pop(number, None)


if __name__ == "__main__":
    stub = Stub(int(sys.argv[1]))
    print("ready", flush=True)
    stub.run()
