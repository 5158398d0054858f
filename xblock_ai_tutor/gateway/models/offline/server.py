"""The offline engine's web application: `POST /v1/responses` (streamed or whole) and `GET /v1/models`.

`tutor-gateway engine` serves it. Requests are neither stored nor logged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from xblock_ai_tutor.gateway.models.offline.answer import answer, comments
from xblock_ai_tutor.gateway.models.offline.responses import (
    MODEL,
    BadRequestError,
    error_body,
    events,
    limited,
    read_messages,
    response,
    usage,
    wants_feedback,
)

LIMIT_BYTES: Final = 4_000_000


def create_engine(*, pace_s: float, sleep: Callable[[float], object] = time.sleep) -> Flask:
    """The engine as a Flask app that waits `pace_s` seconds between deltas, by `sleep` (gevent's, under gevent)."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LIMIT_BYTES

    @app.post("/v1/responses")
    def create_response() -> Response:
        body: Any = request.get_json(silent=True)
        messages = read_messages(body)
        whole = comments(messages) if wants_feedback(body) else answer(messages)
        text = limited(body, whole)
        status = "completed" if text == whole else "incomplete"
        used = usage(messages, body.get("instructions"), text)
        created = float(int(time.time()))
        if body.get("stream"):
            stream = _paced(events(body, created=created, text=text, used=used, status=status), pace_s, sleep)
            return Response(stream, mimetype="text/event-stream", headers={"Cache-Control": "no-store"})
        return jsonify(response(body, created=created, status=status, text=text, used=used))

    @app.get("/v1/models")
    def models() -> Response:
        listed = {"id": MODEL, "object": "model", "created": 0, "owned_by": "offline"}
        return jsonify({"object": "list", "data": [listed]})

    @app.errorhandler(BadRequestError)
    def bad_request(error: BadRequestError) -> tuple[Response, int]:
        return jsonify(error_body(str(error), param=error.param)), 400

    @app.errorhandler(HTTPException)
    def other(error: HTTPException) -> tuple[Response, int]:
        return jsonify(error_body(f"{error.name}: the offline engine has POST /v1/responses and GET /v1/models.")), (
            error.code or 500
        )

    return app


def _paced(stream: Iterator[dict[str, Any]], pace_s: float, sleep: Callable[[float], object]) -> Iterator[str]:
    for event in stream:
        if event["type"] == "response.output_text.delta":
            sleep(pace_s)
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
