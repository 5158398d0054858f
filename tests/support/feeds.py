"""Lines of feeds for tests: each builder gives a sound line, and keyword arguments spoil or vary it. Nobody is real."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics_dash.identity import Identity
from analytics_dash.sources import READERS, Batch
from analytics_dash.sources.records import FACT_ROWS
from analytics_dash.sources.streams import lines as lines_of
from analytics_dash.sources.streams import look_at

COURSE = "course-v1:DemoGov+AI101+2026"
BLOCK = f"{COURSE.replace('course-v1', 'block-v1')}+type@problem+block@0f1e2d3c"
LESSON_BLOCK = f"{COURSE.replace('course-v1', 'block-v1')}+type@ai_tutor+block@sources"
USERNAME = "meredith.quill"
USER_ID = 48213
EMAIL = "Meredith.Quill@canals.example"
LEARNER = "0123456789abcdef0123456789abcdef"
TIME = "2026-05-04T09:30:00.250000+00:00"
HEAD = b"2026-05-04 09:30:00,250 INFO 27 [tracking] [user 48213] [ip 192.0.2.7] logger.py:41 - "

ITEM = {"item": "a1", "answer": "reliable", "hit": True, "confidence": 70}

KEY = bytes(range(32))


def identity(key: bytes = KEY) -> Identity:
    return Identity(key)


def log_event(name: str, event: Any, /, **changes: Any) -> dict[str, Any]:
    """A line of the tracking log in the classic envelope, as an object; a change to `...` removes the field."""
    line: dict[str, Any] = {
        "name": name,
        "event_type": name,
        "event_source": "server",
        "time": TIME,
        "username": USERNAME,
        "ip": "192.0.2.7",
        "agent": "Mozilla/5.0",
        "host": "learn.demo.example",
        "context": {"user_id": USER_ID, "course_id": COURSE, "org_id": "DemoGov", "path": "/event"},
        "event": event,
    }
    line.update(changes)
    return {field: value for field, value in line.items() if value is not ...}


def transformed(line: Mapping[str, Any]) -> dict[str, Any]:
    """The same event in the envelope that event routing writes."""
    context = dict(line["context"]) | {"username": line.get("username", ""), "event_source": line["event_source"]}
    return {"name": line["name"], "timestamp": line["time"], "context": context, "data": line["event"]}


def enrolled(**changes: Any) -> dict[str, Any]:
    event = {"course_id": COURSE, "user_id": USER_ID, "mode": "audit"}
    return log_event("edx.course.enrollment.activated", event, **changes)


def problem_check(grade: Any = 1, max_grade: Any = 1, **changes: Any) -> dict[str, Any]:
    event = {
        "problem_id": BLOCK,
        "grade": grade,
        "max_grade": max_grade,
        "success": "correct" if grade == max_grade else "incorrect",
        "answers": {"input_1": "WORDS OF THE LEARNER"},
        "submission": {"input_1": {"answer": "WORDS OF THE LEARNER"}},
        "attempts": 1,
    }
    return log_event("problem_check", event, **changes)


def step_submitted(payload_changes: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    event = {
        "lesson_id": "check-the-sources",
        "lesson_version": "0123456789ab",
        "step_id": "spot-the-invented",
        "kind": "spot",
        "attempt": 1,
        "earned": 2,
        "possible": 3,
        "correct": False,
        "confidence": 70,
        "items": [ITEM],
    }
    event.update(payload_changes or {})
    event = {field: value for field, value in event.items() if value is not ...}
    module = {"display_name": "Check the sources", "usage_key": LESSON_BLOCK}
    context = {"user_id": USER_ID, "course_id": COURSE, "module": module}
    return log_event("ai_tutor.step.submitted", event, **({"context": context} | changes))


def tutor_opened(learner: str = LEARNER, **changes: Any) -> dict[str, Any]:
    event = {"lesson_id": "check-the-sources", "lesson_version": "0123456789ab", "learner": learner}
    return log_event("ai_tutor.tutor.opened", event, **changes)


def ledger_row(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "cursor": 1,
        "turn": "turn-1",
        "at": "2026-05-04T09:31:00+00:00",
        "learner": LEARNER,
        "course": COURSE,
        "lesson": "ab" * 32,
        "lesson_id": "check-the-sources",
        "step": "spot-the-invented",
        "status": "answered",
        "reason": None,
        "redactions": {"email": 1, "nino": 2},
        "guard_actions": {"false-quotation": 1},
        "citations": 2,
        "tokens_in": 812,
        "tokens_out": 140,
        "cost_microusd": 2744,
        "first_text_ms": 420,
        "total_ms": 1900,
        "model": "offline-1",
    }
    row.update(changes)
    return {field: value for field, value in row.items() if value is not ...}


OLDER_COLUMNS = (
    *("cadence", "period_start", "period_end", "account_id", "public_id", "name", "email", "user_role", "role"),
    *("department", "user_status", "created_or_invited_date", "is_active", "first_day_active_in_period"),
    *("last_day_active_in_period", "messages", "messages_rank", "gpt_messages", "gpts_messaged", "tool_messages"),
    *("tools_messaged", "last_day_active"),
)
NEWER_COLUMNS = (
    *OLDER_COLUMNS[:10],
    "groups",
    *OLDER_COLUMNS[10:16],
    "model_to_messages",
    *OLDER_COLUMNS[16:],
    "project_messages",
)


def usage_row(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "cadence": "monthly",
        "period_start": "2026-05-01",
        "period_end": "2026-05-31",
        "account_id": "acc-1",
        "public_id": "user-7f3a",
        "name": "Meredith Quill",
        "email": EMAIL,
        "user_role": "member",
        "role": "Lawyer",
        "department": "typed by the user",
        "groups": "['pilot']",
        "user_status": "enabled",
        "created_or_invited_date": "2026-04-01",
        "is_active": "True",
        "first_day_active_in_period": "2026-05-04",
        "last_day_active_in_period": "2026-05-28",
        "messages": "42",
        "model_to_messages": "{'model-a': 42}",
        "messages_rank": "3",
        "gpt_messages": "5",
        "gpts_messaged": "1",
        "tool_messages": "2",
        "tools_messaged": "1",
        "last_day_active": "2026-05-28",
        "project_messages": "0",
    }
    return row | changes


def roster_row(number: int = 1, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "work_email": f"person{number}@canals.example",
        "lms_username": f"person_{number}",
        "lms_user_id": str(1000 + number),
        "department": "Canals Agency",
        "grade_band": "HEO–SEO",
        "profession": "Legal",
        "nation": "Wales",
        "licence_from": "2026-05-01",
        "licence_to": "",
    }
    return row | changes


def csv_bytes(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> bytes:
    """Rows as CSV; the columns are the first row's unless given."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns or rows[0]), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def json_lines(objects: Iterable[Any], *, head: bytes = b"") -> bytes:
    return b"".join(head + json.dumps(value).encode() + b"\n" for value in objects)


def gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def many_events(people: int = 40) -> list[dict[str, Any]]:
    """A log with a few events of each of several people, known by username and number."""
    events = []
    for number in range(1, people + 1):
        who = {"username": f"person_{number}"}
        context = {"user_id": 1000 + number, "course_id": COURSE}
        event = {"course_id": COURSE, "user_id": 1000 + number}
        events += [
            log_event("edx.course.enrollment.activated", event, context=context, **who),
            step_submitted(context=context, **who),
            tutor_opened(f"{number:032x}", context=context, **who),
            log_event("edx.ui.lms.link_clicked", "{}", context=context, event_source="browser", **who),
        ]
    return events


def batches(kind: str, path: Path, who: Identity | None = None) -> Iterator[Batch]:
    """What a reader makes of a file, batch by batch."""
    yield from READERS[kind]().read(lines_of(look_at(path)), who or identity())


def read(kind: str, data: bytes, folder: Path, who: Identity | None = None) -> Batch:
    """Everything a reader makes of `data`, in one batch."""
    path = folder / "feed"
    path.write_bytes(data)
    return joined(batches(kind, path, who))


def joined(found: Iterable[Batch]) -> Batch:
    """Batches as one."""
    whole = Batch()
    for batch in found:
        whole.lines += batch.lines
        whole.ignored += batch.ignored
        whole.rejects += batch.rejects
        for kind in batch.columns:
            (whole.rows if kind in FACT_ROWS else whole.parts).extend(batch.all_of(kind))
        whole.rows += batch.rows
        whole.parts += batch.parts
        whole.same_as |= batch.same_as
        whole.notes += batch.notes
        whole.damage = batch.damage or whole.damage
    return whole
