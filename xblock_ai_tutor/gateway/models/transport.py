"""The wire under the model SDK: one endpoint, on urllib3's connection pool. `openai` gives it to the SDK.

The SDK takes any `httpx2.Client`. Its own stack costs more CPU for an event stream than all the rest of a turn, so
`PinnedClient` sends through `PinnedTransport` instead: TLS always verified, one host and port for the pool's whole
life, no proxy, no redirect, no cookie, nothing from the environment. `check` sees every request on its way out.

A body is read as it arrives and never ahead of its reader: `READ_BYTES` in the reader's hands, as much in the buffer,
and what the kernel holds. Nothing waits past `deadline` (the end of the turn), however slowly the endpoint drips; and
closing a response before its end closes the connection, which is how an endpoint learns that nobody listens.
"""

from __future__ import annotations

import http.client
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx2
import urllib3
from urllib3 import exceptions as errors

from xblock_ai_tutor.gateway.models.trust import trust
from xblock_ai_tutor.gateway.models.wire import READ_BYTES, Connection, TlsConnection, deadline

ERROR_BYTES: Final = 65_536  # of an error's body: its code is in the first hundred
_IDLE_CONNECTIONS: Final = 64  # kept for the next turn; there is no limit to those in use
_LONGEST_WAIT_S: Final = 2.0  # what a learner should wait for a retry; past it they are told to try again themselves
_PLAIN: Final = ("", "identity")

# A full pool drops a connection, which is as it should be and no warning.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


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
        url = httpx2.URL(base_url)
        self._check = check
        self._read_s = read_s
        timeout = urllib3.Timeout(connect=connect_s, read=read_s)
        if url.scheme == "https":
            self._pool: urllib3.HTTPConnectionPool = urllib3.HTTPSConnectionPool(
                url.host, url.port, timeout=timeout, maxsize=_IDLE_CONNECTIONS, ssl_context=trust(ca_file)
            )
            self._pool.ConnectionCls = TlsConnection
        else:
            self._pool = urllib3.HTTPConnectionPool(url.host, url.port, timeout=timeout, maxsize=_IDLE_CONNECTIONS)
            self._pool.ConnectionCls = Connection

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request`; its answer once the headers are there. Raises httpx2's errors, as the SDK expects them."""
        self._check(request)
        left = deadline.get() - time.monotonic()
        if left <= 0:
            raise httpx2.ReadTimeout("The turn's time is over.", request=request)
        try:
            answer = self._pool.urlopen(
                request.method,
                request.url.raw_path.decode("ascii"),
                body=request.content,
                headers=dict(request.headers),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except errors.HTTPError as error:
            raise _as_httpx2(error, request) from None
        encoded = answer.headers.get("content-encoding", "").lower() not in _PLAIN
        if encoded and answer.status < httpx2.codes.BAD_REQUEST:
            answer.close()  # nothing packed was asked for, and what is packed has no size
            raise httpx2.RemoteProtocolError("The answer is encoded.", request=request)
        return httpx2.Response(
            answer.status,
            headers=[item for item in answer.headers.items() if item[0].lower() != "content-encoding"],
            stream=_Body(answer, self._read_s, most=_most(answer.status, encoded=encoded)),
            request=request,
        )

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.close()


class PinnedClient(httpx2.Client):
    """What the SDK's `http_client=` takes: a client that hands each request to the one transport and does no more."""

    def __init__(self, transport: PinnedTransport) -> None:
        super().__init__(transport=transport, trust_env=False, follow_redirects=False)
        self._pinned = transport

    def send(self, request: httpx2.Request, **_options: Any) -> httpx2.Response:
        """Send one request. There is no authentication flow, no cookie jar and no redirect to go through."""
        answer = self._pinned.handle_request(request)
        _cap_retry(answer)
        return answer


def _cap_retry(answer: httpx2.Response) -> None:
    """Keep the SDK from waiting out a long `retry-after` (it would, up to two minutes) while a learner looks on."""
    try:
        short = float(answer.headers.get("retry-after", "0")) <= _LONGEST_WAIT_S
    except ValueError:  # an HTTP date
        short = False
    if not short or answer.status_code == httpx2.codes.TOO_MANY_REQUESTS:
        answer.headers["x-should-retry"] = "false"


class _Body(httpx2.SyncByteStream):
    """An answer's body as it arrives: what has come together is given together, up to `READ_BYTES`."""

    def __init__(self, answer: urllib3.BaseHTTPResponse, read_s: float, *, most: float) -> None:
        connection = answer.connection
        if not isinstance(connection, Connection | TlsConnection):
            raise TypeError("The pool gave an answer of a connection that is not its own.")
        self._answer, self._connection, self._read_s = answer, connection, read_s
        self._reply = connection.reply
        self._left = most
        if not self._reply.isclosed():
            self._reply.wire.wait_without_timer()
        if most < float("inf"):
            self._reply.wire.hurry(read_s)

    def __iter__(self) -> Iterator[bytes]:
        read, has_more = self._reply.read1, self._reply.has_more
        pieces: list[bytes] = []
        size = 0
        failure: httpx2.TransportError | None = None
        while self._left > 0:
            try:
                piece = read(READ_BYTES)
            except (http.client.HTTPException, OSError, ValueError) as error:
                failure = _as_httpx2(error)
                self._answer.close()  # what else is in it cannot be told apart
                break
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
            if size < READ_BYTES and has_more():
                continue
            yield b"".join(pieces)
            self._left -= size
            pieces, size = [], 0
        if pieces:
            yield b"".join(pieces)
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Keep the connection when the answer is over, or as good as over; else close it at once.

        The last bytes of a chunked answer may lie unread: one look at what has come, without waiting.
        """
        if not self._reply.isclosed():
            self._reply.wire.look_once()
            try:
                self._reply.read(READ_BYTES)
            except (http.client.HTTPException, OSError, ValueError, TypeError):
                # A TypeError: in the middle of a chunk the library takes the length of what has not come.
                self._answer.close()
        if self._reply.isclosed():
            if (sock := self._connection.sock) is not None:  # None where the endpoint ends each connection itself
                sock.settimeout(self._read_s)
            self._answer.release_conn()
        else:
            self._answer.close()


def _most(status: int, *, encoded: bool) -> float:
    """How many bytes of a body are read: an answer whole, of an error its beginning, nothing of what is packed."""
    if status < httpx2.codes.BAD_REQUEST:
        return float("inf")
    return 0 if encoded else ERROR_BYTES


def _as_httpx2(error: Exception, request: httpx2.Request | None = None) -> httpx2.TransportError:
    """The SDK's kind of error for urllib3's or the standard library's; without their messages, which may quote."""
    kind: type[httpx2.TransportError]
    match error:
        case errors.NewConnectionError() | errors.SSLError() | errors.NameResolutionError():
            kind = httpx2.ConnectError
        case errors.ConnectTimeoutError():
            kind = httpx2.ConnectTimeout
        case errors.TimeoutError() | TimeoutError():
            kind = httpx2.ReadTimeout
        case http.client.HTTPException() | ValueError():
            kind = httpx2.RemoteProtocolError
        case _:
            kind = httpx2.ReadError
    return kind(type(error).__name__, request=request)
