"""The tracking log of the demonstration LMS, in the platform's own format: one JSON object a line.

`runtime` writes what blocks publish, `views` what the platform itself would write when a page is opened. As on a
platform every line names a person: the log is zone A. It never holds a learner's words, since `publish` of our block
takes only what `events` describes, and no request's body is written.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

ORG: Final = "DemoGov"


@dataclass(frozen=True, slots=True)
class Request:
    """What a tracking line says about the request: whose, from where, with what, to which path."""

    username: str
    path: str
    host: str
    ip: str
    agent: str
    referer: str
    accept_language: str
    session: str

    @classmethod
    def of(cls, request: HttpRequest | None, username: str) -> Request:
        """Take it from a Django request; without one (a scenario being loaded) everything is empty."""
        meta = request.META if request is not None else {}
        return cls(
            username=username,
            path=request.path if request is not None else "",
            host=meta.get("HTTP_HOST", ""),
            ip=meta.get("REMOTE_ADDR", ""),
            agent=meta.get("HTTP_USER_AGENT", "")[:500],
            referer=meta.get("HTTP_REFERER", "")[:500],
            accept_language=meta.get("HTTP_ACCEPT_LANGUAGE", "")[:200],
            # A platform writes a hash of its session; the demonstration's session is the browser's CSRF cookie.
            session=uuid.uuid5(uuid.NAMESPACE_URL, meta.get("CSRF_COOKIE") or "none").hex if request else "",
        )


def usage_key(block: Any) -> str:
    """The block's usage key as a platform writes it; the workbench's own ids have another shape."""
    ids = block.scope_ids
    name = str(ids.usage_id).split(".", 1)[0]
    course = str(block.runtime.course_id).removeprefix("course-v1:")
    return f"block-v1:{course}+type@{ids.block_type}+block@{name}"


def log_published(request: Request, block: Any, event_type: str, data: dict[str, Any]) -> None:
    """Write what a block published: grade and completion under the platform's names, the rest under their own."""
    course = block.runtime.course_id
    key = usage_key(block)
    user = _number(request)
    name, event = event_type, data
    if event_type == "grade":
        name = "edx.grades.problem.submitted"
        event = {
            "user_id": str(user),
            "course_id": course,
            "problem_id": key,
            "event_transaction_id": str(uuid.uuid4()),
            "event_transaction_type": name,
            "weighted_earned": data["value"],
            "weighted_possible": data["max_value"],
        }
    elif event_type == "completion":
        name = "edx.completion.block_completion.changed"
        event = {
            "user_id": user,
            "course_id": course,
            "context_key": course,
            "block_id": key,
            "block_type": block.scope_ids.block_type,
            "completion": data["completion"],
            "is_new": False,
        }
    module = {"display_name": block.display_name, "usage_key": key}
    _write(request, name, event, {"course_id": course, "module": module})


def log_enrolled(request: Request, course: str) -> None:
    """Write that the learner enrolled: in the demonstration, when they first open a lesson."""
    event = {"course_id": course, "user_id": _number(request), "username": request.username, "mode": "audit"}
    _write(request, "edx.course.enrollment.activated", event, {"course_id": course})


def log_page(request: Request, course: str) -> None:
    """Write that a page was opened, as the platform's own middleware does: the path is the event's name.

    `event` is a JSON string of the request's fields on a platform. Here it is always empty, so no words can get in.
    """
    _write(request, request.path, json.dumps({"GET": {}, "POST": {}}), {"course_id": course})


def _number(request: Request) -> int:
    from xblock_ai_tutor.workbench.runtime import user_number  # noqa: PLC0415  (runtime writes through this module)

    return user_number(request.username)


def _write(request: Request, name: str, event: dict[str, Any] | str, context: dict[str, Any]) -> None:
    line = {
        "name": name,
        "context": {
            "user_id": _number(request),
            "path": request.path,
            "org_id": ORG,
            "enterprise_uuid": "",
            **context,
        },
        "username": request.username,
        "session": request.session,
        "ip": request.ip,
        "agent": request.agent,
        "host": request.host,
        "referer": request.referer,
        "accept_language": request.accept_language,
        "event": event,
        "time": datetime.now(UTC).isoformat(),
        "event_type": name,
        "event_source": "server",
        "page": None,
    }
    data = (json.dumps(line, ensure_ascii=True) + "\n").encode("ascii")
    # One write to a file opened for appending: lines of threads and processes do not mix.
    descriptor = os.open(settings.TRACKING_LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)
