"""The door of the gateway: turns go through it straight, everything else to the Flask app behind.

Turns are nearly all that is asked for, and Flask's way from a request to a view and back costs more than reading the
model's whole answer. What is refused here is told by Flask, in the one envelope (`api.refuse_turn`); the headers of
what is not are those of `answer_headers`, as on every answer. `app` puts it in front.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from flask import Flask
from werkzeug import Request

from xblock_ai_tutor.gateway import metrics
from xblock_ai_tutor.gateway.answer_headers import cross_origin, every_answer
from xblock_ai_tutor.gateway.callers import bearer, read_body, speaking
from xblock_ai_tutor.gateway.logs import log
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.sse import Event, encoded
from xblock_ai_tutor.gateway.ticket_checks import check_origin
from xblock_ai_tutor.gateway.tickets import read_ticket
from xblock_ai_tutor.gateway.turn import begin
from xblock_ai_tutor.gateway.turn_state import Turn

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH: Final = "/turns"
TURN_BYTES: Final = 64_000
REFUSAL: Final = "tutor.refusal"
"""Where the environment of a request holds why its turn was refused."""

# No proxy may hold the stream back (X-Accel-Buffering is nginx's name for that).
_HEADERS: Final = (("Content-Type", "text/event-stream; charset=utf-8"), ("X-Accel-Buffering", "no"), *every_answer())


class TurnRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /turns`: the learner's words, an idempotency key (a UUID), the step beside which they ask, if any.

    `intent`: `ask` the tutor, see `where` in the lesson something is (no model is asked), or have a `prompt` reviewed.
    """

    text: str
    key: uuid.UUID
    step: Annotated[str, msgspec.Meta(max_length=120)] = ""
    intent: Literal["ask", "where", "prompt"] = "ask"


class Door:
    """A WSGI app in front of `behind`, the Flask app's own."""

    def __init__(self, app: Flask, behind: WSGIApplication) -> None:
        self._app, self._behind = app, behind

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return self._behind(environ, start_response)
        begun = time.perf_counter()
        try:
            with self._app.app_context():
                events = self._open(Request(environ))
        except Exception as refusal:
            environ[REFUSAL] = refusal
            return self._behind(environ, start_response)
        allowed = services_of(self._app).settings.allowed_origins
        start_response("200 OK", [*_HEADERS, *cross_origin(environ.get("HTTP_ORIGIN", ""), allowed)])
        log("request", method="POST", route=PATH, status=200, ms=round((time.perf_counter() - begun) * 1000, 1))
        return self._told(events)

    def _open(self, request: Request) -> Iterator[Event]:
        """The events of a turn that may be had. Raises `ApiError`, or werkzeug's errors for a body too large."""
        services = services_of(self._app)
        check_origin(services.settings, origin=request.environ.get("HTTP_ORIGIN"), host=request.host)
        ticket = read_ticket(services.settings, bearer(request))  # before the body: a stranger gets 401, nothing else
        asked = read_body(request, TurnRequest, TURN_BYTES)
        with speaking(ticket.language):
            return begin(
                Turn(
                    services=services,
                    ticket=ticket,
                    words=asked.text,
                    key=str(asked.key),
                    step_id=asked.step,
                    intent=asked.intent,
                )
            )

    def _told(self, events: Iterator[Event]) -> Generator[bytes, Any, None]:
        with self._app.app_context():
            yield from metrics.counted(encoded(events))
