"""Signed tokens: who may call the gateway. Reading service tokens, issuing and reading tickets, issuing receipts.

Three audiences, two keys, one algorithm (HS256, pinned): the LMS signs *service tokens* with the shared service key;
the gateway signs *tickets* with a key that only it has, and *receipts* with the service key, so that the LMS can check
them. No token is ever logged.
"""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.failures import UnauthorisedError
from xblock_ai_tutor.gateway.i18n import marked

TICKET_SECONDS: Final = 15 * 60
RECEIPT_SECONDS: Final = 10 * 60
SERVICE_TOKEN_SECONDS: Final = 60
_ALGORITHM: Final = "HS256"
_CLOCK_SKEW_SECONDS: Final = 5
_GATEWAY: Final = "tutor-gateway"

BAD_SERVICE_TOKEN: Final = marked("This address is for the learning platform: send a valid service token.")
BAD_TICKET: Final = marked("Your session with the tutor has ended. Reload the page to go on.")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket says: this learner (a pseudonym), this lesson (its digest), this block, this conversation.

    `attempted` are the ids of the steps that the learner had tried when the ticket was made.
    """

    learner: str
    lesson: str
    course: str
    usage: str
    conversation: str
    language: str
    attempted: tuple[str, ...] = ()


def conversation_id(settings: Settings, learner: str, course: str, usage: str) -> str:
    """The learner's one conversation beside this block: 32 hex digits that nobody else can compute."""
    return _digest(settings, "conversation", learner, course, usage)[:32]


def safety_identifier(settings: Settings, learner: str) -> str:
    """What the model's operator sees instead of a learner: 64 hex digits, not even the gateway's own pseudonym."""
    return _digest(settings, "safety", learner)


def _digest(settings: Settings, *parts: str) -> str:
    return hmac.new(settings.ticket_key.reveal().encode(), "|".join(parts).encode(), hashlib.sha256).hexdigest()


def check_service_token(settings: Settings, token: str) -> None:
    """Raise `UnauthorisedError` unless the LMS signed `token` for us within the last minute."""
    claims = _read(token, settings.service_key.reveal(), issuer="lms", audience=_GATEWAY, failure=BAD_SERVICE_TOKEN)
    if claims["exp"] - claims["iat"] > SERVICE_TOKEN_SECONDS:
        raise UnauthorisedError(BAD_SERVICE_TOKEN)


def issue_ticket(settings: Settings, ticket: Ticket) -> str:
    """Sign a ticket for `TICKET_SECONDS`."""
    claims = {
        "sub": ticket.learner,
        "lesson": ticket.lesson,
        "course": ticket.course,
        "usage": ticket.usage,
        "conversation": ticket.conversation,
        "language": ticket.language,
        "attempted": list(ticket.attempted),
        "jti": uuid.uuid4().hex,
    }
    return _sign(claims, settings.ticket_key.reveal(), audience="tutor-turns", seconds=TICKET_SECONDS)


def read_ticket(settings: Settings, token: str) -> Ticket:
    """The ticket in `token`. Raises `UnauthorisedError` for a forged, expired or foreign one."""
    claims = _read(token, settings.ticket_key.reveal(), issuer=_GATEWAY, audience="tutor-turns", failure=BAD_TICKET)
    names = ("sub", "lesson", "course", "usage", "conversation", "language")
    values = [claims.get(name) for name in names]
    if not all(isinstance(value, str) for value in values):
        raise UnauthorisedError(BAD_TICKET)
    attempted = claims.get("attempted", [])
    if not isinstance(attempted, list) or not all(isinstance(step, str) for step in attempted):
        raise UnauthorisedError(BAD_TICKET)
    learner, lesson, course, usage, conversation, language = map(str, values)
    return Ticket(learner, lesson, course, usage, conversation, language, tuple(attempted))


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
    return _sign(claims, settings.service_key.reveal(), audience="lms-receipt", seconds=RECEIPT_SECONDS)


def _sign(claims: Mapping[str, Any], key: str, *, audience: str, seconds: int) -> str:
    now = int(time.time())
    return jwt.encode(
        {**claims, "iss": _GATEWAY, "aud": audience, "iat": now, "exp": now + seconds}, key, algorithm=_ALGORITHM
    )


def _read(token: str, key: str, *, issuer: str, audience: str, failure: str) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=audience,
            issuer=issuer,
            leeway=_CLOCK_SKEW_SECONDS,
            options={"require": ["exp", "iat", "aud", "iss"]},
        )
    except jwt.InvalidTokenError:
        # Which check failed is nobody's business but the operator's, and the error may quote the token.
        raise UnauthorisedError(failure) from None
