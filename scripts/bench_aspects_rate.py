"""How many lines of a tracking log a second Aspects' own transformation (event-routing-backends) takes, one by one.

Run by `bench_analytics_load` in a process of its own: a process has one Django configuration. Read from standard input:
lines of a log. Written to standard output: lines and seconds. Only the transformation is measured, its best case: no
queue, no database, nothing sent on; people and courses are answered from memory. A line that Aspects has no transformer
for costs next to nothing, and counts.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))


def main() -> None:
    from tests.support import xapi_site  # noqa: PLC0415 (Django is configured before its users are imported)

    lines = sys.stdin.buffer.read().splitlines()
    xapi_site._platform()
    xapi_site._configure({"AI_TUTOR_XAPI": True})
    import django  # noqa: PLC0415

    django.setup()
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from event_routing_backends.processors.xapi.transformer_processor import XApiProcessor  # noqa: PLC0415

    call_command("migrate", verbosity=0, run_syncdb=True)
    User.objects.create(id=1, username=xapi_site.USERNAME, email=xapi_site.EMAIL)
    logging.disable(logging.CRITICAL)
    processor = XApiProcessor()
    stated = 0
    started = time.process_time()
    for line in lines:
        event = _of_one_learner(json.loads(line), xapi_site.USERNAME, xapi_site.COURSE)
        with contextlib.suppress(Exception):
            stated += bool(processor.transform_event(event))
    print(json.dumps({"lines": len(lines), "stated": stated, "seconds": time.process_time() - started}))


def _of_one_learner(event: dict[str, Any], username: str, course: str) -> dict[str, Any]:
    """The event under the name and course that the stand-ins for the platform know, as its backend hands it over."""
    event["context"] |= {"username": username, "user_id": 1, "course_id": course, "event_source": event["event_source"]}
    event["data"] = (
        json.loads(event["event"]) if isinstance(event["event"], str) and event["event"][:1] == "{" else event["event"]
    )
    if isinstance(event["data"], dict) and "course_id" in event["data"]:
        event["data"]["course_id"] = course
    event["timestamp"] = event["time"]
    return event


if __name__ == "__main__":
    main()
