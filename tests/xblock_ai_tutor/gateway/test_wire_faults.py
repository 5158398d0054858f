"""A model endpoint that breaks HTTP itself: whatever comes, a plain sentence, and nothing is held for ever."""

from __future__ import annotations

import contextlib
import email.utils
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import Event, Gateway, completed, gateway, said, served, sse, text_delta
from tests.support.wire import ANSWER, CHUNKED, LAST, SSE_HEAD, Caller, RawEndpoint, Script, chunk, until

pytestmark = pytest.mark.quiet

HALF = "The first sentence is whole. The second one is n"


def writing(*parts: bytes) -> Script:
    """A script that writes these bytes and closes."""

    def script(caller: Caller) -> None:
        for part in parts:
            caller.write(part)

    return script


def dripping(begin: bytes, drop: bytes) -> Script:
    """A script that writes `begin` and then `drop` for ever, slowly."""

    def script(caller: Caller) -> None:
        caller.write(begin)
        caller.drip(itertools.repeat(drop), 0.02)

    return script


def flooding(begin: bytes, data: bytes) -> Script:
    """A script that writes `begin` and then `data` for ever, as fast as it is taken."""

    def script(caller: Caller) -> None:
        caller.write(begin)
        while True:
            caller.write(data)

    return script


def error_body(status: str, *headers: str) -> bytes:
    body = json.dumps({"error": {"message": "WORDS OF THE ENDPOINT", "type": "t", "param": None, "code": "x"}})
    lines = [f"HTTP/1.1 {status}", *headers, "Content-Type: application/json", f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(lines).encode()


@contextlib.contextmanager
def asking(folder: Path, script: Script, **settings: str) -> Iterator[tuple[Gateway, RawEndpoint]]:
    with RawEndpoint(script) as endpoint, gateway(folder, endpoint.base_url, **settings) as tutor:
        yield tutor, endpoint


def holds_nothing(tutor: Gateway) -> bool:
    return tutor.rows("SELECT coalesce(sum(reserved), 0) FROM budgets") == [(0,)] and tutor.rows(
        "SELECT count(*) FROM reservations"
    ) == [(0,)]


def soon() -> str:
    return email.utils.formatdate(time.time() + 60, usegmt=True)


BEFORE_ANY_TEXT: list[tuple[str, Script, str]] = [
    ("closes at once", writing(), "model_unavailable"),
    ("resets", Caller.reset, "model_unavailable"),
    ("is no HTTP", writing(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "model_unavailable"),
    ("a status that is no number", writing(b"HTTP/1.1 abc OK\r\n\r\n"), "model_unavailable"),
    ("a header without end", flooding(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 8_000), "model_unavailable"),
    ("headers without end", flooding(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n" * 500), "model_unavailable"),
    ("headers that are cut", writing(b"HTTP/1.1 200 OK\r\nContent-Ty"), "model_unavailable"),
    (
        "HTML",
        writing(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"),
        "model_unavailable",
    ),
    ("no content type", writing(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), "model_unavailable"),
    ("204", writing(b"HTTP/1.1 204 No Content\r\n\r\n"), "model_unavailable"),
    ("packed", writing(SSE_HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08"), "model_unavailable"),
    ("401 packed", writing(b"HTTP/1.1 401 No\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b"), "model_misconfigured"),
    ("an empty body", writing(CHUNKED + LAST), "model_cut"),
    ("a chunk without length", writing(CHUNKED + b"\r\n\r\n"), "model_cut"),
    ("a length that is no number", writing(CHUNKED + b"zz\r\nabc"), "model_cut"),
    ("a length without end", flooding(CHUNKED, b"1" * 8_000), "model_cut"),
    ("a chunk larger than what comes", writing(CHUNKED + b"7fffffff\r\ndata: x"), "model_cut"),
    ("a body shorter than its length", writing(SSE_HEAD + b"Content-Length: 9000\r\n\r\ndata: x"), "model_cut"),
    ("an event without end", flooding(CHUNKED, chunk(b"x" * 8_000)), "model_unavailable"),
    ("a text that is no text", writing(CHUNKED + chunk(sse("response.completed", response=7))), "model_unavailable"),
    ("bytes that are no UTF-8", writing(CHUNKED + chunk(b'data: {"type":"\xff\xfe"}\n\n')), "model_unavailable"),
    ("a JSON bomb", writing(CHUNKED + chunk(b"data: " + b"[" * 100_000 + b"\n\n")), "model_unavailable"),
    ("429 in seconds", writing(error_body("429 Slow", "Retry-After: 60")), "model_busy"),
    ("429 with a date", writing(error_body("429 Slow", f"Retry-After: {soon()}")), "model_busy"),
    ("503 with a date", writing(error_body("503 Away", f"Retry-After: {soon()}")), "model_unavailable"),
    ("503 that says nonsense", writing(error_body("503 Away", "Retry-After: soon")), "model_unavailable"),
    ("an endless error", flooding(b"HTTP/1.1 500 No\r\n\r\n", b"x" * 8_000), "model_unavailable"),
    ("failed", writing(CHUNKED + chunk(sse("response.failed", response={"error": None}))), "model_unavailable"),
    ("an error of no kind", writing(CHUNKED + chunk(sse("error"))), "model_unavailable"),
]


@pytest.mark.parametrize(
    ("script", "code"), [item[1:] for item in BEFORE_ANY_TEXT], ids=[i[0] for i in BEFORE_ANY_TEXT]
)
def test_a_broken_answer_is_one_plain_sentence(tmp_path: Path, script: Script, code: str) -> None:
    with asking(tmp_path, script, model_retries="1") as (tutor, _endpoint):
        begun = time.monotonic()
        found = tutor.ask("What about the case?")
        assert time.monotonic() - begun < 5
        assert [(kind, data["code"]) for kind, data in found] == [("error", code)]
        assert found[0][1]["message"].endswith(".")
        assert "WORDS" not in json.dumps(found)
        assert tutor.rows("SELECT status, reason FROM ledger") == [("failed", code)]
        assert holds_nothing(tutor)


SLOW: list[tuple[str, Script]] = [
    ("headers", dripping(b"HTTP/1.1 200 OK\r\nX: ", b"a")),
    ("a chunk's length", dripping(CHUNKED, b"0")),
    ("an event", dripping(CHUNKED + b"1ffff\r\ndata: ", b"a")),
    ("comments", dripping(CHUNKED, chunk(b": still here\n\n"))),
    ("an error's body", dripping(b"HTTP/1.1 500 No\r\nContent-Length: 9999\r\n\r\n", b"a")),
]


@pytest.mark.parametrize("script", [item[1] for item in SLOW], ids=[item[0] for item in SLOW])
def test_an_endpoint_that_drips_ends_with_the_turns_time(tmp_path: Path, script: Script) -> None:
    with asking(tmp_path, script, turn_seconds="0.5") as (tutor, _endpoint):
        begun = time.monotonic()
        found = tutor.ask("What about the case?")
        assert time.monotonic() - begun < 3
        assert found[-1][0] == "error"
        assert found[-1][1]["code"] in ("model_timeout", "model_unavailable")
        assert tutor.rows("SELECT status FROM ledger") == [("failed",)]
        assert holds_nothing(tutor)


def test_an_endpoint_that_never_answers_is_a_timeout(tmp_path: Path) -> None:
    with asking(tmp_path, lambda caller: bool(caller.is_gone(5)) and None, read_seconds="0.3") as (tutor, _endpoint):
        assert tutor.ask("What about the case?")[-1][1]["code"] == "model_timeout"
        assert holds_nothing(tutor)


def test_a_reset_in_mid_stream_keeps_what_was_shown(tmp_path: Path) -> None:
    def script(caller: Caller) -> None:
        caller.write(CHUNKED + chunk(text_delta(HALF)))
        time.sleep(0.1)
        caller.reset()

    with asking(tmp_path, script) as (tutor, _endpoint):
        found = tutor.ask("What about the case?")
        assert [kind for kind, _ in found] == ["text", "error"]
        assert (said(found).strip(), found[-1][1]["code"]) == ("The first sentence is whole.", "model_cut")
        assert tutor.rows("SELECT status, reason FROM ledger") == [("incomplete", "model_cut")]
        assert holds_nothing(tutor)


def answered(found: list[Event]) -> bool:
    return found[-1][0] == "done" and found[-1][1]["status"] == "answered"


SHORT = text_delta("A sentence.") + completed()
UNUSUAL: list[tuple[str, Script]] = [
    ("HTTP/1.0, to the end of the connection", writing(SSE_HEAD + b"\r\n" + text_delta("A sentence.") + completed())),
    ("after 100 Continue", writing(b"HTTP/1.1 100 Continue\r\n\r\n" + ANSWER + LAST)),
    ("chunk extensions and trailers", writing(ANSWER.replace(b"\r\nevent", b";a=b\r\nevent") + b"0\r\nX: y\r\n\r\n")),
    (
        "a byte a chunk",
        writing(CHUNKED + b"".join(chunk(bytes([byte])) for byte in SHORT) + LAST),
    ),
    ("ended twice", writing(ANSWER + chunk(completed()) + chunk(completed()) + LAST)),
    ("text after the end", writing(ANSWER + chunk(text_delta("Too late.")) + LAST)),
    (
        "carriage returns",
        writing(CHUNKED + chunk((text_delta("A sentence.") + completed()).replace(b"\n", b"\r\n")) + LAST),
    ),
    ("without types of events", writing(CHUNKED + chunk(text_delta("One.").split(b"\n", 1)[1] + completed()) + LAST)),
]


@pytest.mark.parametrize("script", [item[1] for item in UNUSUAL], ids=[item[0] for item in UNUSUAL])
def test_what_is_unusual_and_allowed_is_answered(tmp_path: Path, script: Script) -> None:
    with asking(tmp_path, script) as (tutor, _endpoint):
        found = tutor.ask("What about the case?")
        assert answered(found)
        assert "Too late" not in json.dumps(found)
        assert tutor.rows("SELECT status FROM ledger") == [("answered",)]
        assert holds_nothing(tutor)


def test_an_endless_answer_is_cut_short_and_hung_up_on(tmp_path: Path) -> None:
    with asking(tmp_path, flooding(CHUNKED, chunk(text_delta("Words and words. ")))) as (tutor, endpoint):
        found = tutor.ask("What about the case?")
        assert found[-1][0] == "done"
        assert found[-1][1]["status"] == "incomplete"
        assert len(said(found)) < 100_000
        assert endpoint.hung_up.wait(5)
        assert tutor.rows("SELECT status, reason FROM ledger") == [("incomplete", "max_output_tokens")]
        assert holds_nothing(tutor)


def test_an_answer_that_was_cut_by_its_length_says_so(tmp_path: Path) -> None:
    end = completed(kind="response.incomplete")
    with asking(tmp_path, writing(CHUNKED + chunk(text_delta("A sentence.") + end) + LAST)) as (tutor, _endpoint):
        found = tutor.ask("What about the case?")
        assert [kind for kind, _ in found] == ["text", "notice", "done"]
        assert found[-1][1]["status"] == "incomplete"


@pytest.mark.parametrize("when", ["before any text", "in the middle of a sentence"])
def test_a_learner_who_leaves_ends_the_call_upstream(tmp_path: Path, when: str) -> None:
    gone: list[float] = []

    def script(caller: Caller) -> None:
        caller.write(CHUNKED)
        if when != "before any text":
            caller.write(chunk(text_delta(HALF)))
        for _ in range(500):
            caller.write(chunk(text_delta(" word")))
            if caller.is_gone(0.02):
                gone.append(time.monotonic())
                return

    def browser(port: int, tutor: Gateway) -> float:
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        body = json.dumps({"text": "Why?", "key": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "step": "spot"})
        connection.request("POST", "/turns", body, {"Authorization": f"Bearer {tutor.ticket()}"})
        answer = connection.getresponse()
        if when != "before any text":
            answer.read1()
        connection.close()
        answer.close()
        return time.monotonic()

    with asking(tmp_path, script) as (tutor, _endpoint), served(tutor.app) as port:
        left = browser(port, tutor)
        assert until(lambda: bool(gone), 5)
        assert gone[0] - left < 3
        assert until(lambda: tutor.rows("SELECT status, reason FROM ledger") == [("incomplete", "disconnected")])
        assert holds_nothing(tutor)


def test_a_connection_that_the_endpoint_has_closed_meanwhile_is_no_fault(tmp_path: Path) -> None:
    with asking(tmp_path, writing(ANSWER + LAST)) as (tutor, endpoint):
        for _ in range(3):
            assert answered(tutor.ask("What about the case?", ticket=tutor.ticket()))
            time.sleep(0.05)
        assert endpoint.connections == 3


def test_turns_of_one_gateway_share_a_connection(tmp_path: Path) -> None:
    def script(caller: Caller) -> None:
        caller.write(ANSWER + LAST)
        while caller.next_request():
            caller.write(ANSWER + LAST)

    with asking(tmp_path, script) as (tutor, endpoint):
        for _ in range(3):
            assert answered(tutor.ask("What about the case?", ticket=tutor.ticket()))
        assert (endpoint.connections, len(endpoint.requests)) == (1, 3)
