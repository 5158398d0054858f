"""The runtime that blocks see in the demonstration LMS: the workbench's, with a platform's services and a tracking log.

Made by `views` for each request. What it adds is what the platform has and the workbench lacks: a course, a pseudonym
for each learner, course staff, and `publish` that writes to the log instead of dropping the event.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from django.http import HttpRequest
from workbench.runtime import WorkbenchRuntime, WorkBenchUserService

from xblock_ai_tutor import compat
from xblock_ai_tutor.workbench import tracking

COURSE: Final = "course-v1:DemoGov+AI101+2026"
LEARNER: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,29}")
_NUMBERED: Final = re.compile(r"student_([1-9][0-9]{0,8})")


def user_number(username: str) -> int:
    """The platform's number of a user: N for `student_N`, as in the demonstration's roster, a stable one otherwise."""
    numbered = _NUMBERED.fullmatch(username)
    if numbered:
        return int(numbered[1])
    return 1_000_000_000 + int(hashlib.sha256(username.encode()).hexdigest()[:7], 16)


def is_author(username: str) -> bool:
    """Whether this user is course staff."""
    return username.startswith("author")


class DemonstrationUserService(WorkBenchUserService):  # type: ignore[misc]  # the workbench ships no types
    """The workbench's user, with the attributes that the platform gives and the block reads."""

    def __init__(self, username: str) -> None:
        super().__init__(username)
        pseudonym = hashlib.md5(f"demonstration|{username}".encode(), usedforsecurity=False).hexdigest()
        self._user.opt_attrs[compat.ANONYMOUS_ID] = pseudonym
        self._user.opt_attrs[compat.STAFF] = is_author(username)
        self._user.opt_attrs[compat.ROLE] = "staff" if is_author(username) else "student"


class LessonFiles:
    """What the platform's service `replace_urls` does: `"/static/name"` becomes where this lesson's file is served."""

    def __init__(self, lesson: str) -> None:
        self._lesson = lesson

    def replace_urls(self, text: str, static_replace_only: bool = False) -> str:  # noqa: ARG002
        """The text with each quoted path below /static/ replaced."""
        return text.replace('"/static/', f'"/lesson-files/{self._lesson}/')


class DemonstrationRuntime(WorkbenchRuntime):  # type: ignore[misc]
    """One learner's view of the blocks, during one request."""

    course_id = COURSE

    def __init__(self, username: str, request: HttpRequest | None = None) -> None:
        super().__init__(username)
        self._services["user"] = DemonstrationUserService(username)
        self._request = request
        self._username = username

    def service(self, block: Any, service_name: str) -> Any:
        """The service of that name; the files of a lesson are those beside it."""
        if service_name == "replace_urls":
            return LessonFiles(str(block.scope_ids.usage_id).partition(".")[0])
        return super().service(block, service_name)

    def _patch_xblock(self, block: Any) -> None:
        """Not here: the workbench sets mock attributes that a platform's block does not have."""

    def publish(self, block: Any, event_type: str, event_data: dict[str, Any]) -> None:
        """Write the event to the tracking log, as the platform would."""
        tracking.log_published(tracking.Request.of(self._request, self._username), block, event_type, event_data)
