"""One answer of a model as it is read: llhttp's parser over a `Wire`. `transport` is the caller.

`http.client` writes the request and asks its `response_class` for the answer; `Reply` is one, in the place of the
standard library's own, which takes a chunked body apart line by line in Python. llhttp (Node's parser, through
`httptools`) does the same in C, and refuses what is no HTTP.
"""

from __future__ import annotations

import http.client
import socket
from http import HTTPStatus
from typing import Final

import httptools

from xblock_ai_tutor.gateway.models import Reading
from xblock_ai_tutor.gateway.models.wire import AT_ONCE, wire_on

BARREN_BYTES: Final = 65_536  # how much may come without anything of a body in it: headers, a chunk's extensions
_FRAMES: Final = frozenset({"content-length", "transfer-encoding"})


class Reply:
    """An answer: `begin` reads its head, `receive` its body. What is no HTTP is an `http.client.HTTPException`."""

    will_close = False  # what http.client does where it is true, closing the socket under us, is the transport's to do

    def __init__(self, sock: socket.socket, read_s: float) -> None:
        """`read_s` is how long a silence may last."""
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.is_reusable = False  # the answer is over, and the connection can carry another request
        self._wire = wire_on(sock, read_s)
        self._pieces: list[bytes] = []
        self._headed = False  # the head of the answer itself has come, not only that of a 1xx before it
        self._over = False
        self._barren = 0  # bytes in which nothing of a body was
        self._broken = False  # what came last is no HTTP; what came before it counts
        self.on_body = self._pieces.append  # for the parser, which calls the methods `on_…`
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)

    def begin(self) -> None:
        """Read the head. `http.client` calls it."""
        while not self._headed:
            self._read()

    def receive(self, reading: Reading = AT_ONCE) -> bytes:
        """What has come of the body; waits for it, as `reading` allows. Empty at the end."""
        while not self._pieces and not self._over:
            self._read(reading)
        return self._taken()

    def look_once(self) -> None:
        """Take what has come, without waiting and without keeping it: the end of a body may lie unread."""
        if data := self._wire.received():
            self._feed(data)
            self._pieces.clear()

    def hurry(self, seconds: float) -> None:
        """At most `seconds` more."""
        self._wire.hurry(seconds)

    def isclosed(self) -> bool:
        """Whether the answer is over. Named by `http.client`, which asks before the next request."""
        return self._over

    def close(self) -> None:
        """Nothing more is read."""
        self._wire.let_go()
        self._parser = None  # it knows us, and we it

    def _taken(self) -> bytes:
        pieces = self._pieces
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        return data

    def _read(self, reading: Reading = AT_ONCE) -> None:
        if self._broken or self._parser is None:
            raise http.client.HTTPException("What came is no HTTP, or is read no more.")
        data = self._wire.receive(reading)
        if not data:
            self._broke_off()
            return
        headed = self._headed
        self._feed(data)
        fruitful = self._pieces or headed is not self._headed
        self._barren = 0 if fruitful else self._barren + len(data)
        if self._barren > BARREN_BYTES:
            raise http.client.HTTPException("Nothing of a body comes.")

    def _feed(self, data: bytes) -> None:
        if self._parser is None:
            raise http.client.ResponseNotReady
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.is_reusable = False
            self._broken = True

    def _broke_off(self) -> None:
        """The endpoint has closed the connection: an end where nothing else says how long the body is."""
        if not self._headed:
            raise http.client.RemoteDisconnected("No answer.")
        if not _FRAMES.isdisjoint(name.lower() for name, _ in self.headers):
            raise http.client.IncompleteRead(b"")
        self._over = True

    # ── what the parser calls ──

    def on_message_begin(self) -> None:
        if self._over:
            raise http.client.HTTPException  # more than was asked for

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._headed:  # what comes after the body is of no use
            self.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        if self._parser is not None:
            self.status = self._parser.get_status_code()
        self._headed = self.status >= HTTPStatus.OK
        if not self._headed:
            self.headers.clear()

    def on_message_complete(self) -> None:
        self._over = self._headed
        self.is_reusable = self._over and self._parser is not None and self._parser.should_keep_alive()
