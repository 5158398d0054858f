"""The routes: who may call them, what they take, how they say no, and that their description is true."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import pytest

from tests.support.gateway import LEARNER, LESSON, ORIGIN, Gateway, RecordingEndpoint, lesson_bytes

TICKET = {"learner": LEARNER, "lesson": "0" * 64, "course": "c", "usage": "u", "language": "en"}


def test_every_route_is_in_the_openapi_document(tutor: Gateway) -> None:
    document = tutor.client.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    described = {
        (path.replace("{", "<").replace("}", ">"), method.upper())
        for path, methods in document["paths"].items()
        for method in methods
    }
    routes = {
        (rule.rule, method) for rule in tutor.app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == routes


def test_every_reference_in_the_openapi_document_leads_somewhere(tutor: Gateway) -> None:
    document = tutor.client.get("/openapi.json").get_json()

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [found for value in node.values() for found in references(value)]
        return [found for value in node for found in references(value)] if isinstance(node, list) else []

    names = {name.removeprefix("#/components/schemas/") for name in references(document)}
    assert names <= set(document["components"]["schemas"])


def test_answers_have_the_described_fields(tutor: Gateway) -> None:
    schemas = tutor.client.get("/openapi.json").get_json()["components"]["schemas"]
    ticket = tutor.ticket()
    done = tutor.ask("What is pat@dept.example?", ticket=ticket)
    assert set(done[-1][1]) == set(schemas["Done"]["properties"])
    assert set(done[0][1]) == set(schemas["Notice"]["properties"])
    kept = tutor.conversation(ticket)
    assert set(kept) == set(schemas["Conversation"]["properties"])
    assert set(kept["turns"][0]) == set(schemas["Conversation"]["properties"]["turns"]["items"]["properties"])


def test_a_lesson_is_stored_once_under_its_digest(tutor: Gateway) -> None:
    body = lesson_bytes()
    address = f"/lessons/{hashlib.sha256(body).hexdigest()}"
    assert tutor.client.put(address, data=body, headers=tutor.as_lms()).status_code == 201
    assert tutor.client.put(address, data=body, headers=tutor.as_lms()).status_code == 200


@pytest.mark.parametrize(
    "spoilt",
    [
        {"schema": "ai-tutor-lesson/2"},
        {"support": "everything"},
        {"answers": ["a"]},
        {"passages": [{"id": "nonsense", "step": "s", "text": "x"}]},
        {"links": ["http://plain.example/"]},
        {"title": 3},
    ],
)
def test_a_lesson_that_does_not_fit_is_refused(tutor: Gateway, spoilt: dict[str, Any]) -> None:
    body = lesson_bytes(LESSON | spoilt)
    address = f"/lessons/{hashlib.sha256(body).hexdigest()}"
    answered = tutor.client.put(address, data=body, headers=tutor.as_lms())
    assert answered.status_code == 400
    assert answered.get_json()["error"]["code"] == "lesson_rejected"


def test_a_lesson_under_a_wrong_address_is_refused(tutor: Gateway) -> None:
    answered = tutor.client.put(f"/lessons/{'0' * 64}", data=lesson_bytes(), headers=tutor.as_lms())
    assert answered.status_code == 400
    assert "SHA-256" in answered.get_json()["error"]["message"]


def test_an_unknown_lesson_is_told_so_that_the_block_can_upload_it(tutor: Gateway) -> None:
    answered = tutor.client.post("/tickets", json=TICKET, headers=tutor.as_lms())
    assert answered.status_code == 404
    assert answered.get_json()["error"]["code"] == "lesson_unknown"


@pytest.mark.parametrize(
    "spoilt",
    [
        {"learner": "pat@dept.example"},
        {"learner": None},
        {"lesson": "x"},
        {"usage": ""},
        {"language": "../x"},
        {"x": 1},
    ],
)
def test_a_ticket_request_that_does_not_fit_is_refused(tutor: Gateway, spoilt: dict[str, Any]) -> None:
    answered = tutor.client.post("/tickets", json=TICKET | spoilt, headers=tutor.as_lms())
    assert answered.status_code == 400
    assert "pat@dept.example" not in answered.text


@pytest.mark.parametrize(
    "body",
    [
        {"text": "x"},
        {"text": 3, "key": str(uuid.uuid4())},
        {"text": "x", "key": "1"},
        {"text": "x", "key": str(uuid.uuid4()), "history": []},
        [],
        "x",
    ],
)
def test_a_turn_that_does_not_fit_is_refused(tutor: Gateway, endpoint: RecordingEndpoint, body: Any) -> None:
    headers = {"Authorization": f"Bearer {tutor.ticket()}"}
    answered = tutor.client.post("/turns", json=body, headers=headers)
    assert answered.status_code == 400
    assert answered.get_json()["error"]["retry"] is False
    assert endpoint.received == []


def test_bodies_have_limits(tutor: Gateway) -> None:
    ticket = tutor.ticket()
    with tutor.post("x" * 70_000, ticket=ticket) as answered:
        assert answered.status_code == 413
    big = tutor.client.put(f"/lessons/{'0' * 64}", data=b"x" * 1_200_000, headers=tutor.as_lms())
    assert big.status_code == 413
    assert big.get_json()["error"]["code"]


def test_every_error_has_the_one_envelope(tutor: Gateway) -> None:
    for answered in (
        tutor.client.get("/nowhere"),
        tutor.client.get("/turns"),
        tutor.client.post("/turns"),
        tutor.client.put("/lessons/x"),
    ):
        assert answered.status_code in (401, 404, 405)
        assert set(answered.get_json()["error"]) == {"code", "message", "retry"}


def test_a_mistake_of_ours_gives_away_nothing(tutor: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    from xblock_ai_tutor.gateway import api

    def mistake(*_arguments: object) -> None:
        raise RuntimeError("the learner's words")

    monkeypatch.setattr(api, "read_transcript", mistake)
    answered = tutor.client.get("/conversation", headers={"Authorization": f"Bearer {tutor.ticket()}"})
    assert answered.status_code == 500
    assert "words" not in answered.text


def preflight(tutor: Gateway, origin: str, path: str = "/turns") -> dict[str, str]:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return dict(tutor.client.options(path, headers=headers).headers)


def test_a_configured_origin_may_call(tutor: Gateway) -> None:
    allowed = preflight(tutor, ORIGIN)
    assert allowed["Access-Control-Allow-Origin"] == ORIGIN
    assert allowed["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert "POST" in allowed["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in allowed
    headers = {"Origin": ORIGIN, "Authorization": f"Bearer {tutor.ticket()}"}
    answered = tutor.client.get("/conversation", headers=headers)
    assert answered.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Origin" in answered.headers["Vary"]
    refused = tutor.client.get("/conversation", headers={"Origin": ORIGIN})
    assert refused.headers["Access-Control-Allow-Origin"] == ORIGIN  # so that the page can read why


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", ORIGIN + ".evil.example", "https://lms.example"])
def test_no_other_origin_may_call(tutor: Gateway, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(tutor, origin)


def test_no_browser_may_call_what_is_for_the_lms(tutor: Gateway) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(tutor, ORIGIN, "/tickets")


def test_every_answer_has_its_security_headers(tutor: Gateway) -> None:
    for path in ("/healthz", "/nowhere", "/conversation"):
        headers = tutor.client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"


def test_it_is_ready_only_with_its_database(tutor: Gateway) -> None:
    assert tutor.client.get("/readyz").status_code == 200
    with tutor.app.app_context():
        from xblock_ai_tutor.gateway.store.database import transaction

        with transaction() as session:
            session.connection().exec_driver_sql("DROP TABLE budgets")
    assert tutor.client.get("/healthz").status_code == 200
    assert tutor.client.get("/readyz").status_code == 503


def test_the_migrations_make_the_tables_that_the_code_declares(tutor: Gateway) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from xblock_ai_tutor.gateway.store.database import db

    with tutor.app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
