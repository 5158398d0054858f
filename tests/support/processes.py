"""The gateway as an operator runs it: `tutor-gateway serve` with two workers, driven over HTTP by many learners."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import create_engine, text

from tests.support.gateway import LESSON, Event, environment, lesson_bytes, read_events, service_token
from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.store.database import with_driver

COMMAND = [sys.executable, "-c", "from xblock_ai_tutor.gateway.cli import main; main()"]


@contextlib.contextmanager
def started(arguments: list[str], env: dict[str, str], log: IO[str] | None = None) -> Iterator[tuple[int, str]]:
    """A command that serves: its process id, and the address in its ready line. Stopped at the end."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TUTOR_", "OPENAI_"))}
    process = subprocess.Popen(
        [*COMMAND, *arguments], env=clean | env, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert " ready on http://127.0.0.1:" in line, line
        yield process.pid, line.split()[-1]
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stdout.close()


@dataclass
class Service:
    """A running gateway: its address, its settings, and the process id of gunicorn's master."""

    address: str
    settings: Settings
    env: dict[str, str]
    pid: int
    log: Path

    def request(self, method: str, path: str, body: Any, token: str, *, timeout: float = 120) -> tuple[int, bytes]:
        connection = self.open(method, path, body, token, timeout=timeout)
        try:
            answered = connection.getresponse()
            return answered.status, answered.read()
        finally:
            connection.close()

    def open(
        self, method: str, path: str, body: Any, token: str, *, timeout: float = 120
    ) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=timeout)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request(method, path, data, headers)
        return connection

    def upload(self, lesson: dict[str, Any] = LESSON) -> str:
        body = lesson_bytes(lesson)
        digest = hashlib.sha256(body).hexdigest()
        status, answered = self.request("PUT", f"/lessons/{digest}", body, service_token(self.settings))
        assert status in (200, 201), answered
        return digest

    def ask_for_ticket(self, learner: str, lesson: str, **fields: str) -> tuple[int, dict[str, Any]]:
        body = {"learner": learner, "lesson": lesson, "course": "course-v1:A+B+C", "usage": "block-1"} | fields
        status, answered = self.request("POST", "/tickets", body, service_token(self.settings))
        return status, json.loads(answered)

    def ticket(self, learner: str, lesson: str, **fields: str) -> str:
        status, answered = self.ask_for_ticket(learner, lesson, **fields)
        assert status == 201, answered
        return str(answered["ticket"])

    def begin(self, ticket: str, words: str = "How do I check an invented case?") -> http.client.HTTPConnection:
        return self.open("POST", "/turns", {"text": words, "key": str(uuid.uuid4()), "step": "spot"}, ticket)

    def ask(self, ticket: str, words: str = "How do I check an invented case?") -> list[Event]:
        connection = self.begin(ticket, words)
        try:
            answered = connection.getresponse()
            body = answered.read()
            assert answered.status == 200, body
            return read_events(body)
        finally:
            connection.close()

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command of `tutor-gateway`, with this service's environment."""
        return subprocess.run(
            [*COMMAND, *arguments], env=os.environ | self.env, capture_output=True, text=True, check=True
        )

    @contextlib.contextmanager
    def database(self) -> Iterator[Any]:
        """A way to look into the database, past the service: a function from a query to its rows."""
        engine = create_engine(with_driver(self.settings.database_url), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield lambda query: [tuple(row) for row in connection.execute(text(query))]
        engine.dispose()

    def log_lines(self, event: str) -> list[dict[str, Any]]:
        lines = (json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{"))
        return [line for line in lines if line["event"] == event]


@contextlib.contextmanager
def service(folder: Path, database_url: str, *, pace_ms: int = 1, **changes: str) -> Iterator[Service]:
    """`tutor-gateway engine` and `tutor-gateway serve` as real processes."""
    with started(["engine", "--port", "0", "--pace", str(pace_ms)], {}) as (_pid, base_url):
        env = environment(folder, base_url, **({"database_url": database_url, "read_seconds": "30"} | changes))
        arguments = ["serve", "--port", "0", "--workers", "2"]
        log = folder / "gateway.log"
        with log.open("w") as stderr, started(arguments, env, stderr) as (pid, address):
            yield Service(address, Settings.read(env), env, pid, log)
