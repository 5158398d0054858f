"""Who waits until it may write to SQLite: the other streams of its worker go on, and a wait has an end."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from xblock_ai_tutor.gateway.store import direct as module
from xblock_ai_tutor.gateway.store.database import database_app, db
from xblock_ai_tutor.gateway.store.direct import Statement, direct

COUNT = Statement("SELECT count(*) FROM switches")

# A worker as gunicorn makes one: gevent's patches come first. One turn waits for the lock, which another connection
# lets go when a stream beside it has moved fifty times.
WORKER = """
import gevent.monkey; gevent.monkey.patch_all()
import sqlite3, sys, gevent
from xblock_ai_tutor.gateway.store.database import database_app
from xblock_ai_tutor.gateway.store.direct import Statement, direct

app = database_app(f"sqlite:///{sys.argv[1]}")
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN IMMEDIATE")

def turn():
    with app.app_context(), direct() as work:
        return work.row(Statement("SELECT count(*) FROM switches"))

def stream():
    for _ in range(50):
        gevent.sleep(0.001)
    other.execute("COMMIT")

turns = [gevent.spawn(turn) for _ in range(30)]
gevent.spawn(stream)
print([one.get(timeout=20) for one in turns] == [(0,)] * 30)
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = database_app(f"sqlite:///{tmp_path / 'gateway.sqlite'}")
    with made.app_context():
        yield made
        db.engine.dispose()


def test_while_a_turn_waits_for_another_process_the_streams_of_its_worker_go_on(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORKER, str(tmp_path / "gateway.sqlite")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout == "True\n", ended.stderr


def test_a_lock_that_never_comes_is_an_error_and_the_next_turn_is_answered(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_MS", 30)
    other = sqlite3.connect(tmp_path / "gateway.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"), direct():
        pass
    other.execute("COMMIT")
    other.close()
    with direct() as work:
        assert work.row(COUNT) == (0,)


def test_one_that_only_reads_waits_for_no_writer(app: Flask) -> None:
    with direct() as writing:
        writing.run(Statement("INSERT INTO switches (scope, reason, since_ms) VALUES ('service', '', 1)"))
        found: list[tuple[int, ...] | None] = []

        def read() -> None:
            with app.app_context(), direct(reading=True) as work:
                found.append(work.row(COUNT))

        reader = threading.Thread(target=read)
        reader.start()
        reader.join(10)
        assert found == [(0,)]
