"""A real HTTP server on loopback, in threads, for tests: what the recording endpoints and the provider are built on.

A subclass gives its handler to `__init__`; `with` starts it and ends it. `tls` makes it speak TLS. A caller that hangs
up is part of what is tested, so it is no noise in the log.
"""

from __future__ import annotations

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1, and silent. A subclass says in `respond` what it does with a GET or a POST."""

    protocol_version = "HTTP/1.1"

    def respond(self) -> None:
        raise NotImplementedError

    def do_POST(self) -> None:
        self.respond()

    do_GET = do_POST  # noqa: N815 - the standard library's name

    def lower_headers(self) -> dict[str, str]:
        """The request's headers, names in lower case."""
        return {name.lower(): value for name, value in self.headers.items()}

    def read_body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def write_chunk(self, data: bytes) -> None:
        """One chunk of a body with `Transfer-Encoding: chunked`; empty: its end."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def log_message(self, *args: object) -> None: ...


class Server:
    """`with Server(handler) as server:` listens on a port of loopback that was free."""

    def __init__(self, handler: type[Handler], *, tls: tuple[Path, Path] | None = None) -> None:
        self._server = _Quiet(("127.0.0.1", 0), handler)
        self.scheme = "http"
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self.scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    @property
    def base_url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not believe a certificate, or that was killed, hangs up: that is what is being tested."""
