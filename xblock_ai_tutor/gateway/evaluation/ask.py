"""Puts the cases to the whole gateway: its routes, its sandbox, and the model that the settings name, over HTTP.

Each case is a learner of its own on a database that is thrown away, so that no budget, pace or conversation of one
touches another, and nothing of an evaluation is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import jwt
import msgspec
from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server

from xblock_ai_tutor.gateway.app import create_app
from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.errors import GatewayError
from xblock_ai_tutor.gateway.evaluation.cases import Case, EvaluationSet
from xblock_ai_tutor.gateway.evaluation.judge import Lore, Reply
from xblock_ai_tutor.gateway.lessons import accept_lesson
from xblock_ai_tutor.gateway.models.compose import compose
from xblock_ai_tutor.gateway.models.offline.server import create_engine
from xblock_ai_tutor.gateway.residency.record import check_and_record
from xblock_ai_tutor.gateway.sandbox.giveaway import Marked
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.store.database import db, prepare_database
from xblock_ai_tutor.lesson import tutor_lesson

_COURSE: Final = "course-v1:Evaluation+Evaluation+1"
# What a learner's limits would refuse is no matter of the tutor's quality.
_NO_LIMITS: Final = {
    "TUTOR_BUDGET_TOKENS_PER_LEARNER_DAY": "1000000000",
    "TUTOR_BUDGET_TOKENS_PER_LESSON_MONTH": "0",
    "TUTOR_BUDGET_TOKENS_PER_DEPARTMENT_MONTH": "0",
    "TUTOR_BUDGET_TOKENS_PER_MONTH": "0",
    "TUTOR_MESSAGES_PER_MINUTE": "0",
}


class AskError(GatewayError):
    """The gateway would not take a lesson or a question at all."""


class _Quiet(WSGIRequestHandler):
    """No line on stderr for each request: the command's own output is to be read."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextlib.contextmanager
def offline_engine() -> Iterator[str]:
    """The offline engine on loopback, without a pace; its base URL."""
    server = make_server("127.0.0.1", 0, create_engine(pace_s=0), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def evaluation_settings(environment: Mapping[str, str], folder: Path) -> Settings:
    """The operator's settings, with a database and keys of their own. Raises `ConfigError`."""
    own = {
        "TUTOR_DATABASE_URL": f"sqlite:///{folder / 'evaluation.sqlite'}",
        "TUTOR_SERVICE_KEY": secrets.token_urlsafe(48),
        "TUTOR_TICKET_KEY": secrets.token_urlsafe(48),
        "TUTOR_IDENTITY_KEY": secrets.token_urlsafe(48),
        "TUTOR_TRANSCRIPT_KEY": Fernet.generate_key().decode(),
    }
    return Settings.read({**environment, **own, **_NO_LIMITS})


@contextlib.contextmanager
def evaluated_gateway(environment: Mapping[str, str]) -> Iterator[Gateway]:
    """The gateway for the settings in `environment`, its residency checked as `serve` does."""
    with tempfile.TemporaryDirectory(prefix="tutor-evaluation-") as folder:
        settings = evaluation_settings(environment, Path(folder))
        app = create_app(settings)
        prepare_database(app)
        with app.app_context():
            check_and_record(settings, environ=dict(environment))
        try:
            with app.test_client() as client:
                yield Gateway(settings, client)
        finally:
            model = services_of(app).model
            if (close := getattr(model, "close", None)) is not None:
                close()
            with app.app_context():
                db.engine.dispose()


class Gateway:
    """The gateway, asked as the LMS and a browser ask it."""

    def __init__(self, settings: Settings, client: FlaskClient) -> None:
        self.settings = settings
        self._client = client

    def ask(self, found: EvaluationSet, case: Case) -> Reply:
        """The reply to one case. Raises `AskError` when the gateway takes no turn."""
        body = {"text": case.ask, "key": str(uuid.uuid4()), "step": case.step}
        with self._client.post("/turns", json=body, headers=_bearer(self._ticket(found))) as answered:
            if answered.status_code != 200:
                raise AskError(f"{found.lesson.id}, {case.id}: {answered.get_data(as_text=True)}")
            return _reply(answered.get_data(as_text=True))

    def _ticket(self, found: EvaluationSet) -> str:
        body = tutor_lesson(found.lesson)
        digest = hashlib.sha256(body).hexdigest()
        taken = self._client.put(f"/lessons/{digest}", data=body, headers=_bearer(self._service_token()))
        asked: dict[str, Any] = {"learner": secrets.token_hex(16), "lesson": digest, "course": _COURSE}
        asked |= {"usage": found.lesson.id, "language": found.lesson.language}
        given = self._client.post("/tickets", json=asked, headers=_bearer(self._service_token()))
        if given.status_code != 201:
            raise AskError(f"{found.lesson.id}: {taken.get_data(as_text=True)} {given.get_data(as_text=True)}")
        return str(given.get_json()["ticket"])

    def _service_token(self) -> str:
        now = int(time.time())
        claims = {"iss": "lms", "aud": "tutor-gateway", "iat": now, "exp": now + 60, "jti": uuid.uuid4().hex}
        return jwt.encode(claims, self.settings.service_key.each()[0], algorithm="HS256")


def lore_of(found: EvaluationSet) -> Lore:
    """What replies about this lesson are judged against: all of it, no step of which has been tried."""
    body = tutor_lesson(found.lesson)
    lesson = accept_lesson(hashlib.sha256(body).hexdigest(), body)
    request = compose(lesson=lesson, step=None, history=(), words="", canary="canary")
    return Lore(
        passages={passage.id: passage.text for passage in lesson.passages},
        answers=tuple(Marked(one.text, one.mark) for one in lesson.answers_to_keep(())),
        hints=tuple(hint for step in lesson.steps for hint in step.hints),
        titles=tuple(step.title for step in lesson.steps),
        instructions=request.secrets,
    )


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _reply(stream: str) -> Reply:
    """The server-sent events of a turn, as the learner got them."""
    text, citations, status = [], [], "failed"
    for block in stream.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        data = msgspec.json.decode(fields.get("data", "{}"))
        match fields.get("event"):
            case "text":
                text.append(data["text"])
            case "citation":
                citations.append(data["passage"])
            case "done":
                status = data["status"]
    return Reply(status, "".join(text), tuple(dict.fromkeys(citations)))
