"""Signed tokens: who may call the gateway. Reading service tokens, issuing and reading tickets, issuing receipts.

Three audiences, two keys, one algorithm (HS256, pinned): the LMS signs *service tokens* with the shared service key;
the gateway signs *tickets* with a key that only it has, and *receipts* with the service key, so that the LMS can check
them. While a key is rotated there are several, newest first: the newest signs, each is believed. What must outlive a
rotation (conversation ids, the safety identifier) is derived from the identity key. No token is ever logged.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import hmac
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from jwt.algorithms import HMACAlgorithm

from xblock_ai_tutor.gateway.config import Secret, Settings
from xblock_ai_tutor.gateway.failures import UnauthorisedError
from xblock_ai_tutor.gateway.i18n import marked

TICKET_SECONDS: Final = 15 * 60
RECEIPT_SECONDS: Final = 10 * 60
SERVICE_TOKEN_SECONDS: Final = 60
_ALGORITHM: Final = "HS256"
_CLOCK_SKEW_SECONDS: Final = 5
LEEWAY_MS: Final = _CLOCK_SKEW_SECONDS * 1000
_LONGEST_JTI: Final = 64
_GATEWAY: Final = "tutor-gateway"

BAD_SERVICE_TOKEN: Final = marked("This address is for the learning platform: send a valid service token.")
BAD_TICKET: Final = marked("Your session with the tutor has ended. Reload the page to go on.")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket says: this learner (a pseudonym), this lesson (its digest), this block, this conversation.

    `department` is the LMS's short code for the learner's organisation, empty where it sends none; `issued_ms` is when
    the ticket was signed, milliseconds since 1970, 0 before that.
    `attempted` are the ids of the steps that the learner had tried when the ticket was made.
    """

    learner: str
    lesson: str
    course: str
    usage: str
    conversation: str
    language: str
    department: str = ""
    issued_ms: int = 0
    attempted: tuple[str, ...] = ()


def conversation_id(settings: Settings, learner: str, course: str, usage: str) -> str:
    """The learner's one conversation beside this block: 32 hex digits that nobody else can compute."""
    return _digest(settings, "conversation", learner, course, usage)[:32]


def safety_identifier(settings: Settings, learner: str) -> str:
    """What the model's operator sees instead of a learner: 64 hex digits, not even the gateway's own pseudonym."""
    return _digest(settings, "safety", learner)


def _digest(settings: Settings, *parts: str) -> str:
    return hmac.new(settings.identity_bytes(), "|".join(parts).encode(), hashlib.sha256).hexdigest()


def read_service_token(settings: Settings, token: str) -> str:
    """The `jti` of a token that the LMS signed for us within the last minute, empty when it has none.

    Raises `UnauthorisedError` for any other token. Whether it was used before is for the caller to know.
    """
    claims = _read(token, settings.service_key, issuer="lms", audience=_GATEWAY, failure=BAD_SERVICE_TOKEN)
    jti = claims.get("jti", "")
    if claims["exp"] - claims["iat"] > SERVICE_TOKEN_SECONDS or not isinstance(jti, str) or len(jti) > _LONGEST_JTI:
        raise UnauthorisedError(BAD_SERVICE_TOKEN)
    return jti


def issue_ticket(settings: Settings, ticket: Ticket) -> str:
    """Sign a ticket for `TICKET_SECONDS`."""
    claims = {
        "sub": ticket.learner,
        "lesson": ticket.lesson,
        "course": ticket.course,
        "usage": ticket.usage,
        "conversation": ticket.conversation,
        "language": ticket.language,
        "department": ticket.department,
        "attempted": list(ticket.attempted),
        "jti": uuid.uuid4().hex,
    }
    return _sign(claims, settings.ticket_key, audience="tutor-turns", seconds=TICKET_SECONDS)


def read_ticket(settings: Settings, token: str) -> Ticket:
    """The ticket in `token`. Raises `UnauthorisedError` for a forged, expired or foreign one."""
    claims = _read(token, settings.ticket_key, issuer=_GATEWAY, audience="tutor-turns", failure=BAD_TICKET)
    names = ("sub", "lesson", "course", "usage", "conversation", "language", "department")
    # A ticket that was signed before departments had budgets names none.
    said = {"department": "", **claims}
    if not all(isinstance(said.get(name), str) for name in names):
        raise UnauthorisedError(BAD_TICKET)
    if claims["exp"] - claims["iat"] > TICKET_SECONDS:  # whoever has the key: none is for longer
        raise UnauthorisedError(BAD_TICKET)
    attempted = claims.get("attempted", [])
    if not isinstance(attempted, list) or not all(isinstance(step, str) for step in attempted):
        raise UnauthorisedError(BAD_TICKET)
    learner, *rest = (str(said[name]) for name in names)
    lesson, course, usage, conversation, language, department = rest
    issued_ms = int(claims["iat"] * 1000)
    return Ticket(learner, lesson, course, usage, conversation, language, department, issued_ms, tuple(attempted))


def issue_receipt(settings: Settings, ticket: Ticket, *, step: str, turn: str, status: str, redactions: int) -> str:
    """Sign what the LMS may know of a turn: that it happened, how it ended, how many identifiers were held back."""
    claims = {
        "sub": ticket.learner,
        "lesson": ticket.lesson,
        "usage": ticket.usage,
        "step": step,
        "turn": turn,
        "status": status,
        "redactions": redactions,
    }
    return _sign(claims, settings.service_key, audience="lms-receipt", seconds=RECEIPT_SECONDS)


def _sign(claims: Mapping[str, Any], keys: Secret, *, audience: str, seconds: int) -> str:
    now = int(time.time() * 1000) / 1000  # to the millisecond: an erasure voids what was signed before it
    signed = {**claims, "iss": _GATEWAY, "aud": audience, "iat": now, "exp": int(now) + seconds}
    return _tokens.encode(signed, keys.each()[0], algorithm=_ALGORITHM)


def _read(token: str, keys: Secret, *, issuer: str, audience: str, failure: str) -> dict[str, Any]:
    for key in keys.each():
        with contextlib.suppress(jwt.InvalidTokenError):
            return _tokens.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=audience,
                issuer=issuer,
                leeway=_CLOCK_SKEW_SECONDS,
                options={"require": ["exp", "iat", "aud", "iss"]},
            )
    # Which check failed is nobody's business but the operator's, and the error may quote the token.
    raise UnauthorisedError(failure)


class _Hmac(HMACAlgorithm):
    """PyJWT's own, which looks into a secret each time for the key of another kind that it could be."""

    @functools.lru_cache(maxsize=16)  # noqa: B019 - there is one of these
    def prepare_key(self, key: str | bytes) -> bytes:
        """The bytes of the secret. Raises `jwt.InvalidKeyError` for one that is no secret, each time."""
        return super().prepare_key(key)


class _Tokens(jwt.PyJWT):
    """PyJWT with that algorithm and no other."""

    def __init__(self) -> None:
        super().__init__()
        self._jws = jwt.PyJWS(algorithms=[])
        self._jws.register_algorithm(_ALGORITHM, _Hmac(HMACAlgorithm.SHA256))


_tokens: Final = _Tokens()
