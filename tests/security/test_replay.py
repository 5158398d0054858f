"""Replayed and rotated: a token used before, a ticket of what was erased, a page that is no LMS, a key that retires."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import jwt
import pytest

from tests.support.gateway import LEARNER, ORIGIN, Gateway, RecordingEndpoint, environment, gateway, service_token
from xblock_ai_tutor.gateway.config import ConfigError, Secret, Settings
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.tickets import conversation_id, issue_receipt, read_ticket, safety_identifier

OLD, NEW, OTHER = "old-" + "o" * 40, "new-" + "n" * 40, "other-" + "x" * 40


def bearer(token: str, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **headers}


def body(tutor: Gateway) -> dict[str, str]:
    return {"learner": LEARNER, "lesson": tutor.upload(), "course": "c", "usage": "u"}


# ── service tokens ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_service_token_is_good_for_one_request(tutor: Gateway) -> None:
    asked, token = body(tutor), service_token(tutor.settings)
    assert tutor.client.post("/tickets", json=asked, headers=bearer(token)).status_code == 201
    for _ in range(2):
        answered = tutor.client.post("/tickets", json=asked, headers=bearer(token))
        assert (answered.status_code, answered.get_json()["error"]["code"]) == (401, "unauthorised")
    assert tutor.client.put(f"/lessons/{'0' * 64}", data=b"{}", headers=bearer(token)).status_code == 401


def test_a_service_token_used_twice_at_once_is_used_once(tutor: Gateway) -> None:
    asked, token = body(tutor), service_token(tutor.settings)

    def post(_number: int) -> int:
        with tutor.app.test_client() as client:
            return client.post("/tickets", json=asked, headers=bearer(token)).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(post, range(8))) == [201] + [401] * 7


def test_a_used_token_is_remembered_for_as_long_as_it_lives_and_no_longer(tutor: Gateway) -> None:
    from xblock_ai_tutor.gateway.housekeeping import forget_what_expired

    tutor.ticket()
    now_ms = int(time.time() * 1000)
    for later_ms, left in ((0, 2), (60_000, 2), (70_000, 0)):
        with tutor.app.app_context():
            forget_what_expired(services_of(tutor.app), now_ms + later_ms)
        assert tutor.rows("SELECT count(*) FROM used_tokens") == [(left,)]


@pytest.mark.parametrize("jti", [7, ["x"], "x" * 65, None])
def test_a_jti_that_is_no_short_text_is_refused(tutor: Gateway, jti: object) -> None:
    token = service_token(tutor.settings, jti=jti)
    assert tutor.client.post("/tickets", json=body(tutor), headers=bearer(token)).status_code == 401


# ── tickets ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_ticket_of_an_erased_conversation_is_void(tutor: Gateway, endpoint: RecordingEndpoint) -> None:
    first, second = tutor.ticket(), tutor.ticket()
    tutor.ask("A question about a case", ticket=first)
    asked = len(endpoint.received)
    assert tutor.client.delete("/conversation", headers=bearer(second)).status_code == 204
    for old in (first, second):
        with tutor.post("Again about a case", ticket=old) as answered:
            assert answered.status_code == 401
            assert set(answered.get_json()) == {"error"}
    assert len(endpoint.received) == asked
    assert tutor.rows("SELECT count(*) FROM turns") == [(0,)]
    # Another conversation of the same learner goes on.
    assert tutor.ask("A case?", ticket=tutor.ticket(usage="block-2"))[-1][1]["status"] == "answered"


def test_a_turn_sent_again_asks_no_model_and_draws_on_no_budget(tutor: Gateway, endpoint: RecordingEndpoint) -> None:
    ticket, key = tutor.ticket(), str(uuid.uuid4())
    first = tutor.ask("A question about a case", ticket=ticket, key=key)[-1][1]
    used = tutor.rows("SELECT sum(used) FROM budgets")
    again = tutor.ask("Another question, same key", ticket=ticket, key=key)[-1][1]
    assert (again["turn"], again["html"]) == (first["turn"], first["html"])
    assert len(endpoint.received) == 1
    assert tutor.rows("SELECT sum(used) FROM budgets") == used


def test_a_ticket_from_before_departments_is_still_good(tutor: Gateway) -> None:
    claims = jwt.decode(tutor.ticket(), options={"verify_signature": False})
    del claims["department"]
    claims["iat"] = int(claims["iat"])
    older = jwt.encode(claims, tutor.settings.ticket_key.each()[0], algorithm="HS256")
    assert read_ticket(tutor.settings, older).department == ""
    assert tutor.ask("A case?", ticket=older)[-1][1]["status"] == "answered"


@pytest.mark.parametrize("department", ["a person's name", "x" * 65, "mail@dept.example", "-x", "é"])
def test_a_department_is_a_short_code_and_nothing_else(tutor: Gateway, department: str) -> None:
    asked = body(tutor) | {"department": department}
    answered = tutor.client.post("/tickets", json=asked, headers=tutor.as_lms())
    assert answered.status_code == 400
    assert department not in answered.text


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://lms.example.evil.example", "http://lms", ""]
)
def test_a_page_of_no_configured_lms_gets_403_whatever_its_ticket(
    tutor: Gateway, endpoint: RecordingEndpoint, origin: str
) -> None:
    headers = bearer(tutor.ticket(), Origin=origin)
    turn = {"text": "x", "key": str(uuid.uuid4()), "step": "spot"}
    for answered in (
        tutor.client.post("/turns", json=turn, headers=headers),
        tutor.client.get("/conversation", headers=headers),
        tutor.client.delete("/conversation", headers=headers),
    ):
        assert answered.status_code == 403
        assert answered.get_json()["error"]["code"] == "foreign_origin"
        assert "Access-Control-Allow-Origin" not in answered.headers
    assert endpoint.received == []
    preflight = tutor.client.options("/turns", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    assert "Access-Control-Allow-Origin" not in preflight.headers


@pytest.mark.parametrize("origin", [ORIGIN, "http://localhost"])
def test_a_configured_lms_and_the_gateways_own_host_may_call(tutor: Gateway, origin: str) -> None:
    headers = bearer(tutor.ticket(), Origin=origin)
    answered = tutor.client.get("/conversation", headers=headers)
    assert answered.status_code == 200
    assert answered.headers.get("Access-Control-Allow-Origin") == (ORIGIN if origin == ORIGIN else None)


# ── rotation ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def rotated(settings: Settings, **keys: str) -> Settings:
    return replace(settings, **{name: Secret(value) for name, value in keys.items()})


def test_a_ticket_key_is_rotated_without_ending_a_session_or_a_conversation(
    tmp_path: Path, endpoint: RecordingEndpoint
) -> None:
    with gateway(tmp_path, endpoint.base_url, ticket_key=OLD) as tutor:
        before = tutor.ticket()
        tutor.ask("A question about a case", ticket=before)
        tutor.with_settings(ticket_key=Secret(f"{NEW},{OLD}"))
        assert len(tutor.conversation(before)["turns"]) == 1
        during = tutor.ticket()
        assert len(tutor.conversation(during)["turns"]) == 1
        jwt.decode(during, NEW, algorithms=["HS256"], audience="tutor-turns")
        # The old key goes; what ids are derived from stays.
        tutor.with_settings(ticket_key=Secret(NEW), identity_key=Secret(OLD))
        assert len(tutor.conversation(during)["turns"]) == 1
        assert len(tutor.conversation(tutor.ticket())["turns"]) == 1
        answered = tutor.client.get("/conversation", headers=bearer(before))
        assert answered.status_code == 401


def test_a_service_key_is_rotated_while_the_lms_still_has_the_old_one(
    tmp_path: Path, endpoint: RecordingEndpoint
) -> None:
    with gateway(tmp_path, endpoint.base_url, service_key=f"{NEW},{OLD}") as tutor:
        asked = body(tutor)
        for key, status in ((OLD, 201), (NEW, 201), (OTHER, 401)):
            token = service_token(rotated(tutor.settings, service_key=key))
            assert tutor.client.post("/tickets", json=asked, headers=bearer(token)).status_code == status


def test_ids_do_not_move_when_keys_do(tutor: Gateway) -> None:
    before = rotated(tutor.settings, ticket_key=OLD, identity_key="")
    for after in (
        rotated(before, ticket_key=f"{NEW},{OLD}"),
        rotated(before, ticket_key=NEW, identity_key=OLD),
        rotated(before, ticket_key=f"{OTHER}, {NEW}", identity_key=OLD),
    ):
        assert conversation_id(after, LEARNER, "c", "u") == conversation_id(before, LEARNER, "c", "u")
        assert safety_identifier(after, LEARNER) == safety_identifier(before, LEARNER)
    assert conversation_id(rotated(before, identity_key=NEW), LEARNER, "c", "u") != conversation_id(
        before, LEARNER, "c", "u"
    )


def test_a_receipt_is_signed_with_the_newest_key(tutor: Gateway) -> None:
    ticket = read_ticket(tutor.settings, tutor.ticket())
    settings = rotated(tutor.settings, service_key=f"{NEW},{OLD}")
    receipt = issue_receipt(settings, ticket, step="", turn="t", status="answered", redactions=0)
    assert jwt.decode(receipt, NEW, algorithms=["HS256"], audience="lms-receipt")["turn"] == "t"


def test_no_key_of_the_lms_may_be_a_ticket_key(tmp_path: Path) -> None:
    uk = "https://gb.api.openai.com/v1"
    with pytest.raises(ConfigError, match="forge tickets"):
        Settings.read(environment(tmp_path, uk, service_key=f"{NEW},{OLD}", ticket_key=f"{OTHER},{OLD}"))
    with pytest.raises(ConfigError, match="each of several"):
        Settings.read(environment(tmp_path, uk, ticket_key=f"{NEW},short"))
