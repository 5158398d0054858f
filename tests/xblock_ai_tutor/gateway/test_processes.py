"""The gateway as an operator runs it, in processes of its own: asked to stop, and killed, in the middle of answers."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.gateway import Event, Gateway, completed, environment, gateway, read_events, said, text_delta
from tests.support.wire import ANSWER, CHUNKED, LAST, Caller, RawEndpoint, chunk, until
from xblock_ai_tutor.gateway.housekeeping import release_stranded, stranded_after_ms
from xblock_ai_tutor.gateway.services import services_of

pytestmark = pytest.mark.quiet

COMMAND = [sys.executable, "-c", "from xblock_ai_tutor.gateway.cli import main; main()"]


@dataclass
class Slow:
    """A model that begins each answer, and goes on when it is told to."""

    may_go_on: threading.Event = field(default_factory=threading.Event)
    begun: list[Caller] = field(default_factory=list)
    hung_up: list[Caller] = field(default_factory=list)

    def __call__(self, caller: Caller) -> None:
        if b"at once" in caller.request:
            caller.write(ANSWER + LAST)
            return
        self.begun.append(caller)
        caller.write(CHUNKED + chunk(text_delta("The first sentence is here. And")))
        while not self.may_go_on.is_set():
            if caller.is_gone(0.02):
                self.hung_up.append(caller)
                return
        caller.write(chunk(text_delta(" the second one.") + completed()) + LAST)


@dataclass
class Running:
    """A served gateway: its master process, its port, and the same database opened here to look into."""

    process: subprocess.Popen[str]
    port: int
    inside: Gateway
    model: Slow

    def workers(self) -> list[int]:
        number = self.process.pid
        return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]

    def ask(self, text: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        body = json.dumps({"text": text, "key": str(uuid.uuid4()), "step": "spot"})
        ticket = self.inside.ticket(uuid.uuid4().hex)
        connection.request("POST", "/turns", body, {"Authorization": f"Bearer {ticket}"})
        return connection, connection.getresponse()

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.status("/readyz") == 200
        return False


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    model = Slow()
    with RawEndpoint(model) as endpoint:
        settings = environment(tmp_path, endpoint.base_url)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                [*COMMAND, "serve", "--port", str(port)],
                env=os.environ | settings,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            assert process.stdout is not None
            assert "ready on" in process.stdout.readline()
            changes = {name.removeprefix("TUTOR_").lower(): value for name, value in settings.items()}
            with gateway(tmp_path, endpoint.base_url, **changes) as inside:
                yield Running(process, port, inside, model)
        finally:
            model.may_go_on.set()
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
            process.stdout.close()  # type: ignore[union-attr]


def refuses(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def early(answer: http.client.HTTPResponse) -> bytes:
    """What comes before the model is told to go on."""
    heard = b""
    while b"first sentence" not in heard:
        heard += answer.read1()
    return heard


def test_asked_to_stop_it_ends_running_answers_and_takes_no_new_ones(running: Running) -> None:
    assert running.status("/healthz") == 200
    assert running.status("/readyz") == 200
    connection, answer = running.ask("What is a case?")
    heard = early(answer)
    running.process.send_signal(signal.SIGTERM)
    assert until(lambda: refuses(running.port), 5)
    assert running.process.poll() is None  # it waits for the answer
    running.model.may_go_on.set()
    found: list[Event] = read_events(heard + answer.read())
    connection.close()
    assert found[-1][0] == "done"
    assert "the second one" in said(found)
    assert running.process.wait(15) == 0
    assert running.inside.rows("SELECT status FROM ledger") == [("answered",)]
    assert running.inside.rows("SELECT sum(reserved) FROM budgets") == [(0,)]


def test_a_killed_worker_loses_no_settled_turn_and_strands_no_budget(running: Running) -> None:
    for _ in range(3):
        connection, answer = running.ask("Tell me at once.")
        assert read_events(answer.read())[-1][1]["status"] == "answered"
        connection.close()
    open_connections = [running.ask("What is a case?") for _ in range(4)]
    for _, answer in open_connections:
        early(answer)
    assert len(running.model.begun) == 4
    settled = running.inside.rows("SELECT turn, status, tokens_in, tokens_out FROM ledger ORDER BY cursor")
    assert len(settled) == 3
    (worker,) = running.workers()

    os.kill(worker, signal.SIGKILL)

    assert until(lambda: len(running.model.hung_up) == 4)  # the endpoint learns it at once
    for connection, _ in open_connections:
        connection.close()
    assert until(lambda: running.workers() not in ([], [worker]), 15)
    assert until(running.is_ready, 15)
    assert running.inside.rows("SELECT turn, status, tokens_in, tokens_out FROM ledger ORDER BY cursor")[:3] == settled

    # A worker that is seen to be gone is settled within seconds, another machine's when its turns cannot be running any
    # more: here that time is skipped.
    services = services_of(running.inside.app)
    later_ms = int(time.time() * 1000) + stranded_after_ms(services.settings) + 1
    with running.inside.app.app_context():
        release_stranded(services, later_ms)
    assert running.inside.rows("SELECT count(*) FROM reservations") == [(0,)]
    assert running.inside.rows("SELECT sum(reserved) FROM budgets") == [(0,)]
    assert running.inside.rows("SELECT status, count(*) FROM ledger GROUP BY status ORDER BY status") == [
        ("answered", 3),
        ("incomplete", 4),
    ]
    # The model was asked and is paid for: what the dead turns probably used is booked, the same in both places.
    booked = running.inside.rows("SELECT sum(tokens_in + tokens_out) FROM ledger")
    assert running.inside.rows("SELECT used FROM budgets WHERE scope = 'service'") == booked
    connection, answer = running.ask("Tell me at once.")
    assert read_events(answer.read())[-1][1]["status"] == "answered"
    connection.close()
