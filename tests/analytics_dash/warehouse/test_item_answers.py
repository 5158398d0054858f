"""What people answered, item by item: kept once, taken back whole, and never in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_dash.sources import Detected, ItemAnswer
from analytics_dash.sources.records import BATCH_PARTS
from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.report import LoadReport
from tests.support import feeds

LoadFiles = Callable[..., LoadReport]

DETECTION = {"hits": 1, "false_alarms": 0, "targets": 2, "non_targets": 1}
ATTEMPT = {
    "items": [feeds.ITEM, feeds.ITEM | {"item": "a2", "answer": "where/found", "hit": False, "confidence": None}],
    "detection": DETECTION,
    "test": "course-test",
    "form": "pre",
    "anchor": True,
}


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(url) as warehouse:
        return warehouse.connection.execute(sql).fetchall()


def test_an_attempt_is_kept_item_by_item(load_files: LoadFiles, url: str) -> None:
    load_files("openedx-log", feeds.json_lines([feeds.step_submitted(ATTEMPT)]))
    assert ask(
        url, "SELECT lesson, step, attempt, item, answer, hit, confidence, test, form, anchor FROM item_answers"
    ) == [
        ("check-the-sources", "spot-the-invented", 1, "a1", "reliable", True, 70.0, "course-test", "pre", True),
        ("check-the-sources", "spot-the-invented", 1, "a2", "where/found", False, None, "course-test", "pre", True),
    ]
    assert ask(url, "SELECT hits, false_alarms, targets, non_targets, form FROM detections") == [(1, 0, 2, 1, "pre")]
    assert ask(url, "SELECT count(*) FROM item_answers JOIN learning_events USING (digest, alias, day)") == [(2,)]


def test_copies_of_an_attempt_count_once_in_whatever_file_and_load(load_files: LoadFiles, url: str) -> None:
    events = [feeds.step_submitted(ATTEMPT), feeds.step_submitted(ATTEMPT | {"attempt": 2})]
    log = feeds.json_lines(events)
    load_files("openedx-log", log, feeds.json_lines(events, head=feeds.HEAD), feeds.gz(log), log + log)
    load_files("openedx-log", feeds.json_lines([events[0], *events]))
    assert ask(url, "SELECT attempt, count(*) FROM item_answers GROUP BY attempt ORDER BY 1") == [(1, 2), (2, 2)]
    assert ask(url, "SELECT count(*) FROM detections") == [(2,)]


def test_a_file_that_turns_out_unreadable_leaves_no_item_behind(load_files: LoadFiles, url: str) -> None:
    whole = feeds.gz(feeds.json_lines([feeds.step_submitted(ATTEMPT | {"attempt": n}) for n in range(1, 400)]))
    load_files("openedx-log", whole[: len(whole) // 2], feeds.json_lines([feeds.enrolled()]))
    assert ask(url, "SELECT count(*) FROM item_answers WHERE digest NOT IN (SELECT digest FROM learning_events)") == [
        (0,)
    ]


def test_items_come_with_the_person_resolved(load_files: LoadFiles, url: str) -> None:
    roster = feeds.csv_bytes([feeds.roster_row(1, lms_username=feeds.USERNAME)])
    load_files("openedx-log", feeds.json_lines([feeds.step_submitted(ATTEMPT)]), roster=roster)
    for view, rows in (("answers_by_person", 2), ("detections_by_person", 1)):
        assert ask(url, f"SELECT count(*) FROM {view} JOIN people USING (person)") == [(rows,)]


def test_a_form_of_a_test_is_told_from_a_lesson(load_files: LoadFiles, url: str) -> None:
    done = {"lesson_version": "0123456789ab", "earned": 2, "possible": 3}
    events = [
        feeds.step_submitted(ATTEMPT),
        feeds.log_event("ai_tutor.lesson.completed", {"lesson_id": "check-the-sources", **done}),
        feeds.log_event("ai_tutor.lesson.completed", {"lesson_id": "another-lesson", **done}),
    ]
    load_files("openedx-log", feeds.json_lines(events))
    found = ask(url, "SELECT lesson, form FROM learning WHERE kind = 'lesson_completed' ORDER BY 1")
    assert found == [("another-lesson", None), ("check-the-sources", "pre")]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"items": [feeds.ITEM | {"answer": "I would ask my manager"}]}, "answer"),
        ({"items": [feeds.ITEM | {"answer": "jo@x.example"}]}, "answer"),
        ({"items": [feeds.ITEM | {"answer": "a/b/c"}]}, "answer"),
        ({"items": [feeds.ITEM | {"answer": ""}]}, "answer"),
        ({"items": [feeds.ITEM | {"item": "two words"}]}, "item"),
        ({"items": [feeds.ITEM | {"confidence": 101}]}, "confidence"),
        ({"items": [feeds.ITEM, feeds.ITEM]}, "twice"),
        ({"items": [feeds.ITEM | {"item": f"i{n}"} for n in range(201)]}, "more than 200"),
        ({"attempt": -1}, "attempt"),
        ({"form": "practice"}, "form"),
        ({"test": "a test", "form": "pre"}, "test"),
        ({"detection": DETECTION | {"hits": 3}}, "more was flagged than there is"),
        ({"detection": DETECTION | {"hits": -1}}, "hits"),
    ],
)
def test_what_is_no_id_or_cannot_be_is_rejected(changes: dict[str, Any], why: str, tmp_path: Path) -> None:
    batch = feeds.read("openedx-log", feeds.json_lines([feeds.step_submitted(changes)]), tmp_path)
    assert (batch.rows, batch.parts) == ([], [])
    assert why in batch.rejects[0].reason


def test_a_batch_ends_when_it_has_many_parts(tmp_path: Path) -> None:
    """Whatever lines carry, a batch holds at most so many rows."""
    items = [feeds.ITEM | {"item": f"i{n}"} for n in range(200)]
    line = feeds.json_lines([feeds.step_submitted({"items": items})])
    path = tmp_path / "feed"
    path.write_bytes(line * 1100)
    sizes = [len(batch.columns[ItemAnswer]) for batch in feeds.batches("openedx-log", path)]
    assert sum(sizes) == 220_000
    assert max(sizes) < BATCH_PARTS + 201


def test_parts_are_typed_as_their_tables(tmp_path: Path) -> None:
    batch = feeds.read("openedx-log", feeds.json_lines([feeds.step_submitted(ATTEMPT)]), tmp_path)
    assert [type(part) for part in batch.parts] == [ItemAnswer, ItemAnswer, Detected]
    assert {part.digest for part in batch.parts} == {batch.rows[0].digest}
