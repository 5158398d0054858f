"""The gateway's Flask app: `create_app(settings)` wires settings, database, model and routes. `wsgi` calls it.

It refuses an endpoint whose address the residency policy does not allow; what it proves of the others, and whether it
answers, is `residency`. Errors become the one envelope here, and every answer
gets its security headers here.
"""

from __future__ import annotations

import time

from flask import Flask, Response, current_app, g, jsonify, request
from werkzeug.exceptions import HTTPException

from xblock_ai_tutor.gateway.answer_headers import cross_origin, every_answer
from xblock_ai_tutor.gateway.api import CORS_ROUTES, api
from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.door import Door
from xblock_ai_tutor.gateway.failures import ApiError, TooManyError
from xblock_ai_tutor.gateway.logs import log
from xblock_ai_tutor.gateway.models import Model
from xblock_ai_tutor.gateway.models.openai import OpenAIModel
from xblock_ai_tutor.gateway.posture import assess_settings
from xblock_ai_tutor.gateway.residency.standing import Standings
from xblock_ai_tutor.gateway.services import Services, attach, services_of
from xblock_ai_tutor.gateway.store.database import init_database

LIMIT_BYTES = 1_100_000  # a lesson; turns and tickets have smaller limits of their own
_PREFLIGHT_SECONDS = 600


def create_app(settings: Settings, *, model: Model | None = None) -> Flask:
    """The gateway for `settings`; `model` replaces the one behind the configured endpoint (tests of the app alone)."""
    assess_settings(settings)
    residency = Standings(settings)
    app = Flask("xblock_ai_tutor.gateway", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LIMIT_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    init_database(app, settings.database_url)
    attach(
        app,
        Services(
            settings, model or OpenAIModel(settings, may_ask=residency.require), settings.transcript_seal(), residency
        ),
    )
    app.register_blueprint(api)
    app.register_error_handler(ApiError, _failure)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _mistake)
    app.before_request(_begin)
    app.after_request(_headers)
    app.after_request(_access_line)
    app.wsgi_app = Door(app, app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way to put something in front
    return app


def _begin() -> None:
    g.begun = time.perf_counter()


def _failure(failure: ApiError) -> tuple[Response, int]:
    response = jsonify(failure.envelope())
    if isinstance(failure, TooManyError):
        response.headers["Retry-After"] = str(failure.retry_after)
    return response, failure.status


def _http(error: HTTPException) -> tuple[Response, int]:
    sentences = {
        404: "There is no such address. The gateway's addresses are listed in /openapi.json.",
        405: "This address does not take that method. See /openapi.json.",
        413: "The body is too large.",
        415: "Send JSON with Content-Type: application/json.",
    }
    status = error.code or 500
    code = (error.name or "failed").lower().replace(" ", "_")
    message = sentences.get(status, "The request could not be read. See /openapi.json.")
    return jsonify(ApiError(message, code=code).envelope()), status


def _mistake(mistake: Exception) -> tuple[Response, int]:
    log("request_failed", route=_route(), error=type(mistake).__name__)
    return jsonify(ApiError("Something went wrong in the gateway. Its log has the time and place.").envelope()), 500


def _route() -> str:
    """The route's pattern, never the address: that could hold what someone typed."""
    return request.url_rule.rule if request.url_rule else "(none)"


def _headers(response: Response) -> Response:
    for name, value in every_answer():
        response.headers[name] = value
    if request.path in CORS_ROUTES:
        _cors(response)
    return response


def _cors(response: Response) -> None:
    origin = request.headers.get("Origin", "")
    allowed = cross_origin(origin, services_of(current_app).settings.allowed_origins)
    response.headers.extend(allowed)
    if request.method == "OPTIONS" and len(allowed) > 1:
        response.headers["Access-Control-Allow-Methods"] = CORS_ROUTES[request.path]
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)


def _access_line(response: Response) -> Response:
    """One line a request: no address, no query, no token, no body. For a stream the time is to its beginning."""
    milliseconds = round((time.perf_counter() - g.begun) * 1000, 1) if "begun" in g else None
    log("request", method=request.method, route=_route(), status=response.status_code, ms=milliseconds)
    return response
