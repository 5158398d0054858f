"""Tokens: forged, expired, foreign and unsigned ones get 401 and nothing else."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import jwt
import pytest

from tests.support.gateway import LEARNER, OTHER_LEARNER, Gateway, RecordingEndpoint, service_token


def unsigned(claims: dict[str, Any], header: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims))
    return ".".join([*parts, ""])


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def bad_tickets(tutor: Gateway) -> dict[str, str]:
    """One bad ticket of every kind, made from a good one."""
    good = claims_of(tutor.ticket())
    key, service = tutor.settings.ticket_key.reveal(), tutor.settings.service_key.reveal()

    def signed(key: str = key, algorithm: str = "HS256", **changes: Any) -> str:
        return jwt.encode(good | changes, key, algorithm=algorithm)

    def lacking(claim: str) -> str:
        return jwt.encode({name: value for name, value in good.items() if name != claim}, key, algorithm="HS256")

    return {
        "forged": signed(key="another-key-" + "x" * 40),
        "signed with the service key": signed(key=service),
        "expired": signed(exp=int(time.time()) - 60),
        "without expiry": lacking("exp"),
        "for longer than any": signed(exp=int(time.time()) + 86_400),
        "wrong audience": signed(aud="lms-receipt"),
        "wrong issuer": signed(iss="lms"),
        "another algorithm with the right key": signed(algorithm="HS512"),
        "alg none": unsigned(good, {"alg": "none", "typ": "JWT"}),
        "alg None": unsigned(good, {"alg": "None", "typ": "JWT"}),
        "without a learner": lacking("sub"),
        "tampered": tutor.ticket()[:-4] + "AAAA",
        "a service token": service_token(tutor.settings),
        "nonsense": "x.y.z",
        "empty": "",
    }


def test_a_bad_ticket_gets_401_and_nothing_else(tutor: Gateway, endpoint: RecordingEndpoint) -> None:
    for kind, token in bad_tickets(tutor).items():
        with tutor.post("What is a case?", ticket=token) as answered:
            assert answered.status_code == 401, kind
            assert answered.get_json()["error"]["code"] == "unauthorised"
        for method in (tutor.client.get, tutor.client.delete):
            assert method("/conversation", headers={"Authorization": f"Bearer {token}"}).status_code == 401, kind
    assert endpoint.received == []
    assert tutor.rows("SELECT count(*) FROM turns") == [(0,)]
    assert tutor.rows("SELECT count(*) FROM audit") == [(0,)]


def test_a_bad_ticket_is_refused_before_its_body_is_read(tutor: Gateway) -> None:
    answered = tutor.client.post("/turns", data=b"{not json", headers={"Authorization": "Bearer x.y.z"})
    assert answered.status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "tutor-turns"},
        {"iss": "tutor-gateway"},
        {"exp": -60, "iat": -90},
        {"exp": 3600},
        {"iat": 600, "exp": 660},
    ],
)
def test_a_bad_service_token_gets_401(tutor: Gateway, changes: dict[str, Any]) -> None:
    now = int(time.time())  # of this test: the suite may have begun an hour ago
    changes = {name: now + value if isinstance(value, int) else value for name, value in changes.items()}
    headers = {"Authorization": f"Bearer {service_token(tutor.settings, **changes)}"}
    assert tutor.client.post("/tickets", json={}, headers=headers).status_code == 401
    assert tutor.client.put(f"/lessons/{'0' * 64}", data=b"{}", headers=headers).status_code == 401


def test_a_ticket_is_no_service_token(tutor: Gateway) -> None:
    headers = {"Authorization": f"Bearer {tutor.ticket()}"}
    assert tutor.client.post("/tickets", json={}, headers=headers).status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "bearer"])
def test_no_token_is_401(tutor: Gateway, header: str) -> None:
    assert tutor.client.get("/conversation", headers={"Authorization": header}).status_code == 401


def test_a_signed_ticket_for_another_learners_conversation_is_refused(
    tutor: Gateway, endpoint: RecordingEndpoint
) -> None:
    """Even were the gateway's own key misused: the conversation's owner is checked against the database."""
    tutor.ask("A question about a case", ticket=tutor.ticket(LEARNER))
    asked = len(endpoint.received)
    mixed = claims_of(tutor.ticket(LEARNER)) | {"sub": OTHER_LEARNER}
    ticket = jwt.encode(mixed, tutor.settings.ticket_key.reveal(), algorithm="HS256")
    assert tutor.conversation(ticket)["turns"] == []
    with tutor.post("What did they ask?", ticket=ticket) as answered:
        assert answered.status_code == 401
    assert len(endpoint.received) == asked
    tutor.client.delete("/conversation", headers={"Authorization": f"Bearer {ticket}"})
    assert len(tutor.conversation(tutor.ticket(LEARNER))["turns"]) == 1


def test_a_ticket_carries_a_pseudonym_and_no_person(tutor: Gateway) -> None:
    assert set(claims_of(tutor.ticket())) == {
        *(
            "iss",
            "aud",
            "sub",
            "lesson",
            "course",
            "usage",
            "conversation",
            "language",
            "department",
            "attempted",
            "iat",
            "exp",
            "jti",
        )
    }
