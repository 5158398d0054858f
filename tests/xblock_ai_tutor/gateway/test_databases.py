"""The gateway's tables are the same on SQLite and on PostgreSQL: migrations both ways, budgets, switches, tokens."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, inspect, text

from tests.support.gateway import Gateway, RecordingEndpoint, environment, gateway
from tests.support.postgres import MISSING, binaries
from xblock_ai_tutor.gateway import feedback
from xblock_ai_tutor.gateway.ledger import export_rows
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.store.budgets import Claim, Hold, dao_reserve_tokens, dao_settle_tokens
from xblock_ai_tutor.gateway.store.database import (
    database_app,
    db,
    is_reachable,
    prepare_database,
    transaction,
    with_driver,
)
from xblock_ai_tutor.gateway.store.direct import within
from xblock_ai_tutor.gateway.store.paces import dao_take_message
from xblock_ai_tutor.gateway.store.switches import dao_switch_off, dao_switch_on
from xblock_ai_tutor.gateway.store.tokens import dao_use_token

CLAIM = Claim("service", "2026-07", 1_000)


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    made = database_app(database_url)
    yield made
    with made.app_context():
        db.engine.dispose()


def test_the_tables_are_those_of_the_models_and_the_migrations_go_both_ways(app: Flask) -> None:
    with app.app_context():
        with db.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
        assert is_reachable()
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        assert not is_reachable()
    prepare_database(app)
    with app.app_context():
        assert is_reachable()


def test_a_budget_that_was_drawn_on_outlives_an_upgrade(app: Flask) -> None:
    with app.app_context():
        downgrade(revision="0001")
        with db.engine.begin() as connection:
            connection.execute(text("INSERT INTO budgets VALUES ('service', '2026-07', 70, 0)"))
    prepare_database(app)
    with app.app_context(), db.engine.connect() as connection:
        row = connection.execute(text("SELECT used, reserved, limit_tokens, warned FROM budgets")).one()
        assert tuple(row) == (70, 0, 0, 0)


def at_once(app: Flask, work: Any, count: int) -> list[Any]:
    def one(number: int) -> Any:
        with app.app_context(), transaction() as session:
            return work(session, number)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, range(count)))


def rows(app: Flask, query: str) -> list[tuple[Any, ...]]:
    with app.app_context(), db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_two_hundred_reservations_at_once_never_overspend(app: Flask) -> None:
    def reserve(session: Any, number: int) -> bool:
        hold = Hold(7)
        return dao_reserve_tokens(within(session), turn=f"t{number}", claims=[CLAIM], hold=hold, expires_ms=0) is None

    held = sum(at_once(app, reserve, 200))
    assert held == CLAIM.limit // 7
    assert rows(app, "SELECT reserved FROM budgets") == [(held * 7,)]
    # Each is settled twice, at once; it is booked once.
    settled = at_once(
        app, lambda session, number: dao_settle_tokens(within(session), turn=f"t{number // 2}", used=5), 400
    )
    assert sum(bool(balances) for balances in settled) == held
    assert rows(app, "SELECT used, reserved FROM budgets") == [(held * 5, 0)]


def test_turns_that_share_several_budgets_do_not_wait_for_each_other_for_ever(app: Flask) -> None:
    claims = [Claim(scope, "2026-07", 10**6) for scope in ("service", "lesson:x", "department:y")]

    def turn(session: Any, number: int) -> None:
        mixed = claims if number % 2 else claims[::-1]
        assert dao_reserve_tokens(within(session), turn=f"t{number}", claims=mixed, hold=Hold(3), expires_ms=0) is None

    at_once(app, turn, 120)
    at_once(app, lambda session, number: dao_settle_tokens(within(session), turn=f"t{number}", used=2), 120)
    assert rows(app, "SELECT DISTINCT used, reserved FROM budgets") == [(240, 0)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 400), st.integers(0, 400), st.booleans()), max_size=25)
)
def test_no_order_of_reserving_and_settling_makes_a_budget_overspend(
    app: Flask, steps: list[tuple[int, int, int, bool]]
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(text("DELETE FROM reservations"))
        session.execute(text("DELETE FROM budgets"))
        held: dict[int, int] = {}
        spent = 0
        for number, tokens, used, settle in steps:
            if settle or number in held:
                most = held.pop(number, None)
                balances = dao_settle_tokens(within(session), turn=str(number), used=min(used, most or 0))
                assert bool(balances) == (most is not None)
                spent += min(used, most or 0)
            else:
                refused = dao_reserve_tokens(
                    within(session), turn=str(number), claims=[CLAIM], hold=Hold(tokens), expires_ms=0
                )
                assert (refused is None) == (spent + sum(held.values()) + tokens <= CLAIM.limit)
                if refused is None:
                    held[number] = tokens
            found = session.execute(text("SELECT used, reserved FROM budgets")).one_or_none()
            assert found is None or tuple(found) == (spent, sum(held.values()))
            assert spent + sum(held.values()) <= CLAIM.limit


def test_of_many_messages_at_once_a_minute_takes_as_many_as_it_may(app: Flask) -> None:
    def send(session: Any, number: int) -> int:
        return dao_take_message(within(session), learner="a" * 32, most=5, now_ms=1_000_000 + number)

    assert at_once(app, send, 40).count(0) == 5
    with app.app_context(), transaction() as session:
        assert dao_take_message(within(session), learner="a" * 32, most=5, now_ms=1_059_000) > 0
        assert dao_take_message(within(session), learner="a" * 32, most=5, now_ms=1_061_000) == 0


def test_of_many_uses_of_one_token_one_is_the_first(app: Flask) -> None:
    used = at_once(app, lambda session, _number: dao_use_token(session, jti="j", expires_ms=1), 24)
    assert used.count(True) == 1


def test_a_switch_is_thrown_once(app: Flask) -> None:
    thrown = at_once(app, lambda s, _n: dao_switch_off(s, scope="service", reason="r", now_ms=1), 12)
    assert thrown.count(True) == 1
    assert at_once(app, lambda session, _number: dao_switch_on(session, "service"), 12).count(True) == 1


def test_a_whole_turn_its_erasure_and_its_ledger_on_either_database(
    tmp_path: Path, endpoint: RecordingEndpoint, database_url: str
) -> None:
    env = environment(tmp_path, endpoint.base_url)
    assert env["TUTOR_DATABASE_URL"].startswith("sqlite:")
    with gateway(tmp_path, endpoint.base_url, database_url=database_url) as tutor:
        ticket = tutor.ticket()
        end = tutor.ask("What about pat@dept.example and a case?", ticket=ticket)[-1][1]
        assert end["status"] == "answered"
        assert len(tutor.conversation(ticket)["turns"]) == 1
        with tutor.app.app_context():
            assert [row["redactions"] for row in export_rows(after=0)] == [{"email": 1}]
        bearer = {"Authorization": f"Bearer {ticket}"}
        for thumb in ("up", "none", "down"):
            tutor.client.post("/feedback", json={"turn": end["turn"], "thumb": thumb}, headers=bearer)
        tutor.client.post("/reports", json={"turn": end["turn"], "kind": "wrong"}, headers=bearer)
        with tutor.app.app_context():
            assert sorted(row["kind"] for row in feedback.export_rows(after=0)) == ["unhelpful", "wrong"]
        answered = tutor.client.delete("/conversation", headers=bearer)
        assert answered.status_code == 204
        for table in ("turns", "conversations", "reservations", "feedback", "reports"):
            assert tutor.rows(f"SELECT count(*) FROM {table}") == [(0,)]
        assert isinstance(tutor, Gateway)


def test_an_address_that_names_no_driver_gets_ours_and_keeps_its_password() -> None:
    assert with_driver("postgresql://u:p%40ss@db/x") == "postgresql+psycopg://u:p%40ss@db/x"
    assert with_driver("postgresql+pg8000://u@db/x") == "postgresql+pg8000://u@db/x"
    assert with_driver("sqlite:////var/lib/x.sqlite") == "sqlite:////var/lib/x.sqlite"


def test_without_a_server_the_tests_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FileNotFoundError, match="apt-get install postgresql"):
        binaries()
    assert "./scripts/test" in MISSING


def test_a_turn_asks_for_one_connection_at_a_time(
    tmp_path: Path, endpoint: RecordingEndpoint, database_url: str
) -> None:
    """Whoever holds one and waits for another waits for itself: in SQLite at once, in PostgreSQL in a crowd."""
    with gateway(tmp_path, endpoint.base_url, database_url=database_url) as tutor:
        open_now, most = 0, 0

        def opened(*_: Any) -> None:
            nonlocal open_now, most
            open_now += 1
            most = max(most, open_now)

        def closed(*_: Any) -> None:
            nonlocal open_now
            open_now -= 1

        ticket = tutor.ticket()
        with tutor.app.app_context():
            event.listen(db.engine, "checkout", opened)
            event.listen(db.engine, "checkin", closed)
        services = services_of(tutor.app)
        services.residency.forget()  # what is remembered for a moment is looked up again
        services.switches._read_at = float("-inf")
        assert tutor.ask("What is a case?", ticket=ticket)[-1][1]["status"] == "answered"
        assert (most, open_now) == (1, 0)
