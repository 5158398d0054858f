"""The block's side of the wall to the tutor gateway: service token, tickets, lesson upload, receipts.

Server to server and short: three seconds, no redirects, no proxies from the environment, nothing but the agreed answer
is believed. The learner crosses as a keyed pseudonym; no name, address, platform id or word of theirs does. The model
is never called from here, and the browser talks to the gateway itself with the ticket.
"""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import jwt
import requests

from xblock_ai_tutor.errors import ReceiptRefusedError, TutorOffError, TutorUnavailableError

TIMEOUT_SECONDS: Final = 3.0
SERVICE_TOKEN_SECONDS: Final = 60
LARGEST_ANSWER: Final = 64 * 1024  # bytes; a ticket is some 600
STATUSES: Final = frozenset({"answered", "blocked", "refused", "incomplete"})
SHORTEST_KEY: Final = 32  # characters; HS256 needs at least as many bits as its digest has


def _(message: str) -> str:
    """Mark a msgid for extraction; the handlers translate it."""
    return message


NOT_SET_UP: Final = _("The tutor is not set up here. The lesson works without it.")
SWITCHED_OFF: Final = _("The tutor is switched off at the moment, by those who run it. The lesson works without it.")
NOT_ANSWERING: Final = _("The tutor does not answer at the moment. Go on with the lesson and try again later.")
REFUSED: Final = _("The receipt for this answer cannot be accepted. Your conversation is not affected.")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the browser needs to talk to the gateway: the token, its life in seconds, the id of the conversation."""

    ticket: str
    expires_in: int
    conversation: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway signed about one finished turn: ids and counts, no words of anybody."""

    turn: str
    step: str
    status: str
    redactions: int


@dataclass(frozen=True, slots=True)
class GatewayClient:
    """The gateway as this block is set up to reach it.

    `url` is the address for this server, `public_url` the one for the browser. `keys` are the shared service keys,
    newest first: the newest signs, each is believed, so that a key can be rotated. `pseudonym_key` is what pseudonyms
    are derived from; it stays when the service key goes.
    """

    url: str
    public_url: str
    keys: tuple[str, ...] = field(repr=False)
    pseudonym_key: str = field(repr=False)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> GatewayClient:
        """Read `gateway_url`, `gateway_public_url`, `service_key` and `pseudonym_key`. Raises `TutorUnavailableError`.

        `service_key` may be several, newest first, with commas between. Without a `pseudonym_key` it is the oldest.
        """
        url = str(settings.get("gateway_url") or "").rstrip("/")
        public_url = str(settings.get("gateway_public_url") or url).rstrip("/")
        keys = tuple(key.strip() for key in str(settings.get("service_key") or "").split(","))
        pseudonym_key = str(settings.get("pseudonym_key") or keys[-1])
        usable = all(urlsplit(each).scheme in {"http", "https"} and urlsplit(each).netloc for each in (url, public_url))
        if not usable or any(len(key) < SHORTEST_KEY for key in (*keys, pseudonym_key)):
            raise TutorUnavailableError(NOT_SET_UP)
        return cls(url, public_url, keys, pseudonym_key)

    @classmethod
    def is_set_up(cls, settings: Mapping[str, Any]) -> bool:
        """Whether the settings name a gateway; no request is made."""
        try:
            cls.from_settings(settings)
        except TutorUnavailableError:
            return False
        return True

    def pseudonym(self, learner: str) -> str:
        """The learner as the gateway knows them: 32 hex digits that only the holder of the key can link back."""
        return hmac.new(self.pseudonym_key.encode(), f"learner|{learner}".encode(), hashlib.sha256).hexdigest()[:32]

    def ticket(
        self,
        *,
        learner: str,
        lesson: bytes,
        course: str,
        usage: str,
        language: str,
        department: str = "",
        attempted: Sequence[str] = (),
    ) -> Ticket:
        """A ticket for this learner and lesson. Uploads the lesson when the gateway does not have it yet.

        `learner` is the platform’s pseudonym, `lesson` from `tutor_lesson`, `department` a short code for the budget
        that the learner draws on, `attempted` the ids of the steps that the learner has tried: the tutor may speak of
        their answers. Raises `TutorUnavailableError`, and `TutorOffError` when it is switched off.
        """
        digest = hashlib.sha256(lesson).hexdigest()
        request = {
            "learner": self.pseudonym(learner),
            "lesson": digest,
            "course": course,
            "usage": usage,
            "language": language,
            "attempted": list(attempted),
        }
        if department:  # a gateway from before departments had budgets refuses fields that it does not know
            request["department"] = department
        status, answer = self._call("POST", "/tickets", json=request)
        if status == 404 and _error_code(answer) == "lesson_unknown":
            status, answer = self._call("PUT", f"/lessons/{digest}", data=lesson)
            if status not in {200, 201}:
                raise TutorUnavailableError(NOT_ANSWERING)
            status, answer = self._call("POST", "/tickets", json=request)
        if status == 503 and _error_code(answer) == "tutor_off":
            raise TutorOffError(SWITCHED_OFF)
        if status != 201:
            raise TutorUnavailableError(NOT_ANSWERING)
        try:
            return Ticket(str(answer["ticket"]), int(answer["expires_in"]), str(answer["conversation"]))
        except (KeyError, TypeError, ValueError) as error:
            raise TutorUnavailableError(NOT_ANSWERING) from error

    def receipt(self, token: str, *, learner: str, lesson: bytes, usage: str) -> Receipt:
        """Verify a receipt's signature, issuer, audience and life, and that it is for this learner, lesson and block.

        Raises `ReceiptRefusedError`. Whether it was used before is for the caller to know.
        """
        try:
            claims = self._claims(token)
            matches = (
                claims["sub"] == self.pseudonym(learner)
                and claims["lesson"] == hashlib.sha256(lesson).hexdigest()
                and claims["usage"] == usage
            )
            redactions = claims["redactions"]
            counted = isinstance(redactions, int) and not isinstance(redactions, bool) and redactions >= 0
            if not matches or not counted or claims["status"] not in STATUSES:
                raise ReceiptRefusedError(REFUSED)
            return Receipt(
                turn=_text(claims["turn"]),
                step=_text(claims["step"], may_be_empty=True),
                status=_text(claims["status"]),
                redactions=redactions,
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise ReceiptRefusedError(REFUSED) from error

    def _claims(self, token: str) -> dict[str, Any]:
        """What the gateway signed, with any of the keys. Raises `jwt.PyJWTError`."""
        refused: jwt.PyJWTError = jwt.InvalidTokenError()
        for key in self.keys:
            try:
                return jwt.decode(
                    token,
                    key,
                    algorithms=["HS256"],
                    audience="lms-receipt",
                    issuer="tutor-gateway",
                    options={"require": ["exp", "iat", "sub", "aud", "iss"]},
                )
            except jwt.PyJWTError as error:
                refused = error
        raise refused

    def _call(self, method: str, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        """One request to the gateway: its status and its JSON object ({} when it sent none)."""
        now = int(time.time())
        claims = {"iss": "lms", "aud": "tutor-gateway", "iat": now, "exp": now + SERVICE_TOKEN_SECONDS}
        claims["jti"] = uuid.uuid4().hex  # good for this one request
        token = jwt.encode(claims, self.keys[0], algorithm="HS256")
        headers = {"Authorization": f"Bearer {token}"}
        if "data" in body:
            headers["Content-Type"] = "application/json"
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy, no .netrc: the ticket request goes where the operator said
                response = session.request(
                    method, self.url + path, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, **body
                )
                if len(response.content) > LARGEST_ANSWER:
                    raise TutorUnavailableError(NOT_ANSWERING)
                answer = response.json() if response.content else {}
        except (requests.RequestException, ValueError) as error:
            raise TutorUnavailableError(NOT_ANSWERING) from error
        return response.status_code, answer if isinstance(answer, dict) else {}


def _error_code(answer: Mapping[str, Any]) -> str:
    error = answer.get("error")
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _text(value: object, *, may_be_empty: bool = False) -> str:
    """A claim that must be a short string: it goes into an event."""
    if not isinstance(value, str) or len(value) > 128 or not (value or may_be_empty):
        raise ValueError("not a short text")
    return value
