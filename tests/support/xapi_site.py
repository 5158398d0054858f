"""A platform's event pipeline in a process of its own: real Django, event-tracking and event-routing-backends.

`statements` starts it, because a process has one Django configuration. Read from standard input: {"settings",
"events"}; written to standard output: the statements that reached the logger `xapi_tracking`, one JSON object a line.
Plugins are found by the platform's own loader through their entry points; tasks run in place of a queue. Stood in for
are the three modules of the platform that event-routing-backends imports, which no package index has.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import types
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).parents[2]
LMS = "https://lms.example"
USERNAME, EMAIL = "zelda.quimby", "zelda.quimby@department.example"
COURSE = "course-v1:Example+AI101+2026"
BLOCK = "block-v1:Example+AI101+2026+type@ai_tutor+block@0f1e2d"
PSEUDONYM = str(uuid5(NAMESPACE_URL, "the learner"))


def statements(emitted: list[dict[str, Any]], **settings: Any) -> list[dict[str, Any]]:
    """What the site makes of events: {"name", "data", "module": whether the context names the block}, in order."""
    return statements_and_log(emitted, **settings)[0]


def statements_and_log(emitted: list[dict[str, Any]], **settings: Any) -> tuple[list[dict[str, Any]], str]:
    """The same, and what was logged meanwhile."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.xapi_site"],
        input=json.dumps({"settings": settings, "events": emitted}),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def _stand_in(name: str, **contents: Any) -> None:
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:count]), types.ModuleType(".".join(parts[:count])))
    vars(sys.modules[name]).update(contents)


def _platform() -> None:
    """The platform's modules that event-routing-backends asks for people and courses."""

    class ExternalIdType:
        XAPI = "xapi"

    class ExternalId:
        external_user_id = PSEUDONYM

        @classmethod
        def add_new_user_id(cls, user: Any, type_name: str) -> tuple[ExternalId, bool]:
            assert (user.username, type_name) == (USERNAME, "xapi")
            return cls(), False

    def get_course_overviews(keys: list[Any]) -> list[dict[str, str]]:
        assert [str(key) for key in keys] == [COURSE]
        return [{"display_name": "Using AI well"}]

    _stand_in("common.djangoapps.student.models", get_potentially_retired_user_by_username=lambda username: None)
    _stand_in("openedx.core.djangoapps.content.course_overviews.api", get_course_overviews=get_course_overviews)
    _stand_in("openedx.core.djangoapps.external_user_ids.models", ExternalId=ExternalId, ExternalIdType=ExternalIdType)


def _configure(given: dict[str, Any]) -> None:
    """Make settings as the platform does: common ones, then the operator's file, then production's."""
    from django.conf import settings
    from edx_django_utils.plugins import add_plugins, get_plugin_apps

    module = types.ModuleType("lms_settings")
    sys.modules["lms_settings"] = module
    vars(module).update(LMS_ROOT_URL=LMS, EVENT_TRACKING_BACKENDS={})
    add_plugins("lms_settings", "lms.djangoapp", "common")
    vars(module).update(given, ENV_TOKENS=given)
    add_plugins("lms_settings", "lms.djangoapp", "production")
    made = {name: value for name, value in vars(module).items() if name.isupper()}
    settings.configure(
        **made,
        INSTALLED_APPS=[
            *(
                "django.contrib.auth",
                "django.contrib.contenttypes",
                "celery_utils",
                "eventtracking.django.apps.EventTrackingConfig",
            ),
            *get_plugin_apps("lms.djangoapp"),
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        SECRET_KEY="only in this test",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        EVENT_TRACKING_ENABLED=True,
    )


def _context(event: dict[str, Any]) -> dict[str, Any]:
    """What the platform knows while a handler runs; while a page is rendered it names no block."""
    context = {
        "username": USERNAME,
        "user_id": 1,
        "course_id": COURSE,
        "org_id": "Example",
        "session": "0123456789abcdef0123456789abcdef",
        "event_source": "server",
        "ip": "192.0.2.7",
        "agent": "Browser",
        "host": "lms.example",
        "referer": f"{LMS}/{USERNAME}",
        "path": "/courses/handler",
        "page": "x_module",
    }
    module = {"display_name": "A lesson", "usage_key": BLOCK}
    return context | ({"module": module} if event["module"] else {})


def main() -> None:
    asked = json.load(sys.stdin)
    _platform()
    _configure(asked["settings"])
    import django
    from celery import current_app

    current_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from eventtracking import tracker

    call_command("migrate", verbosity=0, run_syncdb=True)
    User.objects.create(id=1, username=USERNAME, email=EMAIL)
    said = logging.getLogger("xapi_tracking")
    said.setLevel(logging.INFO)
    said.addHandler(logging.StreamHandler(sys.stdout))
    for event in asked["events"]:
        with tracker.get_tracker().context("edx.course.server", _context(event)):
            tracker.emit(event["name"], event["data"])


if __name__ == "__main__":
    main()
