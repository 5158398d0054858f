"""A model endpoint on a bare socket, for tests of what goes wrong on the wire: it writes exactly the bytes it is told.

Each connection is handed to `script` once a whole request has come; the script writes and may come back for another
request on the same connection. What callers do is kept: requests, connections, and when one was closed by its caller.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator

from tests.support.gateway import completed, sse, text_delta

SSE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
CHUNKED = SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")


def chunk(data: bytes) -> bytes:
    """`data` as one chunk of HTTP/1.1."""
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST = b"0\r\n\r\n"
ANSWER = CHUNKED + b"".join(
    chunk(event) for event in (sse("response.created"), text_delta("One whole sentence. "), completed())
)


class Caller:
    """One connection, as a script sees it."""

    def __init__(self, sock: socket.socket, endpoint: RawEndpoint) -> None:
        self.sock = sock
        self.request = b""
        self._endpoint = endpoint

    def write(self, data: bytes) -> None:
        self.sock.sendall(data)

    def drip(self, data: Iterator[bytes], every_s: float) -> None:
        """Write a piece at a time until the caller hangs up."""
        for piece in data:
            self.write(piece)
            if self.is_gone(every_s):
                return

    def is_gone(self, within_s: float) -> bool:
        """Whether the caller closes its end within this time."""
        self.sock.settimeout(within_s)
        try:
            return self.sock.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True
        finally:
            self.sock.settimeout(30)

    def reset(self) -> None:
        """Break the connection with a reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def next_request(self) -> bool:
        """Wait for a whole request; False when the caller closed instead."""
        heard = b""
        while True:
            data = self.sock.recv(65_536)
            if not data:
                return False
            heard += data
            head, blank, body = heard.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if blank and len(body) >= (int(length[1]) if length else 0):
                self.request = heard
                self._endpoint.requests.append(heard)
                return True


Script = Callable[[Caller], None]


class RawEndpoint:
    """`with RawEndpoint(script) as endpoint:` listens on loopback. `tls` makes it speak TLS."""

    def __init__(self, script: Script, *, tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.requests: list[bytes] = []
        self.connections = 0
        self.hung_up = threading.Event()
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> RawEndpoint:
        return self

    def __exit__(self, *exc: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock: socket.socket) -> None:
        sock.settimeout(30)
        try:
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
            caller = Caller(sock, self)
            if caller.next_request():
                self.script(caller)
        except OSError:
            self.hung_up.set()
        finally:
            sock.close()


def until(condition: Callable[[], bool], within_s: float = 5.0) -> bool:
    """Whether a condition comes true in time."""
    ends = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.01)
    return True
