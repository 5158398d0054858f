"""The block's side of the wall: tickets, lesson upload, receipts, and a gateway that is away, slow or not itself.

The gateway here is a real HTTP server on loopback that answers as each test says; the real gateway is driven in
tests/browser/test_learner_tutor.py.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest

from tests.support.block import COURSE, SERVICE_KEY, RecordingRuntime, Site, right_form
from tests.support.lessons import SMALL_LESSON
from xblock_ai_tutor import events, gateway_client
from xblock_ai_tutor.errors import TutorUnavailableError
from xblock_ai_tutor.gateway_client import GatewayClient
from xblock_ai_tutor.lesson import parse_lesson, tutor_lesson

LESSON = tutor_lesson(parse_lesson(SMALL_LESSON))
DIGEST = hashlib.sha256(LESSON).hexdigest()
PSEUDONYM = hmac.new(SERVICE_KEY.encode(), b"learner|learner-a", hashlib.sha256).hexdigest()[:32]
TICKET = {"ticket": "a.b.c", "expires_in": 900, "conversation": "c-1"}
UNKNOWN = (404, {"error": {"code": "lesson_unknown", "message": "Upload it.", "retry": True}})
Answer = Callable[[str, str], tuple[int, Any]]


class Gateway:
    """A server that notes every request and answers as it is told."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answer: Answer = lambda method, path: (201, TICKET)
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                gateway.requests.append((self.command, self.path, dict(self.headers), body))
                status, answer = gateway.answer(self.command, self.path)
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_PUT = handle_any  # noqa: N815  (names that http.server looks for)

            def log_message(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *args: object) -> None:
                """A client that has given up is what some of these tests are about."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    running = Gateway()
    thread = threading.Thread(target=running.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield running
    running.server.shutdown()
    running.server.server_close()
    thread.join()


def site_with(gateway: Gateway) -> Site:
    return Site(
        settings={"gateway_url": gateway.url, "gateway_public_url": "https://tutor.example", "service_key": SERVICE_KEY}
    )


def receipt_for(site: Site, key: str = SERVICE_KEY, algorithm: str = "HS256", **claims: Any) -> str:
    now = int(time.time())
    whole = {
        "iss": "tutor-gateway",
        "aud": "lms-receipt",
        "sub": PSEUDONYM,
        "lesson": DIGEST,
        "usage": str(site.usage),
        "step": "what-next",
        "turn": "turn-1",
        "status": "answered",
        "redactions": 2,
        "iat": now,
        "exp": now + 600,
        **claims,
    }
    return jwt.encode({name: value for name, value in whole.items() if value is not None}, key, algorithm=algorithm)


def test_a_ticket_says_which_steps_were_tried(gateway: Gateway) -> None:
    site = site_with(gateway)
    assert site.post("submit", {"step": "what-next", "form": right_form(SMALL_LESSON, "what-next")})[0] == 200
    site.post("ticket", {})
    assert json.loads(gateway.requests[0][3])["attempted"] == ["what-next"]


def test_a_ticket_is_asked_for_a_pseudonym_with_a_short_lived_service_token(gateway: Gateway) -> None:
    site = site_with(gateway)
    status, body = site.post("ticket", {})
    assert (status, body) == (200, TICKET | {"url": "https://tutor.example"})
    method, path, headers, sent = gateway.requests[0]
    assert (method, path) == ("POST", "/tickets")
    assert json.loads(sent) == {
        "learner": PSEUDONYM,
        "lesson": DIGEST,
        "course": COURSE,
        "usage": str(site.usage),
        "language": "en",
        "attempted": [],
    }
    token = headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, SERVICE_KEY, algorithms=["HS256"], audience="tutor-gateway", issuer="lms")
    assert claims["exp"] - claims["iat"] <= 60
    assert b"learner-a" not in sent


def test_opening_the_tutor_is_published_once_with_the_pseudonym(gateway: Gateway) -> None:
    site = site_with(gateway)
    site.post("ticket", {})
    site.post("ticket", {})
    (event,) = site.events("ai_tutor.tutor.opened")
    assert events.payload(events.TUTOR_OPENED, event)["learner"] == PSEUDONYM


def test_an_unknown_lesson_is_uploaded_once_and_the_ticket_asked_for_again(gateway: Gateway) -> None:
    known: list[bool] = []

    def answer(method: str, path: str) -> tuple[int, Any]:
        if method == "PUT":
            known.append(True)
            return 201, {}
        return (201, TICKET) if known else UNKNOWN

    gateway.answer = answer
    assert site_with(gateway).post("ticket", {})[0] == 200
    assert [(method, path) for method, path, _, _ in gateway.requests] == [
        ("POST", "/tickets"),
        ("PUT", f"/lessons/{DIGEST}"),
        ("POST", "/tickets"),
    ]
    assert hashlib.sha256(gateway.requests[1][3]).hexdigest() == DIGEST


def test_a_gateway_that_never_learns_the_lesson_is_asked_no_third_time(gateway: Gateway) -> None:
    gateway.answer = lambda method, path: (200, {}) if method == "PUT" else UNKNOWN
    assert site_with(gateway).post("ticket", {})[0] == 503
    assert len(gateway.requests) == 3


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"error": {"code": "boom", "message": "secret detail", "retry": False}}),
        (201, {"ticket": "a.b.c"}),
        (201, {"ticket": "a.b.c", "expires_in": "soon", "conversation": "c"}),
        (201, [1]),
        (201, b"<html>"),
        (201, b"x" * 100_000),
        (302, TICKET),
        (401, {}),
    ],
)
def test_what_a_gateway_should_not_say_is_not_believed(gateway: Gateway, answer: tuple[int, Any]) -> None:
    gateway.answer = lambda method, path: answer
    site = site_with(gateway)
    status, body = site.post("ticket", {})
    assert (status, body["error"]["code"], body["error"]["retry"]) == (503, "tutor_unavailable", True)
    assert "secret detail" not in json.dumps(body)
    assert [path for _, path, _, _ in gateway.requests] == ["/tickets"]
    assert site.published == []


@pytest.mark.quiet
def test_a_slow_gateway_is_given_up(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gateway_client.TIMEOUT_SECONDS <= 3
    monkeypatch.setattr(gateway_client, "TIMEOUT_SECONDS", 0.2)
    release = threading.Event()
    gateway.answer = lambda method, path: (200 + release.wait(5), TICKET)
    began = time.monotonic()
    assert site_with(gateway).post("ticket", {})[0] == 503
    assert time.monotonic() - began < 2
    release.set()


def test_a_gateway_that_is_away_leaves_the_lesson_working() -> None:
    site = Site(settings={"gateway_url": "http://127.0.0.1:9", "service_key": SERVICE_KEY})
    assert site.post("ticket", {})[0] == 503
    assert site.post("submit", {"step": "why-check", "form": {}})[0] == 200


def test_no_proxy_of_the_environment_gets_the_ticket_request(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert site_with(gateway).post("ticket", {})[0] == 200


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"gateway_url": "", "service_key": SERVICE_KEY},
        {"gateway_url": "http://127.0.0.1:9", "service_key": "short"},
        {"gateway_url": "file:///etc/hosts", "service_key": SERVICE_KEY},
        {"gateway_url": "http://127.0.0.1:9", "gateway_public_url": "javascript:alert(1)", "service_key": SERVICE_KEY},
    ],
)
def test_settings_that_name_no_gateway_mean_no_tutor(settings: dict[str, Any]) -> None:
    with pytest.raises(TutorUnavailableError):
        GatewayClient.from_settings(settings)
    status, body = Site(settings=settings).post("ticket", {})
    assert (status, body["error"]["message"]) == (503, "The tutor is not set up here. The lesson works without it.")


def test_a_visitor_who_has_not_signed_in_gets_no_ticket(gateway: Gateway) -> None:
    assert site_with(gateway).post("ticket", {}, learner=None)[0] == 503
    assert gateway.requests == []


def test_a_receipt_counts_a_turn_once(gateway: Gateway) -> None:
    site = site_with(gateway)
    token = receipt_for(site)
    assert site.post("receipt", {"receipt": token}) == (200, {"turns": 1})
    assert site.events("ai_tutor.tutor.turn") == [
        {
            "lesson_id": "small-lesson",
            "lesson_version": parse_lesson(SMALL_LESSON).version,
            "step_id": "what-next",
            "turn": "turn-1",
            "status": "answered",
            "redactions": 2,
        }
    ]
    assert site.post("receipt", {"receipt": token})[0] == 403
    assert site.post("receipt", {"receipt": receipt_for(site)})[0] == 403
    assert site.post("receipt", {"receipt": receipt_for(site, turn="turn-2", step="")}) == (200, {"turns": 2})
    assert len(site.events("ai_tutor.tutor.turn")) == 2


def test_a_fresh_receipt_for_a_turn_that_was_counted_is_refused(gateway: Gateway) -> None:
    site = site_with(gateway)
    now = int(time.time())
    assert site.post("receipt", {"receipt": receipt_for(site)})[0] == 200
    assert site.post("receipt", {"receipt": receipt_for(site, iat=now, exp=now + 601)})[0] == 403


@pytest.mark.parametrize(
    "made",
    [
        {"key": "another-key-that-is-long-enough-for-hs256-and-signs-nothing-of-ours"},
        {"key": SERVICE_KEY, "algorithm": "HS512"},
        {"sub": "0" * 32},
        {"lesson": "0" * 64},
        {"usage": "block-v1:another+block"},
        {"iss": "lms"},
        {"aud": "tutor-turns"},
        {"exp": int(time.time()) - 1},
        {"exp": None},
        {"iat": None},
        {"turn": None},
        {"turn": ""},
        {"turn": "x" * 200},
        {"step": 5},
        {"redactions": "many"},
        {"redactions": True},
        {"redactions": -1},
        {"status": "praised"},
    ],
)
def test_a_receipt_that_is_not_for_this_learner_lesson_and_block_is_refused(
    gateway: Gateway, made: dict[str, Any]
) -> None:
    site = site_with(gateway)
    status, body = site.post("receipt", {"receipt": receipt_for(site, **made)})
    assert (status, body["error"]["code"]) == (403, "receipt_refused")
    assert site.published == []
    assert site.block().tutor_turns == 0


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é" * 10, "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_receipt_is_refused(gateway: Gateway, token: str) -> None:
    assert site_with(gateway).post("receipt", {"receipt": token})[0] == 403


def test_one_learners_receipt_does_not_count_for_another(gateway: Gateway) -> None:
    site = site_with(gateway)
    assert site.post("receipt", {"receipt": receipt_for(site)}, "learner-b")[0] == 403


def test_a_tutor_that_is_switched_off_is_said_to_be_and_is_no_fault(gateway: Gateway, caplog: Any) -> None:
    off = {"error": {"code": "tutor_off", "message": "An English sentence of the gateway's.", "retry": True}}
    gateway.answer = lambda method, path: (503, off)
    status, body = site_with(gateway).post("ticket", {})
    assert (status, body["error"]["code"]) == (503, "tutor_off")
    assert body["error"]["message"].startswith("The tutor is switched off at the moment")
    assert caplog.records == []


@pytest.mark.parametrize(
    ("setting", "org", "sent"),
    [
        ("MoJ", "Example", "MoJ"),
        ("", "Example", "Example"),
        (None, None, None),
        ("", "Ministry of a person@dept.example", None),
    ],
)
def test_the_department_is_the_operators_or_the_courses_organisation(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, setting: str | None, org: str | None, sent: str | None
) -> None:
    class Key(str):
        """A course key, as opaque-keys makes them: text with an organisation."""

    key = Key(COURSE)
    if org is not None:
        key.org = org  # type: ignore[attr-defined]
    monkeypatch.setattr(RecordingRuntime, "course_id", key)
    site = site_with(gateway)
    site.settings["department"] = setting
    assert site.post("ticket", {})[0] == 200
    assert json.loads(gateway.requests[0][3]).get("department") == sent


def test_each_request_carries_a_token_of_its_own(gateway: Gateway) -> None:
    answers = iter([UNKNOWN, (201, {}), (201, TICKET)])
    gateway.answer = lambda method, path: next(answers)
    assert site_with(gateway).post("ticket", {})[0] == 200
    tokens = [headers["Authorization"].removeprefix("Bearer ") for _, _, headers, _ in gateway.requests]
    used = [jwt.decode(token, options={"verify_signature": False})["jti"] for token in tokens]
    assert len(set(used)) == len(used) == 3


def test_the_service_key_is_rotated_and_learners_keep_their_pseudonym(gateway: Gateway) -> None:
    new = "the-service-key-of-next-year-that-only-these-tests-know-of"
    site = site_with(gateway)
    # First both: the newest signs, receipts of either are believed.
    site.settings["service_key"] = f"{new},{SERVICE_KEY}"
    assert site.post("ticket", {})[0] == 200
    assert site.post("receipt", {"receipt": receipt_for(site, key=SERVICE_KEY)})[0] == 200
    assert site.post("receipt", {"receipt": receipt_for(site, key=new, turn="turn-2")})[0] == 200
    assert site.post("receipt", {"receipt": receipt_for(site, key="x" * 40, turn="turn-3")})[0] == 403
    # Then the old one goes; pseudonyms are derived from what stays.
    site.settings |= {"service_key": new, "pseudonym_key": SERVICE_KEY}
    assert site.post("ticket", {})[0] == 200
    assert site.post("receipt", {"receipt": receipt_for(site, key=SERVICE_KEY, turn="turn-4")})[0] == 403
    for _, _, headers, body in gateway.requests:
        assert json.loads(body)["learner"] == PSEUDONYM
        jwt.decode(headers["Authorization"][7:], new, algorithms=["HS256"], audience="tutor-gateway", issuer="lms")
