"""What a turn costs before anything is checked: gunicorn and the model SDK, and nothing of a gateway.

`bench_gateway.py --bare` starts it under gunicorn, with gevent as the gateway has it. BARE_KIND:

    flask  a Flask view that asks through the SDK's `responses.create(stream=True)` and sends each piece on
    wire   no Flask; asks and reads as the gateway does (`models.openai`), and sends on what came together

Neither has a ticket, a database, a check, a guard, a count or a line in a log.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import openai
from flask import Flask, Response, request

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.models import Delta, Reading
from xblock_ai_tutor.gateway.models.compose import ModelRequest
from xblock_ai_tutor.gateway.models.openai import OpenAIModel
from xblock_ai_tutor.gateway.sse import Event

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MODEL = os.environ["BARE_MODEL"]


def flask() -> WSGIApplication:
    app = Flask(__name__)
    client = openai.OpenAI(base_url=MODEL, api_key="sk-stub")

    @app.post("/v1/responses")
    def _answer() -> Response:
        asked = request.get_json()

        def told() -> Iterator[bytes]:
            with client.responses.create(**asked) as events:
                for event in events:
                    if event.type == "response.output_text.delta":
                        yield Event("text", {"text": event.delta}).encode()
            yield Event("done").encode()

        return Response(told(), content_type="text/event-stream")

    return app


def wire() -> WSGIApplication:
    keys = {f"TUTOR_{name}_KEY": f"bench-{name}-" + "k" * 32 for name in ("SERVICE", "TICKET")}
    keys["TUTOR_TRANSCRIPT_KEY"] = "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2ghISE="
    model = OpenAIModel(
        Settings.read(
            {
                **keys,
                "TUTOR_DATABASE_URL": "sqlite://",
                "TUTOR_MODEL_BASE_URL": MODEL,
                "TUTOR_MODEL_API_KEY": "sk-stub",
                "TUTOR_MODEL": "bench",
                "TUTOR_OPERATOR_COUNTRY": "GB",
            }
        )
    )

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body: dict[str, Any] = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        messages = tuple((item["role"], item["content"]) for item in body["input"])
        asked = ModelRequest(body["instructions"], messages, canary="", secrets=())
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return _told(model, asked)

    return app


def _told(model: OpenAIModel, asked: ModelRequest) -> Iterator[bytes]:
    reading = Reading()
    for event in model.ask(asked, safety_identifier="0" * 64, reading=reading):
        if isinstance(event, Delta):
            yield Event("text", {"text": event.text}).encode()
            reading.begun = reading.mid_sentence = True
    yield Event("done").encode()


app = {"flask": flask, "wire": wire}[os.environ["BARE_KIND"]]()
