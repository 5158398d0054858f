"""OpenAI's Admin API for tests: a real server on loopback with pages of usage, costs, projects and audit events.

It answers as the API describes itself: `has_more` and `next_page` for buckets, `after` for lists. `faults` are answers
that take the place of the next ones, and every request is kept in `received`.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.loopback import Handler, Server

DAY = 86_400
KEY = "sk-admin-fictional"


@dataclass
class Fault:
    """What the server does instead of answering."""

    status: int = 200
    body: bytes = b'{"error": {"message": "someone@department.example"}}'
    headers: dict[str, str] = field(default_factory=dict)
    pause_s: float = 0.0


class AdminApi(Server):
    """The server. What it knows is in its attributes; a test changes them between fetches."""

    def __init__(self) -> None:
        self.usage: dict[int, list[dict[str, Any]]] = {}  # results by the first second of their day
        self.costs: dict[int, list[dict[str, Any]]] = {}
        self.projects: list[dict[str, Any]] = []
        self.retention: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        self.most = 2  # of a page
        self.faults: list[Fault] = []
        self.received: list[tuple[str, str, dict[str, str]]] = []
        api = self

        class Answers(Handler):
            def respond(self) -> None:
                headers = self.lower_headers()
                api.received.append((self.command, self.path, headers))
                fault = api.faults.pop(0) if api.faults else None
                status, body = (fault.status, fault.body) if fault else api.answer(self.path, headers)
                time.sleep(fault.pause_s if fault else 0)
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.send_response(status)
                    extra = fault.headers if fault else {}
                    for name, value in {"Content-Type": "application/json", **extra}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

        super().__init__(Answers)

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def questions(self, path: str) -> list[dict[str, list[str]]]:
        """What was asked of `path`."""
        asked = (urlsplit(target) for _method, target, _headers in self.received)
        return [parse_qs(parts.query) for parts in asked if parts.path == f"/v1/organization/{path}"]

    def answer(self, target: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        if headers.get("authorization") != f"Bearer {KEY}":
            return 401, b'{"error": {"message": "no"}}'
        parts = urlsplit(target)
        body = self._body(parts.path.removeprefix("/v1/organization/"), parse_qs(parts.query))
        return (404, b'{"error": {"message": "no such thing"}}') if body is None else (200, body)

    def _body(self, path: str, asked: Mapping[str, list[str]]) -> bytes | None:
        if path in {"usage/completions", "costs"}:
            return self._buckets(self.usage if path.startswith("usage") else self.costs, asked)
        if path == "projects":
            return self._list(self.projects, asked)
        if path == "audit_logs":
            since, kinds = int(asked["effective_at[gte]"][0]), asked["event_types[]"]
            found = [each for each in self.events if each["effective_at"] >= since and each["type"] in kinds]
            return self._list(sorted(found, key=lambda each: -each["effective_at"]), asked)
        retention = {"data_retention": "zero_data_retention"} | {
            f"projects/{project}/data_retention": kind for project, kind in self.retention.items()
        }
        return json.dumps({"object": "data_retention", "type": retention[path]}).encode() if path in retention else None

    def _buckets(self, known: Mapping[int, Sequence[dict[str, Any]]], asked: Mapping[str, list[str]]) -> bytes:
        start, end = int(asked["start_time"][0]), int(asked["end_time"][0])
        start = int(asked["page"][0].removeprefix("page_")) if "page" in asked else start
        days = list(range(start, end, DAY))
        page, rest = days[: self.most], days[self.most :]
        data = [
            {"object": "bucket", "start_time": day, "end_time": day + DAY, "results": known.get(day, [])}
            for day in page
        ]
        following = f"page_{rest[0]}" if rest else None
        # Indented, as the API writes; and amounts as the test gives their text.
        text = json.dumps({"object": "page", "data": data, "has_more": bool(rest), "next_page": following}, indent=2)
        return text.replace('"<', "").replace('>"', "").encode()

    def _list(self, known: Sequence[dict[str, Any]], asked: Mapping[str, list[str]]) -> bytes:
        after = asked.get("after", [""])[0]
        start = next((place + 1 for place, each in enumerate(known) if each["id"] == after), 0)
        page = known[start : start + self.most]
        ids = [each["id"] for each in page]
        return json.dumps(
            {
                "object": "list",
                "data": page,
                "first_id": ids[0] if ids else None,
                "last_id": ids[-1] if ids else None,
                "has_more": start + self.most < len(known),
            }
        ).encode()
