"""For tests of the gateway: a lesson, settings, a driver of the real app, and a real model endpoint that records.

`RecordingEndpoint` is an HTTP server on loopback. It keeps every byte that it receives, and answers as the offline
engine does unless a test gives it a `Reply`: an HTTP error, a scripted stream, a cut, a silence.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jwt
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from tests.support.egress import wrong_with
from tests.support.loopback import Handler, Server
from xblock_ai_tutor.gateway.app import create_app
from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.models.offline.answer import answer, comments
from xblock_ai_tutor.gateway.models.offline.responses import events, read_messages, usage, wants_feedback
from xblock_ai_tutor.gateway.residency.record import check_and_record
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.store.database import db, forget_write_ahead_log, prepare_database

ORIGIN = "http://lms.example"
LEARNER = "a" * 32
OTHER_LEARNER = "b" * 32

LESSON: dict[str, Any] = {
    "schema": "ai-tutor-lesson/1",
    "id": "checking-authorities",
    "title": "Checking authorities",
    "language": "en",
    "persona": "Patient and brief.",
    "support": "hints",
    "passages": [
        {
            "id": "p-1a2b3c4d",
            "step": "why",
            "text": "A language model can invent a case that looks real. Look each authority up in an official report.",
        },
        {"id": "p-2b3c4d5e", "step": "why", "text": "Personal data does not belong in a public tool."},
    ],
    "steps": [
        {"id": "why", "title": "Why to check", "kind": "reading", "task": "Read this.", "hints": []},
        {
            "id": "spot",
            "title": "Spot the invented case",
            "kind": "spot",
            "task": "Mark each authority in the note.",
            "hints": ["Begin with the citation.", "Search the report series.", "Read what the case decided."],
        },
    ],
    "links": ["https://www.legislation.gov.uk/"],
}


def lesson_bytes(lesson: dict[str, Any] = LESSON) -> bytes:
    """The canonical bytes of a tutor lesson."""
    return json.dumps(lesson, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def environment(folder: Path, base_url: str, **changes: str) -> dict[str, str]:
    """A complete environment for the gateway; `changes` are variable names without `TUTOR_`, in lower case."""
    values = {
        "TUTOR_DATABASE_URL": f"sqlite:///{folder / 'gateway.sqlite'}",
        "TUTOR_SERVICE_KEY": "service-key-" + "s" * 32,
        "TUTOR_TICKET_KEY": "ticket-key-" + "t" * 64,
        "TUTOR_TRANSCRIPT_KEY": Fernet.generate_key().decode(),
        "TUTOR_MODEL_BASE_URL": base_url,
        "TUTOR_MODEL_API_KEY": "sk-test",
        "TUTOR_MODEL": "test-model",
        "TUTOR_OPERATOR_COUNTRY": "GB",
        "TUTOR_ALLOWED_ORIGINS": ORIGIN,
        "TUTOR_MODEL_RETRIES": "0",
        "TUTOR_READ_SECONDS": "5",
    }
    return values | {f"TUTOR_{name.upper()}": value for name, value in changes.items()}


def service_token(settings: Settings, **changes: Any) -> str:
    """A token as the LMS signs it; `changes` spoil it."""
    now = int(time.time())
    claims = {"iss": "lms", "aud": "tutor-gateway", "iat": now, "exp": now + 60, "jti": uuid.uuid4().hex} | changes
    return jwt.encode(claims, settings.service_key.each()[0], algorithm="HS256")


Event = tuple[str, dict[str, Any]]


def read_events(body: bytes) -> list[Event]:
    """The server-sent events of a whole body, as (type, data)."""
    found = []
    for block in body.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def said(found: list[Event]) -> str:
    """What the learner was shown, in one piece."""
    return "".join(data["text"] for kind, data in found if kind == "text")


@dataclass
class Gateway:
    """The real app on a database of its own, driven as the LMS and a browser drive it."""

    app: Flask
    settings: Settings
    client: FlaskClient

    @property
    def database(self) -> Path:
        return Path(self.settings.database_url.removeprefix("sqlite:///"))

    def stored_bytes(self) -> bytes:
        """Every byte that SQLite keeps: the database, its write-ahead log and its index."""
        return b"".join(path.read_bytes() for path in sorted(self.database.parent.glob(f"{self.database.name}*")))

    def upload(self, lesson: dict[str, Any] = LESSON) -> str:
        body = lesson_bytes(lesson)
        digest = hashlib.sha256(body).hexdigest()
        answered = self.client.put(f"/lessons/{digest}", data=body, headers=self.as_lms())
        assert answered.status_code in (200, 201), answered.text
        return digest

    def as_lms(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {service_token(self.settings)}"}

    def ticket(
        self,
        learner: str = LEARNER,
        *,
        usage: str = "block-1",
        lesson: dict[str, Any] = LESSON,
        attempted: tuple[str, ...] = (),
    ) -> str:
        body: dict[str, Any] = {"learner": learner, "lesson": self.upload(lesson), "course": "course-v1:A+B+C"}
        body |= {"usage": usage, "attempted": attempted}
        answered = self.client.post("/tickets", json=body | {"language": "en"}, headers=self.as_lms())
        assert answered.status_code == 201, answered.text
        return str(answered.get_json()["ticket"])

    def post(
        self, text: str, *, ticket: str, key: str | None = None, step: str = "spot", intent: str = "ask"
    ) -> TestResponse:
        body = {"text": text, "key": key or str(uuid.uuid4()), "step": step, "intent": intent}
        return self.client.post("/turns", json=body, headers={"Authorization": f"Bearer {ticket}"})

    def ask(
        self,
        text: str,
        *,
        ticket: str | None = None,
        key: str | None = None,
        step: str = "spot",
        intent: str = "ask",
    ) -> list[Event]:
        with self.post(text, ticket=ticket or self.ticket(), key=key, step=step, intent=intent) as answered:
            assert answered.status_code == 200, answered.text
            assert answered.mimetype == "text/event-stream"
            return read_events(answered.data)

    def conversation(self, ticket: str) -> dict[str, Any]:
        answered = self.client.get("/conversation", headers={"Authorization": f"Bearer {ticket}"})
        assert answered.status_code == 200, answered.text
        return dict(answered.get_json())

    def rows(self, query: str) -> list[Any]:
        """Look into the database, past the application."""
        with self.app.app_context(), db.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def with_settings(self, **changes: Any) -> None:
        """Change settings of the running app."""
        services = services_of(self.app)
        self.settings = replace(self.settings, **changes)
        self.app.extensions["xblock_ai_tutor.gateway"] = replace(services, settings=self.settings)


@contextlib.contextmanager
def gateway(folder: Path, base_url: str, **changes: str) -> Iterator[Gateway]:
    """A gateway in `folder` whose model is at `base_url`."""
    settings = Settings.read(environment(folder, base_url, **changes))
    app = create_app(settings)
    if settings.database_url.startswith("sqlite:"):
        _prepare(app, Path(settings.database_url.removeprefix("sqlite:///")))
    else:
        prepare_database(app)
    with app.app_context():
        check_and_record(settings, environ={})  # as `serve` does before there are workers
    with app.test_client() as client:
        yield Gateway(app, settings, client)
    services_of(app).model.close()  # type: ignore[attr-defined]
    with app.app_context():
        db.engine.dispose()


_migrated: list[bytes] = []


def _prepare(app: Flask, database: Path) -> None:
    """Migrate a database; the next ones of this run are copies of the first, as running the migrations is slow."""
    if _migrated and not database.exists():
        database.write_bytes(_migrated[0])
        return
    fresh = not database.exists()
    prepare_database(app)
    if fresh:
        with app.app_context():
            forget_write_ahead_log()
            db.engine.dispose()
        _migrated.append(database.read_bytes())


@contextlib.contextmanager
def served(app: Flask) -> Iterator[int]:
    """The app behind a real HTTP server on loopback; its port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


# ── the recording model endpoint ─────────────────────────────────────────────────────────────────────────────────────

Write = Callable[[bytes], None]


@dataclass
class Received:
    """One request as it came over the wire; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass
class Reply:
    """How the endpoint behaves: a status with headers and a body, or a stream that `stream` writes to the socket."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    stream: Callable[[Write], None] | None = None


def sse(kind: str, **fields: Any) -> bytes:
    """One event of the Responses API."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, 'sequence_number': 0} | fields)}\n\n".encode()


def text_delta(text: str) -> bytes:
    return sse("response.output_text.delta", delta=text, item_id="m", output_index=0, content_index=0, logprobs=[])


def completed(tokens_in: int = 100, tokens_out: int = 20, kind: str = "response.completed") -> bytes:
    return sse(kind, response={"usage": {"input_tokens": tokens_in, "output_tokens": tokens_out}})


def streaming(*chunks: bytes) -> Reply:
    """A stream of these bytes, flushed one by one."""

    def stream(write: Write) -> None:
        for chunk in chunks:
            write(chunk)

    return Reply(stream=stream)


def answering(*texts: str) -> Reply:
    """A complete answer in these deltas."""
    return streaming(sse("response.created"), *(text_delta(text) for text in texts), completed())


class RecordingEndpoint(Server):
    """A model endpoint that keeps what it receives. `reply` is what it does next; None: as the offline engine does.

    At its end it says what no request of any test may be or hold (`support.egress`).
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.reply: Reply | None = None
        self.block_official_sensitive = True  # False: the test's gateway lets it pass, by its setting
        self.hung_up = threading.Event()  # set when a caller closed a stream that was being written
        endpoint = self

        class Model(Handler):
            def respond(self) -> None:
                body = self.read_body()
                endpoint.received.append(Received(self.path, self.lower_headers(), body))
                reply = endpoint.reply or _offline(json.loads(body))
                self.close_connection = True
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Connection", "close")
                if reply.stream is None:
                    self.send_header("Content-Type", reply.headers.get("Content-Type", "application/json"))
                    self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body)
                    return
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    reply.stream(self.write_chunk)
                    self.write_chunk(b"")
                except (BrokenPipeError, ConnectionResetError):
                    endpoint.hung_up.set()
                except CutHereError:
                    self.wfile.flush()

        super().__init__(Model)

    def __exit__(self, *exc: object) -> None:
        super().__exit__(*exc)
        if exc == (None, None, None):
            assert [wrong for one in self.received for wrong in self._wrong_with(one)] == []

    def _wrong_with(self, one: Received) -> list[str]:
        allowed = self.block_official_sensitive
        host = f"127.0.0.1:{self.port}"
        return wrong_with(one.path, one.headers, one.body, host=host, block_official_sensitive=allowed)

    @property
    def last(self) -> Received:
        return self.received[-1]


class CutHereError(Exception):
    """Raised by a scripted stream: the connection breaks without its last chunk."""


def _offline(body: dict[str, Any]) -> Reply:
    messages = read_messages(body)
    text = comments(messages) if wants_feedback(body) else answer(messages)
    used = usage(messages, body.get("instructions"), text)
    return streaming(*(sse(event.pop("type"), **event) for event in events(body, created=0.0, text=text, used=used)))
