"""Claims about stopping and resuming: without an attestation that holds nobody is answered, on any worker."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from tests.support.gateway import Gateway, RecordingEndpoint, environment, gateway
from tests.support.provider import Answer, Provider, provider_settings
from xblock_ai_tutor.gateway.app import create_app
from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.models.compose import ModelRequest
from xblock_ai_tutor.gateway.residency.record import check_and_record, check_when_due
from xblock_ai_tutor.gateway.residency.standing import ResidencyStoppedError, judge_row
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.store.attestations import dao_take_check
from xblock_ai_tutor.gateway.store.database import db, transaction
from xblock_ai_tutor.gateway.store.tables import AttestationRow

HOUR_MS = 3_600_000


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture
def proven(tmp_path: Path, endpoint: RecordingEndpoint, provider: Provider) -> Iterator[Gateway]:
    """A gateway whose endpoint's record is at `provider`."""
    model_port = int(endpoint.base_url.split(":")[2].split("/")[0])
    changes = provider_settings(tmp_path, provider, model_port=model_port)
    with gateway(tmp_path, endpoint.base_url, **changes) as running:
        yield running


def check_again(tutor: Gateway) -> str:
    with tutor.app.app_context():
        found = check_and_record(tutor.settings, environ={})
    services_of(tutor.app).residency.forget()
    return str(found["outcome"])


def last(tutor: Gateway) -> AttestationRow:
    with tutor.app.app_context(), transaction() as session:
        found = session.get(AttestationRow, max(row[0] for row in tutor.rows("SELECT id FROM attestations")))
    assert found is not None
    return found


def test_a_failed_attestation_stops_answers_and_a_good_one_resumes_them(
    proven: Gateway, provider: Provider, endpoint: RecordingEndpoint
) -> None:
    ticket = proven.ticket()
    assert proven.ask("How do I check a case?", ticket=ticket)[-1][1]["status"] == "answered"
    asked = len(endpoint.received)
    provider.residency = "GLOBAL"
    assert check_again(proven) == "failed"
    refused = proven.post("How do I check a case?", ticket=ticket)
    assert refused.status_code == 503
    assert refused.get_json()["error"] == {
        "code": "residency",
        "message": "The tutor is not answering at the moment: where your words would go has not been confirmed. "
        "The lesson works without it.",
        "retry": True,
    }
    assert len(endpoint.received) == asked
    provider.residency = "GB_STORAGE"
    assert check_again(proven) == "passed"
    assert proven.ask("How do I check a case?", ticket=ticket)[-1][1]["status"] == "answered"


def test_while_it_does_not_answer_lessons_and_a_learners_own_records_go_on(proven: Gateway, provider: Provider) -> None:
    ticket = proven.ticket()
    proven.ask("How do I check a case?", ticket=ticket)
    provider.status = "archived"
    check_again(proven)
    assert proven.upload()
    assert len(proven.conversation(proven.ticket())["turns"]) == 1
    erased = proven.client.delete("/conversation", headers={"Authorization": f"Bearer {ticket}"})
    assert erased.status_code == 204
    ready = proven.client.get("/readyz")
    assert (ready.status_code, ready.get_json()) == (200, {"status": "not_answering", "residency": "failed"})


def test_no_code_path_asks_a_model_without_an_attestation(
    proven: Gateway, provider: Provider, endpoint: RecordingEndpoint
) -> None:
    provider.answer = Answer(403)
    check_again(proven)
    request = ModelRequest(instructions="i", input=(("user", "x"),), canary="c", secrets=())
    with proven.app.app_context(), pytest.raises(ResidencyStoppedError):
        next(services_of(proven.app).model.ask(request, safety_identifier="0" * 64))
    assert endpoint.received == []


def test_the_refusal_is_in_the_learners_language(proven: Gateway, provider: Provider) -> None:
    provider.residency = "GLOBAL"
    body = {"learner": "a" * 32, "lesson": proven.upload(), "course": "c", "usage": "u", "language": "cy"}
    ticket = proven.client.post("/tickets", json=body, headers=proven.as_lms()).get_json()["ticket"]
    check_again(proven)
    said = proven.post("x", ticket=ticket).get_json()["error"]["message"]
    assert "tiwtor" in said


def test_what_could_not_be_asked_takes_nothing_from_what_was_proven_until_that_is_stale(
    proven: Gateway, provider: Provider
) -> None:
    provider.answer = Answer(500)
    assert check_again(proven) == "unreadable"
    assert proven.ask("How do I check a case?")[-1][1]["status"] == "answered"
    residency = services_of(proven.app).residency
    with proven.app.app_context():
        now_ms = int(time.time() * 1000)
        assert residency._look(now_ms + 47 * HOUR_MS).reason == "holds"
        assert residency._look(now_ms + 49 * HOUR_MS).reason == "stale"


def test_a_stale_attestation_stops_answers(proven: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = proven.ticket()
    moved = time.time() + 49 * 3600
    monkeypatch.setattr("xblock_ai_tutor.gateway.residency.standing.time.time", lambda: moved)
    services_of(proven.app).residency.forget()
    with proven.app.app_context(), pytest.raises(ResidencyStoppedError):
        services_of(proven.app).residency.require()
    assert services_of(proven.app).residency.now().reason == "stale"
    monkeypatch.undo()
    services_of(proven.app).residency.forget()
    assert proven.post("How do I check a case?", ticket=ticket).status_code == 200


def test_an_attestation_of_a_clock_that_went_back_does_not_hold_and_a_check_is_due(proven: Gateway) -> None:
    row, residency = last(proven), services_of(proven.app).residency
    earlier = row.at_ms - 3 * HOUR_MS
    with proven.app.app_context():
        assert residency._look(earlier).reason == "clock"
        found = check_when_due(proven.settings, environ={}, now_ms=earlier)
        assert found is not None
        assert check_when_due(proven.settings, environ={}, now_ms=row.at_ms + HOUR_MS) is None
        assert check_when_due(proven.settings, environ={}, now_ms=row.at_ms + 25 * HOUR_MS) is not None


def test_a_failed_check_is_repeated_after_minutes_and_not_after_a_day(proven: Gateway, provider: Provider) -> None:
    provider.residency = "GLOBAL"
    check_again(proven)
    provider.residency = "GB_STORAGE"
    at_ms = last(proven).at_ms
    with proven.app.app_context():
        assert check_when_due(proven.settings, environ={}, now_ms=at_ms + 200_000) is None
        found = check_when_due(proven.settings, environ={}, now_ms=at_ms + 301_000)
    assert found is not None
    assert found["ok"]


def test_of_several_workers_one_checks_and_a_dead_ones_lease_ends(proven: Gateway) -> None:
    now_ms = int(time.time() * 1000)

    def take(at_ms: int) -> bool:
        with proven.app.app_context(), transaction() as session:
            return dao_take_check(session, now_ms=at_ms, lease_ms=1000)

    assert [take(now_ms), take(now_ms + 1), take(now_ms + 1001)] == [True, False, True]
    assert take(now_ms - HOUR_MS)  # taken on a clock that has since gone back


def test_a_stored_attestation_that_the_gateway_did_not_sign_does_not_hold(proven: Gateway) -> None:
    row, residency = last(proven), services_of(proven.app).residency

    def reason(document: str) -> str:
        changed = AttestationRow(subject=row.subject, document=document, outcome="passed", at_ms=0, valid_until_ms=0)
        return judge_row(changed, subject=row.subject, trusted=residency.public_key, now_ms=row.at_ms + 1).reason

    assert reason(row.document) == "holds"
    longer = json.loads(row.document) | {"valid_until": "2999-01-01T00:00:00+00:00"}
    for forged in (json.dumps(longer), "{}", "[]", "not json"):
        assert reason(forged) == "forged"
    assert judge_row(row, subject="other", trusted=residency.public_key, now_ms=row.at_ms).reason == "forged"


def test_attestations_are_added_and_never_changed(proven: Gateway) -> None:
    for statement in ("UPDATE attestations SET outcome = 'passed'", "DELETE FROM attestations"):
        with (
            proven.app.app_context(),
            pytest.raises(DBAPIError, match="never changed"),
            db.engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)


def test_two_gateways_on_one_database_stop_and_resume_together(
    tmp_path: Path, endpoint: RecordingEndpoint, provider: Provider
) -> None:
    model_port = int(endpoint.base_url.split(":")[2].split("/")[0])
    shared = environment(tmp_path, endpoint.base_url, **provider_settings(tmp_path, provider, model_port=model_port))
    changes = {name.removeprefix("TUTOR_").lower(): value for name, value in shared.items()}
    with gateway(tmp_path, endpoint.base_url, **changes) as one, gateway(tmp_path, endpoint.base_url, **changes) as two:
        for tutor in (one, two):
            assert tutor.ask("How do I check a case?", ticket=tutor.ticket())[-1][1]["status"] == "answered"
        for residency, status in (("GLOBAL", 503), ("GB_STORAGE", 200)):
            provider.residency = residency
            check_again(one)
            eventually(lambda want=status: two.post("A case?", ticket=two.ticket()).status_code == want, within_s=15)


def eventually(holds: Callable[[], bool], *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_endpoint_that_cannot_be_reached_at_the_start_is_asked_again_and_answers_no_one(tmp_path: Path) -> None:
    with Provider() as gone:
        address = f"https://127.0.0.1:{gone.port}/v1"
    with gateway(tmp_path, address) as tutor:
        assert last(tutor).outcome == "unreadable"
        assert tutor.client.get("/readyz").get_json() == {"status": "not_answering", "residency": "none"}
        assert tutor.post("How do I check a case?", ticket=tutor.ticket()).status_code == 503


# ── what anyone may read ─────────────────────────────────────────────────────────────────────────────────────────────


def test_anyone_may_read_where_words_go_how_that_is_known_and_since_when(proven: Gateway) -> None:
    shown = proven.client.get("/residency", headers={"Origin": "http://lms.example"})
    assert shown.headers["Access-Control-Allow-Origin"] == "http://lms.example"
    found = shown.get_json()
    assert (found["answering"], found["reason"], found["policy"]) == (True, "holds", "uk-at-rest")
    assert [fact["name"] for fact in found["facts"]] == ["stored in", "processed in", "usage metadata in", "retention"]
    assert [fact["evidence"] for fact in found["facts"]] == ["admin-api", "admin-api", "published", "admin-api"]
    assert found["at"] < found["valid_until"]
    for hidden in ("proj_test", "127.0.0.1", "sk-"):
        assert hidden not in shown.text
    in_french = proven.client.get("/residency?language=fr").get_json()
    assert in_french["facts"][0]["reason"] != found["facts"][0]["reason"]
    assert proven.conversation(proven.ticket())["where"]["stored_in"] == "GB"


def test_an_attestation_of_another_policy_does_not_count_and_nothing_is_claimed(
    tmp_path: Path, endpoint: RecordingEndpoint
) -> None:
    with gateway(tmp_path, endpoint.base_url) as attested:
        assert attested.client.get("/readyz").get_json()["status"] == "ready"
        other = environment(tmp_path, endpoint.base_url, residency_policy="uk-at-rest-and-processing")
        app = create_app(Settings.read(other))
        found: dict[str, Any] = app.test_client().get("/residency").get_json()
        with app.app_context():
            db.engine.dispose()
    assert (found["answering"], found["reason"], found["facts"], found["at"]) == (False, "none", [], None)


# ── two real workers ─────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def two_workers(env: dict[str, str], *, log: Path) -> Iterator[str]:
    """`tutor-gateway serve --workers 2`; its address."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TUTOR_", "OPENAI_"))}
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", "from xblock_ai_tutor.gateway.cli import main; main()"),
                *("serve", "--port", "0", "--workers", "2"),
            ],
            env=clean | env,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "ready on" in line, log.read_text()
            yield line.strip().removeprefix("Tutor gateway ready on ")
        finally:
            process.terminate()
            process.wait(60)
            assert process.stdout is not None
            process.stdout.close()
            assert "MonkeyPatchWarning" not in log.read_text()  # ssl was patched before anything imported it


def test_two_real_workers_stop_within_seconds_and_resume_by_themselves(
    tmp_path: Path, endpoint: RecordingEndpoint, provider: Provider
) -> None:
    model_port = int(endpoint.base_url.split(":")[2].split("/")[0])
    changes = provider_settings(tmp_path, provider, model_port=model_port)
    # Nobody is told to wait: one learner asks again and again.
    changes |= {"residency_check_hours": str(1 / 3600), "residency_stale_hours": "1", "messages_per_minute": "0"}
    changes |= {"budget_tokens_per_learner_day": "0"}
    env = environment(tmp_path, endpoint.base_url, **changes)
    with gateway(
        tmp_path, endpoint.base_url, **{n.removeprefix("TUTOR_").lower(): v for n, v in env.items()}
    ) as driver:
        ticket = driver.ticket()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with two_workers(env, log=tmp_path / "log") as address:

        def status() -> int:
            body = json.dumps({"text": "How do I check a case?", "key": str(uuid.uuid4()), "step": "spot"}).encode()
            request = urllib.request.Request(
                f"{address}/turns",
                data=body,
                headers={"Authorization": f"Bearer {ticket}", "Content-Type": "application/json"},
            )
            try:
                with opener.open(request, timeout=10) as answered:
                    answered.read()
                    return int(answered.status)
            except urllib.error.HTTPError as refused:
                with refused:
                    return int(refused.code)

        def all_say(want: int) -> bool:
            """Eight new connections: both workers are among them, for all that it matters."""
            return [status() for _ in range(8)] == [want] * 8

        eventually(lambda: all_say(200), within_s=60)
        provider.residency = "GLOBAL"
        eventually(lambda: all_say(503), within_s=60)
        provider.residency = "GB_STORAGE"
        eventually(lambda: all_say(200), within_s=60)
