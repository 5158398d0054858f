"""A model endpoint that misbehaves on the wire: a plain sentence, the budget given back, the turn counted."""

from __future__ import annotations

import json
import socket
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.gateway import (
    CutHereError,
    Gateway,
    RecordingEndpoint,
    Reply,
    Write,
    completed,
    gateway,
    said,
    sse,
    streaming,
    text_delta,
)

pytestmark = pytest.mark.quiet

HALF = "The first sentence is whole. The second one is n"


def refusing(status: int, code: str = "x", **headers: str) -> Reply:
    body = {"error": {"message": "WORDS OF THE ENDPOINT", "type": "t", "param": None, "code": code}}
    return Reply(status=status, headers=headers, body=json.dumps(body).encode())


def cut(write: Write) -> None:
    write(text_delta(HALF))
    raise CutHereError


def cut_inside_an_event(write: Write) -> None:
    write(text_delta(HALF))
    write(text_delta("ot finished.")[:40])
    raise CutHereError


BEFORE_ANY_TEXT = [
    (refusing(400), "model_misconfigured", False),
    (refusing(401), "model_misconfigured", False),
    (refusing(401, "incorrect_hostname"), "model_misconfigured", False),
    (refusing(403), "model_misconfigured", False),
    (refusing(404), "model_misconfigured", False),
    (refusing(408), "model_timeout", True),
    (refusing(409), "model_unavailable", True),
    (refusing(429), "model_busy", True),
    (refusing(429, "rate", **{"Retry-After": "60"}), "model_busy", True),
    (refusing(500), "model_unavailable", True),
    (refusing(503, "x", **{"Retry-After": "110"}), "model_unavailable", True),
    (Reply(status=307, headers={"Location": "https://elsewhere.example/"}), "model_misconfigured", False),
    (Reply(body=b'{"object":"response"}'), "model_unavailable", True),
    (streaming(b"data: {not json\n\n"), "model_unavailable", True),
    (streaming(b"data: " + b"x" * 1_100_000), "model_unavailable", True),
    (streaming(sse("error", code="server_error", message="WORDS")), "model_unavailable", True),
    (streaming(sse("error", code="rate_limit_exceeded", message="WORDS")), "model_busy", True),
    (
        streaming(sse("response.failed", response={"error": {"code": "data_residency_mismatch", "message": "WORDS"}})),
        "model_misconfigured",
        False,
    ),
    (streaming(completed()), "model_unavailable", True),
    (streaming(), "model_cut", True),
]


@pytest.mark.parametrize(("reply", "code", "retry"), BEFORE_ANY_TEXT)
def test_a_fault_before_any_text_is_one_plain_sentence(
    tutor: Gateway, endpoint: RecordingEndpoint, reply: Reply, code: str, retry: bool
) -> None:
    endpoint.reply = reply
    begun = time.monotonic()
    found = tutor.ask("What about the case?")
    assert time.monotonic() - begun < 5  # no `retry-after` is waited out while a learner looks on
    assert [kind for kind, _ in found] == ["error"]
    assert (found[0][1]["code"], found[0][1]["retry"]) == (code, retry)
    assert "WORDS" not in json.dumps(found)
    assert tutor.rows("SELECT status, reason FROM ledger") == [("failed", code)]
    assert tutor.rows("SELECT sum(reserved) FROM budgets") == [(0,)]
    assert tutor.rows("SELECT count(*) FROM reservations") == [(0,)]


IN_MID_STREAM: list[tuple[Callable[[Write], None] | Reply, str]] = [
    (cut, "model_cut"),
    (cut_inside_an_event, "model_cut"),
    (streaming(text_delta(HALF)), "model_cut"),
    (streaming(text_delta(HALF), sse("error", code="server_error", message="WORDS")), "model_unavailable"),
    (streaming(text_delta(HALF), b"data: {not json\n\n"), "model_unavailable"),
]


@pytest.mark.parametrize(("fault", "code"), IN_MID_STREAM)
def test_a_fault_in_mid_stream_ends_in_an_error_and_keeps_what_was_shown(
    tutor: Gateway, endpoint: RecordingEndpoint, fault: Callable[[Write], None] | Reply, code: str
) -> None:
    endpoint.reply = fault if isinstance(fault, Reply) else Reply(stream=fault)
    ticket = tutor.ticket()
    found = tutor.ask("What about the case?", ticket=ticket)
    assert [kind for kind, _ in found] == ["text", "error"]
    assert found[-1][1]["code"] == code
    assert said(found).strip() == "The first sentence is whole."
    turn = tutor.conversation(ticket)["turns"][0]
    assert (turn["status"], turn["html"]) == ("incomplete", "<p>The first sentence is whole.</p>")
    assert tutor.rows("SELECT sum(reserved) FROM budgets") == [(0,)]


def test_silence_in_mid_stream_is_a_timeout(tmp_path: Path, endpoint: RecordingEndpoint) -> None:
    def silence(write: Write) -> None:
        write(text_delta(HALF))
        endpoint.hung_up.wait(2)

    endpoint.reply = Reply(stream=silence)
    with gateway(tmp_path, endpoint.base_url, read_seconds="0.2") as tutor:
        found = tutor.ask("What about the case?")
        assert [kind for kind, _ in found] == ["text", "error"]
        assert found[-1][1]["code"] == "model_timeout"
        assert tutor.rows("SELECT sum(reserved) FROM budgets") == [(0,)]


def test_an_answer_that_drips_for_ever_ends_with_the_turns_time(tmp_path: Path, endpoint: RecordingEndpoint) -> None:
    def drip(write: Write) -> None:
        while True:
            write(text_delta("drip "))
            endpoint.hung_up.wait(0.02)

    endpoint.reply = Reply(stream=drip)
    with gateway(tmp_path, endpoint.base_url, turn_seconds="0.3") as tutor:
        found = tutor.ask("What about the case?")
        assert (found[-1][0], found[-1][1]["code"]) == ("error", "model_timeout")
    assert endpoint.hung_up.wait(5)


def test_an_endpoint_that_is_not_there(tmp_path: Path) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can take the port
        with gateway(tmp_path, f"http://127.0.0.1:{reserved.getsockname()[1]}/v1") as tutor:
            found = tutor.ask("What about the case?")
            assert [(kind, data["code"]) for kind, data in found] == [("error", "model_unavailable")]


def test_a_whole_answer_in_one_large_event_is_taken(tutor: Gateway, endpoint: RecordingEndpoint) -> None:
    tutor.with_settings(max_output_tokens=100_000)
    endpoint.reply = streaming(text_delta("A sentence of the answer. " * 8_000), completed())
    found = tutor.ask("What about the case?")
    assert found[-1][0] == "done"
    assert len(said(found)) > 200_000


def test_a_failed_turn_can_be_asked_again_with_its_key(tutor: Gateway, endpoint: RecordingEndpoint) -> None:
    ticket, key = tutor.ticket(), str(uuid.uuid4())
    endpoint.reply = refusing(500)
    assert tutor.ask("What about the case?", ticket=ticket, key=key)[-1][0] == "error"
    endpoint.reply = None
    assert tutor.ask("What about the case?", ticket=ticket, key=key)[-1][1]["status"] == "answered"
    assert [turn["status"] for turn in tutor.conversation(ticket)["turns"]] == ["answered"]
    assert tutor.rows("SELECT status FROM ledger ORDER BY cursor") == [("failed",), ("answered",)]


def test_a_passing_fault_is_repeated_once_by_the_sdk(tmp_path: Path, endpoint: RecordingEndpoint) -> None:
    endpoint.reply = refusing(500, "x", **{"Retry-After": "0.01"})
    with gateway(tmp_path, endpoint.base_url, model_retries="1") as tutor:
        tutor.ask("What about the case?")
    assert len(endpoint.received) == 2


def test_a_database_that_fails_at_the_end_still_gives_a_sentence(
    tutor: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xblock_ai_tutor.gateway import turn

    def broken(_turn: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr(turn, "settle", broken)
    assert tutor.ask("What about the case?")[-1][0] == "error"
