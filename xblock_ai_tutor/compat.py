"""What differs between the places that a block can live in: services that may be missing, ids of several shapes.

The courseware runtime, the content-library runtime (which has no settings service), Studio and the workbench each give
a block something else. Every question to a runtime is asked here, and each has an answer when the runtime has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from xblock.exceptions import NoSuchServiceError

ANONYMOUS_ID: Final = "edx-platform.deprecated_anonymous_user_id"
"""The attribute that holds the platform's own pseudonym: the `sub` of its JWTs for the same learner."""
DEPARTMENT_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What the gateway takes as a department: opaque and short, never a person's name or address."""
STAFF: Final = "edx-platform.user_is_staff"
ROLE: Final = "edx-platform.user_role"


def service(block: Any, name: str) -> Any:
    """The runtime's service of that name; None when this runtime has none."""
    try:
        return block.runtime.service(block, name)
    except NoSuchServiceError:
        return None


def gettext_of(block: Any) -> Callable[[str], str]:
    """The function that translates a msgid into the learner's language; the msgid itself where nothing can."""
    translate = getattr(service(block, "i18n"), "gettext", None)
    return translate if callable(translate) else str


def settings_of(block: Any) -> Mapping[str, Any]:
    """The operator's settings for this kind of block, `XBLOCK_SETTINGS["ai_tutor"]`; {} where there are none."""
    found = service(block, "settings")
    bucket = found.get_settings_bucket(block, default={}) if found is not None else {}
    return bucket if isinstance(bucket, Mapping) else {}


def learner_id(block: Any) -> str | None:
    """The platform's pseudonym of the learner; None for a visitor who has not signed in.

    Never the user id, name or address: what leaves the platform is derived from this (`gateway_client.pseudonym`).
    """
    found = service(block, "user")
    if found is not None:
        user = found.get_current_user()
        anonymous = getattr(user, "opt_attrs", {}).get(ANONYMOUS_ID)
        if anonymous:
            return str(anonymous)
    user_id = block.scope_ids.user_id
    return None if user_id in (None, "") else f"local:{user_id}"


def may_author(block: Any) -> bool:
    """Whether the person asking is an author, so that a preview may show them what an answer would earn.

    Studio alone has the service `studio_user_permissions`; the other runtimes say whether a user is course staff.
    """
    if service(block, "studio_user_permissions") is not None:
        return True
    found = service(block, "user")
    attributes = getattr(found.get_current_user(), "opt_attrs", {}) if found is not None else {}
    return bool(attributes.get(STAFF)) or attributes.get(ROLE) in {"staff", "instructor"}


def usage_of(block: Any) -> str:
    """The block's usage key, as text."""
    return str(block.scope_ids.usage_id)


def course_of(block: Any) -> str:
    """The key of the course (or library) that the block is in, as text; "unknown" where the runtime knows none."""
    key = getattr(block.scope_ids.usage_id, "context_key", None) or getattr(block.runtime, "course_id", None)
    return "unknown" if key is None else str(key)


def department_of(block: Any) -> str:
    """The short code of the organisation whose budget the learner draws on; "" where there is none to be known.

    `XBLOCK_SETTINGS["ai_tutor"]["department"]` when the operator gives it, else the organisation in the course's key.
    """
    key = getattr(block.scope_ids.usage_id, "context_key", None) or getattr(block.runtime, "course_id", None)
    code = str(settings_of(block).get("department") or getattr(key, "org", None) or "")
    return code if DEPARTMENT_CODE.fullmatch(code) else ""


def is_past_due(block: Any, now: datetime | None = None) -> bool:
    """Whether the platform no longer takes answers: `due` and `graceperiod` are over, and learners do not set the pace.

    The fields come from the platform's mixin of inherited settings, with each learner's extension already in them;
    where there is no such mixin nothing is ever due. Platforms that have a rule of their own for it are asked.
    """
    rule = getattr(block, "has_deadline_passed", None)
    if callable(rule):
        return bool(rule())
    due = getattr(block, "due", None)
    if not isinstance(due, datetime) or getattr(block, "self_paced", False):
        return False
    grace = getattr(block, "graceperiod", None)
    due = due if due.tzinfo else due.replace(tzinfo=UTC)
    return (now or datetime.now(UTC)) > due + (grace if isinstance(grace, timedelta) else timedelta())


def hides_results(block: Any, now: datetime | None = None) -> bool:
    """Whether the platform's setting “Show results” keeps from learners whether an answer is right.

    It is `always`, `never`, `past_due` or `never_but_include_grade`, inherited like `due`
    (`xmodule/graders.py`, `ShowCorrectness`); a period of grace does not count for it there either.
    """
    shown = getattr(block, "show_correctness", "always")
    if shown != "past_due":
        return shown in {"never", "never_but_include_grade"}
    due = getattr(block, "due", None)
    if not isinstance(due, datetime):
        return False
    return (now or datetime.now(UTC)) < (due if due.tzinfo else due.replace(tzinfo=UTC))


def file_system(block: Any, name: str) -> Any:
    """The runtime's `resources_fs` (import) or `export_fs` (export); None where a course is not moved as files."""
    return getattr(block.runtime, name, None)


def language() -> str:
    """The tag of the language that msgids are translated into now; "" where Django, or a language, is not set up."""
    try:
        from django.conf import settings  # noqa: PLC0415  (XBlock runs without Django too)
        from django.utils.translation import get_language  # noqa: PLC0415
    except ImportError:
        return ""
    return (get_language() or "") if settings.configured else ""


def static_url(block: Any, name: str) -> str:
    """The address of one of our files in `static/`, as this runtime serves it."""
    return str(block.runtime.local_resource_url(block, f"static/{name}"))


def course_file(block: Any, path: str) -> str:
    """The address of the course's own file `/static/…`; the path itself where this runtime leaves it to the page.

    The platform rewrites such paths in a view's HTML, but not in what a handler answers: so it is asked for each.
    """
    found = service(block, "replace_urls")
    if found is None:
        return path
    return str(found.replace_urls(f'"{path}"')).strip('"')
