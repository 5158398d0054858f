"""The gateway's routes. Thin: who may call, what the body must look like, which room answers. `openapi` describes them.

The LMS calls `/lessons` and `/tickets` with a service token; the browser calls `/turns` and `/conversation` with a
ticket.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Final, NoReturn

import msgspec
from flask import Blueprint, Response, current_app, jsonify, request

from xblock_ai_tutor.gateway import door, metrics, opinions, turn_checks
from xblock_ai_tutor.gateway.callers import bearer, read_body, speaking
from xblock_ai_tutor.gateway.failures import InvalidError, NotFoundError, UnauthorisedError
from xblock_ai_tutor.gateway.lessons import accept_lesson, read_lesson
from xblock_ai_tutor.gateway.openapi import DOCUMENT
from xblock_ai_tutor.gateway.records import as_html, records_of
from xblock_ai_tutor.gateway.residency.public import shown
from xblock_ai_tutor.gateway.services import Services, services_of
from xblock_ai_tutor.gateway.store.database import is_reachable, reading, transaction
from xblock_ai_tutor.gateway.store.direct import within
from xblock_ai_tutor.gateway.store.lessons import dao_add_lesson, dao_get_lesson
from xblock_ai_tutor.gateway.switches import refuse_when_off
from xblock_ai_tutor.gateway.ticket_checks import check_origin, current_ticket, use_service_token
from xblock_ai_tutor.gateway.tickets import (
    TICKET_SECONDS,
    Ticket,
    conversation_id,
    issue_ticket,
    read_ticket,
)
from xblock_ai_tutor.gateway.transcript import erase_transcript, read_transcript

api: Final = Blueprint("api", __name__)

# What a browser on another origin may call, and how.
CORS_ROUTES: Final[Mapping[str, str]] = {
    door.PATH: "POST",
    "/conversation": "GET, DELETE",
    "/conversation/download": "GET",
    "/feedback": "POST",
    "/reports": "POST",
    "/residency": "GET",
}
TICKET_BYTES: Final = 8_000

_TurnId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


class TicketRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /tickets`: a learner's pseudonym (32 hex digits), the lesson's digest, course, usage key, language.

    `department` is an opaque short code, for the department's budget.
    `attempted`: the steps that the learner has tried, whose answers the guard need not keep any more.
    """

    learner: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    lesson: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    course: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    usage: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    language: Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$")] = "en"
    department: Annotated[str, msgspec.Meta(pattern="^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$")] = ""
    attempted: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=120)], ...], msgspec.Meta(max_length=200)] = ()


class FeedbackRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /feedback`: a turn of the learner's own, and their thumb on its answer."""

    turn: _TurnId
    thumb: opinions.Thumb


class ReportRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /reports`: a turn of the learner's own, and what is the matter with its answer."""

    turn: _TurnId
    kind: opinions.Kind


@api.before_request
def known_pages_only() -> None:
    """A browser's request comes from a configured LMS, or is refused before anything of it is looked at."""
    if request.path in CORS_ROUTES and request.method != "OPTIONS":
        check_origin(_services().settings, origin=request.headers.get("Origin"), host=request.host)


@api.put("/lessons/<digest>")
def put_lesson(digest: str) -> tuple[Response, int]:
    services = _services()
    use_service_token(services.settings, bearer(request))
    body = request.get_data()
    lesson = accept_lesson(digest, body)
    with transaction() as session:
        added = dao_add_lesson(session, digest=digest, body=body, now_ms=int(time.time() * 1000))
    return jsonify({"lesson": digest, "id": lesson.id}), 201 if added else 200


@api.post("/tickets")
def post_ticket() -> tuple[Response, int]:
    services = _services()
    use_service_token(services.settings, bearer(request))
    asked = read_body(request, TicketRequest, TICKET_BYTES)
    with reading() as session:
        body = dao_get_lesson(within(session), asked.lesson)
    if body is None:
        raise NotFoundError(turn_checks.LESSON_UNKNOWN, code="lesson_unknown")
    ticket = Ticket(
        learner=asked.learner,
        lesson=asked.lesson,
        course=asked.course,
        usage=asked.usage,
        conversation=conversation_id(services.settings, asked.learner, asked.course, asked.usage),
        language=asked.language,
        department=asked.department,
        attempted=asked.attempted,
    )
    with speaking(asked.language):
        refuse_when_off(services.switches.off(), ticket, lesson_id=read_lesson(body).id)
    signed = issue_ticket(services.settings, ticket)
    return jsonify({"ticket": signed, "expires_in": TICKET_SECONDS, "conversation": ticket.conversation}), 201


@api.post(door.PATH)
def refuse_turn() -> NoReturn:
    """Where a turn that was refused is told so: what opens the others is in front of this app (`door`)."""
    raise request.environ[door.REFUSAL]


@api.get("/conversation")
def get_conversation() -> Response:
    services = _services()
    return jsonify(read_transcript(services, read_ticket(services.settings, bearer(request))))


@api.delete("/conversation")
def delete_conversation() -> tuple[str, int]:
    services = _services()
    erase_transcript(read_ticket(services.settings, bearer(request)))
    return "", 204


@api.get("/conversation/download")
def download_conversation() -> Response:
    """The learner's own conversation as a file: JSON, or with `?format=html` a page to read."""
    services = _services()
    ticket = _current_ticket()
    form = request.args.get("format", "json")
    if form not in ("json", "html"):
        raise InvalidError("The format is json or html.")
    records = records_of(services, ticket.learner, conversation=ticket.conversation)
    answer = Response(as_html(records, ticket.language), mimetype="text/html") if form == "html" else jsonify(records)
    answer.headers["Content-Disposition"] = f'attachment; filename="tutor-conversation.{form}"'
    return answer


@api.post("/feedback")
def post_feedback() -> tuple[str, int]:
    ticket = _current_ticket()
    given = read_body(request, FeedbackRequest, TICKET_BYTES)
    opinions.set_thumb(ticket, turn=given.turn, thumb=given.thumb)
    return "", 204


@api.post("/reports")
def post_report() -> tuple[Response, int]:
    ticket = _current_ticket()
    given = read_body(request, ReportRequest, TICKET_BYTES)
    added = opinions.report(ticket, turn=given.turn, kind=given.kind)
    return jsonify({"status": "waiting"}), 201 if added else 200


@api.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify({"status": "ok"})


@api.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The database answers too. Without residency the gateway stays ready: it refuses turns with a plain sentence,
    and learners can still read and erase what they wrote."""
    if not is_reachable():
        return jsonify({"status": "database", "residency": "unknown"}), 503
    standing = _services().residency.now()
    status = "ready" if standing.answering else "not_answering"
    return jsonify({"status": status, "residency": standing.reason}), 200


@api.get("/residency")
def get_residency() -> Response:
    """Where words go, for a learner to read: no ticket is needed to know it."""
    return jsonify(shown(_services(), request.args.get("language", "en")))


@api.get("/metrics")
def get_metrics() -> Response:
    """Counts for Prometheus. Not there unless TUTOR_METRICS_TOKEN is set, and then for its holder alone."""
    wanted = _services().settings.metrics_token.reveal()
    if not wanted:
        raise NotFoundError("Metrics are off: set TUTOR_METRICS_TOKEN.")
    if not metrics.is_allowed(bearer(request), wanted):
        raise UnauthorisedError("Send TUTOR_METRICS_TOKEN as a bearer token.")
    return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


@api.get("/openapi.json")
def openapi() -> Response:
    return jsonify(DOCUMENT)


def _services() -> Services:
    return services_of(current_app)


def _current_ticket() -> Ticket:
    """The request's ticket, unless its conversation was erased since."""
    with reading() as session:
        return current_ticket(session, _services().settings, bearer(request))
