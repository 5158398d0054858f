"""The connections to one endpoint: those that wait for the next turn, and new ones. `transport` takes and gives back.

They are urllib3's (which verifies TLS), with `Reply` for the standard library's reader of answers.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import select
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

import httpx2
import urllib3

from xblock_ai_tutor.gateway.models.reply import Reply
from xblock_ai_tutor.gateway.models.trust import trust

_IDLE: Final = 64  # kept for the next turn; there is no limit to those in use


class _Pinned:
    """What both kinds of connection have: mixed into urllib3's."""

    sock: Any
    reply: Reply | None = None
    _pieces: list[bytes] | None = None  # what is written but not sent, while a request is gathered

    @property
    def is_connected(self) -> bool:
        """Whether nothing has come since the last answer: neither an end nor what nobody asked for."""
        return self.sock is not None and _is_silent(self.sock)

    @contextlib.contextmanager
    def in_one_piece(self) -> Iterator[None]:
        """Send what the block writes in one piece: a request's head and body come at once, and cost one call."""
        pieces: list[bytes] = []
        self._pieces = pieces
        try:
            yield
        finally:
            self._pieces = None
        self.send(b"".join(pieces))

    def send(self, data: Any) -> None:
        """What `http.client` writes with."""
        if self._pieces is None:
            super().send(data)  # type: ignore[misc]  # urllib3's
        else:
            self._pieces.append(data)

    def close(self) -> None:
        """Close the connection; first nothing watches its socket any more."""
        if self.reply is not None:
            self.reply.close()
        super().close()  # type: ignore[misc]  # urllib3's


class _Connection(_Pinned, urllib3.connection.HTTPConnection):
    """Plain, to an endpoint on this machine."""


class _TlsConnection(_Pinned, urllib3.connection.HTTPSConnection):
    """TLS, which urllib3 verifies."""


AnyConnection: TypeAlias = _Connection | _TlsConnection


class Connections:
    """Connections to the host and port of `url`, plain or TLS as it says. `connect_s`, `read_s` as in the transport."""

    def __init__(self, url: httpx2.URL, *, connect_s: float, read_s: float, ca_file: str) -> None:
        self._idle: list[AnyConnection] = []
        weakref.finalize(self, _close_all, self._idle)
        self._room = _IDLE
        self._read_s = read_s
        self._make: Callable[[], AnyConnection]
        if url.scheme == "https":
            context = trust(ca_file)
            self._make = lambda: _TlsConnection(url.host, url.port, timeout=connect_s, ssl_context=context)
        else:
            self._make = lambda: _Connection(url.host, url.port, timeout=connect_s)

    def take(self) -> AnyConnection:
        """The connection that was used last and is still open, or a new one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_connected:
                return connection
            connection.close()
        made = self._make()
        made.response_class = functools.partial(_reply, made, self._read_s)  # type: ignore[assignment]  # http.client's own hook
        return made

    def answer(self, connection: AnyConnection) -> Reply:
        """The answer to the request that `connection` has sent, once its headers are there."""
        # The standard library's method, which gives a `Reply`; urllib3's would make a response of its own around it.
        http.client.HTTPConnection.getresponse(connection)
        if connection.reply is None:
            raise http.client.ResponseNotReady
        return connection.reply

    def give_back(self, connection: AnyConnection, *, reusable: bool) -> None:
        """Keep a connection for the next turn, or close it."""
        if reusable and len(self._idle) < self._room:
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close what waits, and from now on what comes back."""
        self._room = 0
        _close_all(self._idle)


def _reply(connection: AnyConnection, read_s: float, sock: Any, *_: Any, **_more: Any) -> Reply:
    connection.reply = Reply(sock, read_s)
    return connection.reply


def _is_silent(sock: Any) -> bool:
    """Ask the kernel once: gevent's own poll, which urllib3 would use, switches greenlets for it."""
    monkey = sys.modules.get("gevent.monkey")
    poll = monkey.get_original("select", "poll")() if monkey else select.poll()
    poll.register(sock.fileno(), select.POLLIN)
    return not poll.poll(0)


def _close_all(idle: list[AnyConnection]) -> None:
    while idle:
        idle.pop().close()
