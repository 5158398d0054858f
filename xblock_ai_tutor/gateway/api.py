"""The gateway's routes. Thin: who may call, what the body must look like, which room answers. `openapi` describes them.

The LMS calls `/lessons` and `/tickets` with a service token; the browser calls `/turns` and `/conversation` with a
ticket.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from flask import Blueprint, Response, current_app, jsonify, request, stream_with_context

from xblock_ai_tutor.gateway import turn_checks
from xblock_ai_tutor.gateway.failures import InvalidError, NotFoundError, UnauthorisedError
from xblock_ai_tutor.gateway.i18n import marked
from xblock_ai_tutor.gateway.lessons import accept_lesson
from xblock_ai_tutor.gateway.openapi import DOCUMENT
from xblock_ai_tutor.gateway.services import Services, services_of
from xblock_ai_tutor.gateway.sse import encoded
from xblock_ai_tutor.gateway.store.database import is_reachable, transaction
from xblock_ai_tutor.gateway.store.lessons import dao_add_lesson, dao_get_lesson
from xblock_ai_tutor.gateway.tickets import (
    TICKET_SECONDS,
    Ticket,
    check_service_token,
    conversation_id,
    issue_ticket,
    read_ticket,
)
from xblock_ai_tutor.gateway.transcript import erase_transcript, read_transcript
from xblock_ai_tutor.gateway.turn import begin
from xblock_ai_tutor.gateway.turn_state import Turn

api: Final = Blueprint("api", __name__)

# What a browser on another origin may call, and how.
CORS_ROUTES: Final[Mapping[str, str]] = {"/turns": "POST", "/conversation": "GET, DELETE"}
TURN_BYTES: Final = 64_000
TICKET_BYTES: Final = 8_000

NO_TOKEN: Final = marked("This address needs an Authorization header with a bearer token.")

_Body = TypeVar("_Body")


class TicketRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /tickets`: a learner's pseudonym (32 hex digits), the lesson's digest, course, usage key, language.

    `attempted`: the steps that the learner has tried, whose answers the guard need not keep any more.
    """

    learner: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    lesson: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    course: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    usage: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    language: Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$")] = "en"
    attempted: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=120)], ...], msgspec.Meta(max_length=200)] = ()


class TurnRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /turns`: the learner's words, an idempotency key (a UUID), the step beside which they ask, if any.

    `intent`: `ask` the tutor, see `where` in the lesson something is (no model is asked), or have a `prompt` reviewed.
    """

    text: str
    key: uuid.UUID
    step: Annotated[str, msgspec.Meta(max_length=120)] = ""
    intent: Literal["ask", "where", "prompt"] = "ask"


@api.put("/lessons/<digest>")
def put_lesson(digest: str) -> tuple[Response, int]:
    services = _services()
    check_service_token(services.settings, _bearer())
    body = request.get_data()
    lesson = accept_lesson(digest, body)
    with transaction() as session:
        added = dao_add_lesson(session, digest=digest, body=body, now_ms=int(time.time() * 1000))
    return jsonify({"lesson": digest, "id": lesson.id}), 201 if added else 200


@api.post("/tickets")
def post_ticket() -> tuple[Response, int]:
    services = _services()
    check_service_token(services.settings, _bearer())
    asked = _read(TicketRequest, TICKET_BYTES)
    with transaction() as session:
        if dao_get_lesson(session, asked.lesson) is None:
            raise NotFoundError(turn_checks.LESSON_UNKNOWN, code="lesson_unknown")
    ticket = Ticket(
        learner=asked.learner,
        lesson=asked.lesson,
        course=asked.course,
        usage=asked.usage,
        conversation=conversation_id(services.settings, asked.learner, asked.course, asked.usage),
        language=asked.language,
        attempted=asked.attempted,
    )
    signed = issue_ticket(services.settings, ticket)
    return jsonify({"ticket": signed, "expires_in": TICKET_SECONDS, "conversation": ticket.conversation}), 201


@api.post("/turns")
def post_turn() -> Response:
    services = _services()
    token = _bearer()
    read_ticket(services.settings, token)  # before the body is read: a stranger gets 401 and nothing else
    asked = _read(TurnRequest, TURN_BYTES)
    turn = Turn(
        services=services, token=token, words=asked.text, key=str(asked.key), step_id=asked.step, intent=asked.intent
    )
    events = begin(turn)
    # No proxy may hold the stream back (X-Accel-Buffering is nginx's name for that).
    headers = {"X-Accel-Buffering": "no"}
    return Response(stream_with_context(encoded(events)), mimetype="text/event-stream", headers=headers)


@api.get("/conversation")
def get_conversation() -> Response:
    services = _services()
    return jsonify(read_transcript(services, read_ticket(services.settings, _bearer())))


@api.delete("/conversation")
def delete_conversation() -> tuple[str, int]:
    services = _services()
    erase_transcript(read_ticket(services.settings, _bearer()))
    return "", 204


@api.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@api.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The database answers too."""
    ready = is_reachable()
    return jsonify({"status": "ready" if ready else "database"}), 200 if ready else 503


@api.get("/openapi.json")
def openapi() -> Response:
    return jsonify(DOCUMENT)


def _services() -> Services:
    return services_of(current_app)


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthorisedError(NO_TOKEN)
    return token.strip()


def _read(kind: type[_Body], limit_bytes: int) -> _Body:
    """The JSON body as `kind`. Raises `InvalidError` with the field that does not fit, never with what it held."""
    request.max_content_length = limit_bytes
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except msgspec.ValidationError as error:
        raise InvalidError(f"The body does not fit: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidError("The body is not JSON in UTF-8.") from None
