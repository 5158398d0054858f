"""The wire under the model SDK: one endpoint, on urllib3's connections. `openai` gives it to the SDK.

The SDK takes any `httpx2.Client`. Its own stack costs more CPU for an event stream than all the rest of a turn, so
`PinnedClient` sends through `PinnedTransport` instead: TLS always verified, one host and port for its whole life, no
proxy, no redirect, no cookie, nothing from the environment. `check` sees every request on its way out.

A body is read as it arrives and never ahead of its reader. Nothing waits past `wire.deadline` (the end of the turn),
however slowly the endpoint drips; and closing a response before its end closes the connection, which is how an
endpoint learns that nobody listens.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx2
from urllib3 import exceptions as errors

from xblock_ai_tutor.gateway.models import Reading
from xblock_ai_tutor.gateway.models.connections import AnyConnection, Connections
from xblock_ai_tutor.gateway.models.reply import Reply
from xblock_ai_tutor.gateway.models.wire import deadline

ERROR_BYTES: Final = 65_536  # of an error's body: its code is in the first hundred
_LONGEST_WAIT_S: Final = 2.0  # what a learner should wait for a retry; past it they are told to try again themselves
_PLAIN: Final = ("", "identity")
# What ends a connection; a ValueError is http.client's, of a request that it will not write.
_BROKEN: Final = (http.client.HTTPException, errors.HTTPError, OSError, ValueError)


class PinnedTransport(httpx2.BaseTransport):
    """HTTP/1.1 to the host and port of `base_url` and to no other.

    `connect_s` bounds a connection's beginning, `read_s` each silence. `check` may raise to stop a request before
    anything of it is sent. `ca_file` replaces the authorities of certifi.
    """

    def __init__(
        self,
        base_url: str,
        *,
        connect_s: float,
        read_s: float,
        check: Callable[[httpx2.Request], None],
        ca_file: str = "",
    ) -> None:
        self._check = check
        self._read_s = read_s
        self._connections = Connections(httpx2.URL(base_url), connect_s=connect_s, read_s=read_s, ca_file=ca_file)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request`; its answer once the headers are there. Raises httpx2's errors, as the SDK expects them."""
        self._check(request)
        if deadline.get() <= time.monotonic():
            raise httpx2.ReadTimeout("The turn's time is over.", request=request)
        connection = self._connections.take()
        try:
            _send(connection, request)
            reply = self._connections.answer(connection)
        except _BROKEN as error:
            connection.close()
            raise _as_httpx2(error, request) from None
        except BaseException:  # the kill switch, thrown into the wait
            connection.close()
            raise
        encoded = any(
            name.lower() == "content-encoding" and value.lower() not in _PLAIN for name, value in reply.headers
        )
        if encoded and reply.status < httpx2.codes.BAD_REQUEST:
            connection.close()  # nothing packed was asked for, and what is packed has no size
            raise httpx2.RemoteProtocolError("The answer is encoded.", request=request)
        most = _most(reply.status, encoded=encoded)
        if most < float("inf"):
            reply.hurry(self._read_s)
        return httpx2.Response(
            reply.status,
            headers=[item for item in reply.headers if item[0].lower() != "content-encoding"],
            stream=Body(reply, connection, self._connections, most=most),
            request=request,
        )

    def close(self) -> None:
        """Close the idle connections."""
        self._connections.close()


class PinnedClient(httpx2.Client):
    """What the SDK's `http_client=` takes: a client that hands each request to the one transport and does no more."""

    def __init__(self, transport: PinnedTransport) -> None:
        super().__init__(transport=transport, trust_env=False, follow_redirects=False)
        self._pinned = transport

    def build_request(  # type: ignore[override]  # what the SDK gives, of what it might
        self, method: str, url: str, *, headers: Any = None, content: bytes | None = None, **given: Any
    ) -> httpx2.Request:
        """A request of nothing but what the SDK gives: there is no address, header or cookie of a client's to merge."""
        if any(value is not None for name, value in given.items() if name != "timeout"):
            raise TypeError("The gateway sends no query, form or file.")
        address = _url(url)
        body = content or b""
        # With a `stream` httpx2 adds no headers of its own, which it would do by building them all anew.
        whole = [("Host", address.netloc.decode("ascii")), *headers, ("Content-Length", str(len(body)))]
        return httpx2.Request(method, address, headers=whole, stream=httpx2.ByteStream(body))

    def send(self, request: httpx2.Request, **_options: Any) -> httpx2.Response:
        """Send one request. There is no authentication flow, no cookie jar and no redirect to go through."""
        answer = self._pinned.handle_request(request)
        if answer.is_error:
            _cap_retry(answer)
        return answer


_url: Final = functools.lru_cache(maxsize=16)(
    httpx2.URL
)  # read once: there are a few addresses, and URLs do not change


def plain_headers(request: httpx2.Request) -> dict[str, str]:
    """The headers by name, in lower case, as httpx2 keeps them; its own mapping looks for an encoding at each."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers.raw}


def _cap_retry(answer: httpx2.Response) -> None:
    """Keep the SDK from waiting out a long `retry-after` (it would, up to two minutes) while a learner looks on."""
    try:
        short = float(answer.headers.get("retry-after", "0")) <= _LONGEST_WAIT_S
    except ValueError:  # an HTTP date
        short = False
    if not short or answer.status_code == httpx2.codes.TOO_MANY_REQUESTS:
        answer.headers["x-should-retry"] = "false"


def _send(connection: AnyConnection, request: httpx2.Request) -> None:
    """Write the request. An endpoint that hung up meanwhile may have answered before: that is for the reader to see."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError), connection.in_one_piece():
        connection.request(
            request.method, request.url.raw_path.decode("ascii"), body=request.read(), headers=plain_headers(request)
        )


class Body(httpx2.SyncByteStream):
    """An answer's body as it arrives: what has come together is given together.

    `reading` is its reader's: how urgent the next piece is.
    """

    def __init__(self, reply: Reply, connection: AnyConnection, connections: Connections, *, most: float) -> None:
        self._reply, self._connection, self._connections = reply, connection, connections
        self._left = most
        self.reading = Reading()

    def __iter__(self) -> Iterator[bytes]:
        receive = self._reply.receive
        while self._left > 0:
            try:
                data = receive(self.reading)
            except _BROKEN as error:
                self._connection.close()
                raise _as_httpx2(error) from None
            if not data:
                return
            yield data
            self._left -= len(data)

    def close(self) -> None:
        """Keep the connection when the answer is over, or as good as over; else close it at once."""
        reply = self._reply
        if not reply.isclosed() and self._connection.sock is not None:
            try:
                reply.look_once()
            except _BROKEN:
                self._connection.close()
        reply.close()
        self._connections.give_back(self._connection, reusable=reply.is_reusable)


def _most(status: int, *, encoded: bool) -> float:
    """How many bytes of a body are read: an answer whole, of an error its beginning, nothing of what is packed."""
    if status < httpx2.codes.BAD_REQUEST:
        return float("inf")
    return 0 if encoded else ERROR_BYTES


def _as_httpx2(error: Exception, request: httpx2.Request | None = None) -> httpx2.TransportError:
    """The SDK's kind of error for urllib3's or the standard library's; without their messages, which may quote."""
    kind: type[httpx2.TransportError]
    match error:
        case errors.NewConnectionError() | errors.NameResolutionError() | ssl.SSLError():
            kind = httpx2.ConnectError
        case errors.ConnectTimeoutError():
            kind = httpx2.ConnectTimeout
        case TimeoutError():
            kind = httpx2.ReadTimeout
        case http.client.RemoteDisconnected() | OSError():
            kind = httpx2.ReadError
        case _:
            kind = httpx2.RemoteProtocolError
    return kind(type(error).__name__, request=request)
