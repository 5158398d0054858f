"""Budgets hold: reserved before the call, settled after it, never overspent, given back when a worker dies."""

from __future__ import annotations

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.gateway import LEARNER, OTHER_LEARNER, Gateway, RecordingEndpoint, gateway, text_delta
from xblock_ai_tutor.gateway.budget import claims_on, cost_microusd, returns_at
from xblock_ai_tutor.gateway.housekeeping import release_stranded, stranded_after_ms
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.store.budgets import (
    Claim,
    Hold,
    dao_get_balances,
    dao_reserve_tokens,
    dao_settle_tokens,
)
from xblock_ai_tutor.gateway.store.database import transaction
from xblock_ai_tutor.gateway.store.direct import within
from xblock_ai_tutor.gateway.tickets import Ticket

TICKET = Ticket(LEARNER, "d" * 64, "course-v1:A+B+C", "block-1", "c" * 32, "en")
CLAIM = Claim("service", "2026-07", 1_000)


def test_two_hundred_turns_at_once_never_overspend_one_budget(tutor: Gateway) -> None:
    tokens = 7

    def reserve(number: int) -> bool:
        with tutor.app.app_context(), transaction() as session:
            turn = f"turn-{number}"
            return (
                dao_reserve_tokens(within(session), turn=turn, claims=[CLAIM], hold=Hold(tokens), expires_ms=0) is None
            )

    with ThreadPoolExecutor(16) as pool:
        held = sum(pool.map(reserve, range(200)))
    assert held == CLAIM.limit // tokens
    assert tutor.rows("SELECT reserved FROM budgets") == [(held * tokens,)]


def test_settling_twice_books_once(tutor: Gateway) -> None:
    with tutor.app.app_context():
        with transaction() as session:
            dao_reserve_tokens(within(session), turn="t", claims=[CLAIM], hold=Hold(500), expires_ms=0)
        for expected in (True, False):
            with transaction() as session:
                assert bool(dao_settle_tokens(within(session), turn="t", used=30)) is expected
        with transaction() as session:
            [balance] = dao_get_balances(within(session), [CLAIM])
            assert (balance.used, balance.reserved) == (30, 0)


def test_a_claim_that_fails_leaves_nothing_held_in_the_other(tmp_path: Path, endpoint: RecordingEndpoint) -> None:
    with gateway(tmp_path, endpoint.base_url, budget_tokens_per_month="10") as tutor:
        found = tutor.ask("What is a case?")
        assert [kind for kind, _ in found] == ["notice", "done"]
        assert "month" in found[0][1]["message"]
        assert endpoint.received == []
        assert tutor.rows("SELECT coalesce(sum(reserved), 0) FROM budgets") == [(0,)]
        assert tutor.rows("SELECT status, reason FROM ledger") == [("refused", "budget_service")]


def test_a_learner_whose_day_is_used_up_is_told_when_it_returns_and_others_go_on(
    tmp_path: Path, endpoint: RecordingEndpoint
) -> None:
    with gateway(tmp_path, endpoint.base_url, budget_tokens_per_learner_day="4000") as tutor:
        remaining = []
        for _ in range(30):
            found = tutor.ask("What is a case?", ticket=tutor.ticket(LEARNER))
            remaining.append(found[-1][1]["remaining_tokens"])
            if found[-1][1]["status"] == "refused":
                break
        assert "midnight" in found[0][1]["message"]
        assert remaining == sorted(remaining, reverse=True)
        assert tutor.ask("What is a case?", ticket=tutor.ticket(OTHER_LEARNER))[-1][1]["status"] == "answered"
        used = tutor.rows("SELECT max(used) FROM budgets WHERE scope LIKE 'learner:%'")[0][0]
        assert used <= 4000


def test_learners_at_once_through_the_whole_gateway_never_overspend(
    tmp_path: Path, endpoint: RecordingEndpoint
) -> None:
    with gateway(tmp_path, endpoint.base_url, budget_tokens_per_month="9000") as tutor:
        tickets = [tutor.ticket(f"{number:032x}") for number in range(12)]
        seen: list[str] = []

        def ask(ticket: str) -> None:
            with tutor.app.test_client() as client:
                private = Gateway(tutor.app, tutor.settings, client)
                seen.append(private.ask("What is a case?", ticket=ticket)[-1][1]["status"])

        threads = [threading.Thread(target=ask, args=(ticket,)) for ticket in tickets]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len(seen) == 12
        assert {"answered"} <= set(seen) <= {"answered", "refused"}
        used, reserved = tutor.rows("SELECT used, reserved FROM budgets WHERE scope = 'service'")[0]
        assert used <= 9000
        assert reserved == 0
        assert used == tutor.rows("SELECT sum(tokens_in + tokens_out) FROM ledger")[0][0]


def test_what_a_dead_worker_held_is_given_back_and_its_turn_is_counted(tutor: Gateway) -> None:
    ticket = tutor.ticket()
    tutor.ask("What is a case?", ticket=ticket)
    # What kill -9 leaves behind: a running turn and its reservation.
    used = tutor.rows("SELECT used FROM budgets WHERE scope = 'service'")[0][0]
    with tutor.app.app_context(), transaction() as session:
        month = dt.datetime.now(dt.UTC).strftime("%Y-%m")
        expired = int(time.time() * 1000) - 1
        turn = tutor.rows("SELECT id FROM turns")[0][0]
        session.connection().exec_driver_sql("DELETE FROM ledger")
        session.connection().exec_driver_sql("UPDATE turns SET status = 'running', at_ms = at_ms - 1000000000")
        claim = Claim("service", month, 10**9)
        dao_reserve_tokens(within(session), turn=turn, claims=[claim], hold=Hold(777, 40, 60), expires_ms=expired)
    with tutor.app.app_context():
        assert release_stranded(services_of(tutor.app), int(time.time() * 1000)) == 1
        assert release_stranded(services_of(tutor.app), int(time.time() * 1000)) == 0
    assert tutor.rows("SELECT used, reserved FROM budgets WHERE scope = 'service'") == [(used + 100, 0)]
    assert tutor.rows("SELECT status, reason, tokens_in, tokens_out FROM ledger") == [
        ("incomplete", "stranded", 40, 60)
    ]


def test_a_turn_that_is_still_running_is_left_alone(tutor: Gateway, endpoint: RecordingEndpoint) -> None:
    answered = tutor.post("What is a case?", ticket=tutor.ticket())
    stream = iter(answered.response)
    next(stream)
    with tutor.app.app_context():
        assert release_stranded(services_of(tutor.app), int(time.time() * 1000)) == 0
    assert tutor.rows("SELECT count(*) FROM reservations") == [(2,)]
    answered.close()
    assert tutor.rows("SELECT count(*) FROM reservations") == [(0,)]


def test_a_stranded_reservation_outlives_the_longest_turn(tutor: Gateway) -> None:
    assert stranded_after_ms(tutor.settings) > tutor.settings.turn_seconds * 1000


@pytest.mark.parametrize(
    ("at", "day", "month"),
    [("2026-07-31T23:59:59+00:00", "2026-07-31", "2026-07"), ("2026-12-31T00:00:00+00:00", "2026-12-31", "2026-12")],
)
def test_days_and_months_are_utc(tutor: Gateway, at: str, day: str, month: str) -> None:
    claims = claims_on(tutor.settings, TICKET, dt.datetime.fromisoformat(at))
    assert {claim.scope: claim.period for claim in claims} == {f"learner:{LEARNER}": day, "service": month}
    assert returns_at(day) - dt.datetime.fromisoformat(at) <= dt.timedelta(days=1)
    assert returns_at(month).day == 1
    assert returns_at(month) > dt.datetime.fromisoformat(at)


def test_a_limit_of_nothing_is_no_limit_and_lessons_and_departments_have_their_own(tutor: Gateway) -> None:
    now = dt.datetime(2026, 7, 3, tzinfo=dt.UTC)
    tutor.with_settings(budget_tokens_per_lesson_month=5, budget_tokens_per_department_month=7)
    found = {claim.scope: claim.limit for claim in claims_on(tutor.settings, TICKET, now)}
    assert found["lesson:block-1"] == 5
    assert "department:" not in found
    assert Claim("department:MoJ", "2026-07", 7) in claims_on(tutor.settings, replace(TICKET, department="MoJ"), now)
    tutor.with_settings(
        budget_tokens_per_learner_day=0,
        budget_tokens_per_lesson_month=0,
        budget_tokens_per_department_month=0,
        budget_tokens_per_month=0,
    )
    assert claims_on(tutor.settings, TICKET, now) == ()
    end = tutor.ask("What is a case?")[-1][1]
    assert (end["status"], end["remaining_tokens"], end["allowance"]) == ("answered", None, None)


def test_cost_is_in_millionths_of_a_dollar(tutor: Gateway) -> None:
    tutor.with_settings(price_input_usd_per_million=0.25, price_output_usd_per_million=2.0)
    assert cost_microusd(tutor.settings, tokens_in=1_000, tokens_out=100) == 450


def test_an_answer_that_is_broken_off_is_not_free(tutor: Gateway, endpoint: RecordingEndpoint) -> None:
    from tests.support.gateway import streaming

    endpoint.reply = streaming(text_delta("A sentence that was shown. And m"))
    tutor.ask("What is a case?")
    assert tutor.rows("SELECT tokens_in > 100, tokens_out FROM ledger") == [(1, 8)]
