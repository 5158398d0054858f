"""A learning platform's token and completion endpoints on loopback: real HTTP, made-up people."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CLIENT = {"ADOPTION_LMS_CLIENT_ID": "adoption-client", "ADOPTION_LMS_CLIENT_SECRET": "correct horse"}


class Lms:
    """What the platform knows, and what it was asked. `answers` are given instead, one each, until they are used up."""

    def __init__(self, learners: int = 5, page_size: int = 2, token_uses: int = 1000, within: bool = True) -> None:
        self.learners, self.page_size, self.token_uses, self.within = learners, page_size, token_uses, within
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.next_host: str | None = None
        self.asked: list[str] = []
        self.tokens: dict[str, int] = {}
        self.url = ""

    def page(self, number: int) -> dict[str, Any]:
        first = (number - 1) * self.page_size + 1
        last = min(self.learners, number * self.page_size)
        results = [
            {
                "username": f"fictional.person.{who}",
                "course_key": "course-v1:DemoGov+AI101+2026",
                "completion": {"earned": float(who), "possible": 10.0, "percent": who / 10},
            }
            for who in range(first, last + 1)
        ]
        more = last < self.learners
        address = f"{self.next_host or self.url}/api/completion/v1/course/x/?page={number + 1}"
        told = {"next": address if more else None, "previous": None, "count": self.learners}
        return {"pagination": told, "results": results} if self.within else {**told, "results": results}


class _Handler(BaseHTTPRequestHandler):
    lms: Lms

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if (form.get("client_id"), form.get("client_secret")) != (["adoption-client"], ["correct horse"]):
            return self._say(401, {}, b'{"error": "invalid_client"}')
        token = f"jwt-{len(self.lms.tokens)}"
        self.lms.tokens[token] = self.lms.token_uses
        return self._say(200, {}, json.dumps({"access_token": token, "token_type": "JWT", "expires_in": 3600}).encode())

    def do_GET(self) -> None:
        self.lms.asked.append(self.path)
        kind, _space, token = self.headers.get("Authorization", "").partition(" ")
        if kind != "JWT" or self.lms.tokens.get(token, 0) < 1:
            return self._say(401, {}, b'{"detail": "who are you"}')
        self.lms.tokens[token] -= 1
        if self.lms.answers:
            return self._say(*self.lms.answers.pop(0))
        number = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
        return self._say(200, {}, json.dumps(self.lms.page(number)).encode())

    def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass


@contextmanager
def serving(lms: Lms) -> Iterator[Lms]:
    """The platform on a free port of loopback."""
    handler = type("Handler", (_Handler,), {"lms": lms})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    lms.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield lms
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
