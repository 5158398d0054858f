"""What a signature alone cannot tell of a token: whether it was used before, revoked, or comes from a foreign page.

A *service token* is good for one request: its `jti` is remembered while it could be used again. A *ticket* is good for
many turns of one conversation, so what must not be replayed is bound elsewhere: a turn's key asks a model once
(`turn_checks`), a receipt's turn counts once (in the LMS), and an erased conversation's tickets are void (here).
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.failures import ForbiddenError, UnauthorisedError
from xblock_ai_tutor.gateway.i18n import marked
from xblock_ai_tutor.gateway.store.database import transaction
from xblock_ai_tutor.gateway.store.tokens import dao_is_revoked, dao_use_token
from xblock_ai_tutor.gateway.tickets import (
    BAD_SERVICE_TOKEN,
    BAD_TICKET,
    LEEWAY_MS,
    SERVICE_TOKEN_SECONDS,
    Ticket,
    read_service_token,
    read_ticket,
)

FOREIGN_PAGE = marked("This page may not use the tutor. Open the lesson in your learning platform.")


def use_service_token(settings: Settings, token: str) -> None:
    """Take the LMS's token for this one request. Raises `UnauthorisedError` for a bad one, and for a used one.

    Blocks from before 0.2 send no `jti`: their tokens are good until they expire.
    """
    jti = read_service_token(settings, token)
    if not jti:
        return
    expires_ms = int(time.time() * 1000) + SERVICE_TOKEN_SECONDS * 1000 + LEEWAY_MS
    with transaction() as session:
        unused = dao_use_token(session, jti=jti, expires_ms=expires_ms)
    if not unused:
        raise UnauthorisedError(BAD_SERVICE_TOKEN)


def current_ticket(session: Session, settings: Settings, token: str) -> Ticket:
    """The ticket in `token`. Raises `UnauthorisedError` for a bad one, and for one of an erased conversation."""
    ticket = read_ticket(settings, token)
    if is_revoked(session, ticket):
        raise UnauthorisedError(BAD_TICKET)
    return ticket


def is_revoked(session: Session, ticket: Ticket) -> bool:
    """Whether the conversation was erased since the ticket was issued: then it reads nothing and asks nothing."""
    return dao_is_revoked(session, conversation=ticket.conversation, issued_ms=ticket.issued_ms)


def check_origin(settings: Settings, *, origin: str | None, host: str) -> None:
    """Raise `ForbiddenError` for a page that is neither a configured LMS nor on the gateway's own host.

    Browsers name the page's origin in every request to another one, and in every POST. No origin: not a page.
    """
    if origin is None or origin in settings.allowed_origins:
        return
    if urlsplit(origin).netloc != host:
        raise ForbiddenError(FOREIGN_PAGE, code="foreign_origin")
