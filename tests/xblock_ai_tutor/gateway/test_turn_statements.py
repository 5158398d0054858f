"""What a turn asks of the database: how often, in which transactions, and that this holds when others do the same."""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from tests.support.gateway import LEARNER, Gateway, RecordingEndpoint, answering, gateway
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.store import conversations as stored
from xblock_ai_tutor.gateway.store.budgets import Claim, Hold, dao_reserve_tokens
from xblock_ai_tutor.gateway.store.database import db
from xblock_ai_tutor.gateway.store.direct import _KEPT, direct
from xblock_ai_tutor.gateway.workers import this_worker

OPENING, SETTLING = 7, 4  # statements in the two transactions of a turn, without BEGIN and COMMIT


@contextmanager
def statements(tutor: Gateway) -> Iterator[list[list[str]]]:
    """What SQLite itself was told meanwhile, by transaction: whichever layer it came through."""
    found: list[list[str]] = []
    beside = ("COMMIT", "ROLLBACK", "PRAGMA busy_timeout", "--")  # the last: a trigger

    def heard(sql: str) -> None:
        if sql.startswith("BEGIN"):
            found.append([])
        elif not sql.startswith(beside):
            found[-1].append(sql)

    def taken(connection: sqlite3.Connection, *_: Any) -> None:
        connection.set_trace_callback(heard)

    def returned(connection: sqlite3.Connection | None, *_: Any) -> None:
        if connection is not None:
            connection.set_trace_callback(None)

    services = services_of(tutor.app)
    # What is looked up once in a while is known for ever, however slow the machine.
    services.residency._looked = services.switches._read_at = float("inf")
    with tutor.app.app_context():
        engine = db.engine
    _give_back(tutor)
    event.listen(engine, "checkout", taken)
    event.listen(engine, "checkin", returned)
    try:
        yield found
    finally:
        _give_back(tutor)
        event.remove(engine, "checkout", taken)
        event.remove(engine, "checkin", returned)


def _give_back(tutor: Gateway) -> None:
    """Give the connections that wait for the next turn back to the pool, which tells of those that it gives out."""
    kept = tutor.app.extensions.setdefault(_KEPT, [])
    while kept:
        kept.pop()[1].close()


@pytest.fixture
def warm(tutor: Gateway) -> Gateway:
    """A gateway that has read the lesson."""
    tutor.ask("What is a case?", ticket=tutor.ticket("c" * 32))
    return tutor


def test_a_turn_is_two_transactions_of_few_statements(warm: Gateway) -> None:
    ticket = warm.ticket()
    for number in range(9):  # a new conversation, one with a history, one with more of it than is looked at
        with statements(warm) as found:
            assert warm.ask(f"What is case {number}?", ticket=ticket)[-1][1]["status"] == "answered"
        assert [len(transaction) for transaction in found] == [OPENING, SETTLING], found


def test_an_identifier_costs_one_more_when_it_is_new_and_none_when_it_is_known(warm: Gateway) -> None:
    ticket = warm.ticket()
    for expected in ([OPENING, 1, SETTLING], [OPENING, SETTLING]):
        with statements(warm) as found:
            warm.ask("May I write to pat@dept.example about a case?", ticket=ticket)
        assert [len(transaction) for transaction in found] == expected, found


def test_four_budgets_cost_no_more_statements_than_one(warm: Gateway) -> None:
    warm.with_settings(budget_tokens_per_lesson_month=10**9, budget_tokens_per_department_month=10**9)
    body = {"learner": LEARNER, "lesson": warm.upload(), "course": "c", "usage": "u", "department": "MoJ"}
    ticket = warm.client.post("/tickets", json=body, headers=warm.as_lms()).get_json()["ticket"]
    with statements(warm) as found:
        warm.ask("What is a case?", ticket=ticket)
    assert [len(transaction) for transaction in found] == [OPENING, SETTLING]
    assert warm.rows("SELECT count(*) FROM budgets WHERE reserved = 0 AND used > 0") == [(5,)]  # with the other learner


def test_a_message_told_again_begins_no_turn(warm: Gateway) -> None:
    ticket, key = warm.ticket(), str(uuid.uuid4())
    first = warm.ask("What about pat@dept.example and a case?", ticket=ticket, key=key)
    with statements(warm) as found:
        again = warm.ask("What about pat@dept.example and a case?", ticket=ticket, key=key)
    assert again[-1][1]["html"] == first[-1][1]["html"]
    assert not any(sql.startswith(("INSERT INTO turns", "INSERT INTO reservations")) for each in found for sql in each)


# ── at once, on either database ──


def test_messages_at_once_in_one_conversation_give_no_number_to_two_values(
    tmp_path: Path, endpoint: RecordingEndpoint, database_url: str
) -> None:
    endpoint.reply = answering("I will write to [email 1], [email 2], [email 3], [email 4], [email 5] and [email 6].")
    with gateway(tmp_path, endpoint.base_url, database_url=database_url) as tutor:
        ticket = tutor.ticket()
        ready = threading.Barrier(6)

        def ask(number: int) -> None:
            with tutor.app.test_client() as client:
                ready.wait(20)
                words = f"May I write to pat{number}@dept.example and to boss@dept.example?"
                Gateway(tutor.app, tutor.settings, client).ask(words, ticket=ticket)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        turns = tutor.conversation(ticket)["turns"]
        assert sorted(turn["question"] for turn in turns) == [
            f"May I write to pat{number}@dept.example and to boss@dept.example?" for number in range(6)
        ]


def test_a_placeholder_map_that_another_turn_has_changed_is_not_written_over(
    tmp_path: Path, endpoint: RecordingEndpoint, database_url: str
) -> None:
    with gateway(tmp_path, endpoint.base_url, database_url=database_url) as tutor, tutor.app.app_context():
        opened = {"conversation": "c" * 32, "learner": LEARNER, "course": "c", "usage": "u", "now_ms": 1}
        with direct() as work:
            assert stored.dao_open_conversation(work, **opened)
            assert stored.dao_open_conversation(work, **opened)
            assert not stored.dao_open_conversation(work, **opened | {"learner": "b" * 32})
        with direct() as work:
            keep = stored.dao_keep_placeholders
            assert keep(work, "c" * 32, cipher=b"one", seen=None)
            assert not keep(work, "c" * 32, cipher=b"two", seen=None)
            assert keep(work, "c" * 32, cipher=b"two", seen=b"one")
            assert not keep(work, "c" * 32, cipher=b"three", seen=b"one")
            assert not keep(work, "d" * 32, cipher=b"one", seen=None)  # an erased one is not made again
            assert stored.dao_get_placeholders(work, "c" * 32) == b"two"


def test_one_key_at_once_asks_the_model_once(tmp_path: Path, endpoint: RecordingEndpoint, database_url: str) -> None:
    with gateway(tmp_path, endpoint.base_url, database_url=database_url) as tutor:
        ticket, key = tutor.ticket(), str(uuid.uuid4())
        ready, seen = threading.Barrier(5), []

        def ask() -> None:
            with tutor.app.test_client() as client:
                ready.wait(20)
                one = Gateway(tutor.app, tutor.settings, client)
                with one.post("What is a case?", ticket=ticket, key=key) as answered:
                    seen.append((answered.status_code, answered.data))

        threads = [threading.Thread(target=ask) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert {status for status, _ in seen} <= {200, 409}
        assert len(endpoint.received) == 1
        assert tutor.rows("SELECT count(*) FROM ledger") == [(1,)]


def test_a_turn_that_fails_while_it_opens_leaves_nothing_behind(
    tmp_path: Path, endpoint: RecordingEndpoint, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xblock_ai_tutor.gateway import turn_checks

    with gateway(tmp_path, endpoint.base_url, database_url=database_url) as tutor:
        ticket = tutor.ticket()
        with monkeypatch.context() as patch:
            patch.setattr(turn_checks, "this_worker", lambda: 1 / 0)
            with tutor.post("What is a case?", ticket=ticket) as answered:
                assert answered.status_code == 500
        for table in ("conversations", "turns", "paces", "reservations", "budgets", "ledger"):
            assert tutor.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
        assert tutor.ask("What is a case?", ticket=ticket)[-1][1]["status"] == "answered"


def test_what_a_dead_worker_holds_of_a_budget_is_taken_back_for_the_turn_that_needs_it(
    tmp_path: Path, endpoint: RecordingEndpoint, database_url: str
) -> None:
    with gateway(
        tmp_path, endpoint.base_url, database_url=database_url, budget_tokens_per_learner_day="20000"
    ) as tutor:
        day = time.strftime("%Y-%m-%d", time.gmtime())
        claim = Claim(f"learner:{LEARNER}", day, 20_000)
        place, pid, _ = this_worker().split("-")
        with tutor.app.app_context(), direct() as work:
            held = {"turn": "f" * 32, "claims": [claim], "expires_ms": 2**52, "worker": f"{place}-{pid}-1"}
            assert dao_reserve_tokens(work, hold=Hold(19_000, 10, 20), **held) is None
        assert tutor.ask("What is a case?")[-1][1]["status"] == "answered"
        assert tutor.rows("SELECT reserved FROM budgets WHERE scope <> 'service'") == [(0,)]
        assert tutor.rows("SELECT reason, tokens_in, tokens_out FROM ledger WHERE learner = ''") == [
            ("stranded", 10, 20)
        ]


def test_when_the_database_server_was_restarted_one_turn_fails_and_the_next_does_not(
    tmp_path: Path, endpoint: RecordingEndpoint, postgres: Any
) -> None:
    url = postgres.database("restarted")
    with gateway(tmp_path, endpoint.base_url, database_url=url) as tutor:
        ticket = tutor.ticket()
        tutor.ask("What is a case?", ticket=ticket)
        services = services_of(tutor.app)
        services.residency._looked = services.switches._read_at = float("inf")
        with psycopg.connect(f"host={postgres.socket} user=postgres dbname=postgres", autocommit=True) as operator:
            operator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'restarted'")
        with tutor.post("And now?", ticket=ticket) as answered:
            assert answered.status_code == 500
        assert tutor.ask("And now?", ticket=ticket)[-1][1]["status"] == "answered"


def test_a_lesson_that_was_deleted_gets_no_ticket_and_a_worker_that_read_it_ends_what_has_begun(
    tutor: Gateway, endpoint: RecordingEndpoint
) -> None:
    digest, ticket = tutor.upload(), tutor.ticket()
    tutor.ask("What is a case?", ticket=ticket)
    with tutor.app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM lessons")
    assert tutor.ask("And now?", ticket=ticket)[-1][1]["status"] == "answered"
    body = {"learner": LEARNER, "lesson": digest, "course": "c", "usage": "u"}
    assert tutor.client.post("/tickets", json=body, headers=tutor.as_lms()).status_code == 404
    services_of(tutor.app).lessons._kept.clear()  # as after a restart
    with tutor.post("And then?", ticket=ticket) as answered:
        assert answered.get_json()["error"]["code"] == "lesson_unknown"
