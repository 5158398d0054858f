"""The API platform's readers on pages as the API writes them, and on pages that it would not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support import feeds

FIRST = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp())
DAY = 86_400


def page(*results: dict[str, Any], start: int = FIRST, end: int = FIRST + DAY) -> dict[str, Any]:
    bucket = {"object": "bucket", "start_time": start, "end_time": end, "results": list(results)}
    return {"object": "page", "data": [bucket], "has_more": False, "next_page": None}


def used(**changes: Any) -> dict[str, Any]:
    result = {"project_id": "proj_a", "num_model_requests": 2, "input_tokens": 10, "output_tokens": 4}
    return result | changes


def paid(value: Any = 1, **changes: Any) -> dict[str, Any]:
    return {"project_id": "proj_a", "amount": {"value": value, "currency": "usd"}, "line_item": None} | changes


@pytest.mark.parametrize("indent", [None, 2])
def test_the_apis_own_page_is_as_of_the_end_of_its_last_day(indent: int | None, tmp_path: Path) -> None:
    data = json.dumps(page(used(), used(project_id="proj_b"), {"project_id": 7}), indent=indent).encode()
    batch = feeds.read("openai-usage", data, tmp_path)
    assert [(row.project, row.day, row.as_of) for row in batch.rows] == [
        ("proj_a", FIRST // DAY, FIRST // DAY + 1),
        ("proj_b", FIRST // DAY, FIRST // DAY + 1),
    ]
    assert [reject.line for reject in batch.rejects] == [1 if indent is None else 21]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"user_id": "user-1"}, "grouped by user or key"),
        ({"api_key_id": "key_1"}, "grouped by user or key"),
        ({"batch": True}, "grouped by more"),
        ({"project_id": None}, "project_id"),
        ({"project_id": "Jo's project"}, "project"),
        ({"model": "jo@department.example"}, "model"),
        ({"num_model_requests": -1}, "num_model_requests"),
        ({"input_tokens": 1.5}, "wrong field"),
        ({"input_tokens": 10**40}, ""),
        ({"input_cached_tokens": 11}, "input_cached_tokens"),
    ],
)
def test_a_result_that_is_narrower_than_a_project_or_no_count_is_rejected(
    changes: dict[str, Any], why: str, tmp_path: Path
) -> None:
    batch = feeds.read("openai-usage", feeds.json_lines([page(used(**changes), used())]), tmp_path)
    assert len(batch.rows) == 1
    assert len(batch.rejects) == 1
    assert batch.rejects[0].reason.startswith(why)
    assert "department" not in batch.rejects[0].reason


@pytest.mark.parametrize(
    ("start", "end"), [(FIRST + 3600, FIRST + DAY), (FIRST, FIRST + 3600 * 25), (0, DAY), (FIRST, FIRST)]
)
def test_buckets_that_are_no_day_are_refused(start: int, end: int, tmp_path: Path) -> None:
    batch = feeds.read("openai-usage", feeds.json_lines([page(used(), start=start, end=end)]), tmp_path)
    assert (batch.lines, batch.rows) == (1, [])
    assert batch.rejects[0].reason.startswith("bucket")


@pytest.mark.parametrize(
    ("value", "micro"),
    [(0.06, 60_000), ("0.06", 60_000), (12, 12_000_000), (-3.5, -3_500_000), (1e-9, 0), (0.1 + 0.2, 300_000)],
)
def test_an_amount_is_millionths_whether_a_number_or_its_text(value: Any, micro: int, tmp_path: Path) -> None:
    batch = feeds.read("openai-costs", feeds.json_lines([page(paid(value))]), tmp_path)
    assert [row.amount_micro for row in batch.rows] == [micro]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e400", 1e300, "much", None, "1e99999999", True])
def test_what_is_no_amount_is_rejected(value: Any, tmp_path: Path) -> None:
    batch = feeds.read("openai-costs", feeds.json_lines([page(paid(value)), page(paid())]), tmp_path)
    assert (batch.lines, len(batch.rows), len(batch.rejects)) == (2, 1, 1)


def test_a_page_of_another_feed_or_without_its_day_is_refused(tmp_path: Path) -> None:
    line = {"feed": "openai-costs", "format": 1, "request": {}, "fetched_at": "2026-05-09T00:00:00Z", "cursor": None}
    lines = feeds.json_lines([line | {"done": True, "page": page(used())}])
    assert "another feed" in feeds.read("openai-usage", lines, tmp_path).rejects[0].reason
    project = feeds.json_lines([{"object": "list", "data": [{"id": "proj_a", "residency": "GB_STORAGE"}]}])
    assert "nobody says of when" in feeds.read("openai-posture", project, tmp_path).rejects[0].reason


def test_of_the_audit_log_only_changes_to_projects_count_and_nobody_who_made_them(tmp_path: Path) -> None:
    actor = {"session": {"user": {"email": "jo@department.example"}, "ip_address": "192.0.2.4"}}
    events = [
        {
            "id": f"e{number}",
            "type": kind,
            "effective_at": FIRST,
            "actor": actor,
            "project": {"id": "proj_d", "name": "n"},
        }
        for number, kind in enumerate(("project.archived", "login.failed", "organization.updated", "project.deleted"))
    ]
    events[3]["project.deleted"] = {"id": "proj_x"}
    batch = feeds.read("openai-audit", feeds.json_lines([{"object": "list", "data": events}]), tmp_path)
    assert [(row.kind, row.project) for row in batch.rows] == [
        ("project.archived", "proj_d"),
        ("organization.updated", "proj_d"),
        ("project.deleted", "proj_x"),
    ]
    assert (batch.lines, batch.ignored) == (4, 1)
    assert "192.0.2.4" not in repr(batch)
