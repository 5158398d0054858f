"""An event counts once whoever wrote its line, and whichever version of its reader loaded it before."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import duckdb
import pytest

from analytics_dash.sources import READERS
from analytics_dash.warehouse.report import LoadReport
from tests.support import feeds

LoadFiles = Callable[..., LoadReport]
DumpOf = Callable[..., dict[str, list[tuple[Any, ...]]]]

EVENTS = [*feeds.many_events(10), feeds.problem_check(), feeds.step_submitted(), feeds.tutor_opened()]
LOG = feeds.json_lines(EVENTS)
LEDGER_ROWS = [feeds.ledger_row(turn=f"turn-{number}", cursor=number) for number in range(5)]
SAID = {"cursor": 7, "turn": "turn-1", "at": "2026-05-04T09:40:00Z", "learner": feeds.LEARNER, "course": feeds.COURSE}
FEEDBACK_ROWS = [SAID | {"lesson_id": "check-the-sources", "kind": kind} for kind in ("helpful", "wrong")]
FEEDS = {
    "openedx-log": EVENTS,
    "gateway-ledger": LEDGER_ROWS,
    "gateway-feedback": FEEDBACK_ROWS,
}
PARTS = {
    "learning_events": ("item_answers", "detections"),
    "tutor_turns": ("tutor_redactions", "tutor_guards"),
    "tutor_feedback": (),
}


def lines(rows: Iterable[Any], **how: Any) -> bytes:
    return "".join(json.dumps(row, **how) + "\n" for row in rows).encode()


def other_writers(kind: str) -> list[bytes]:
    """The same lines as other programs write them."""
    rows = FEEDS[kind]
    compact, sorted_keys = lines(rows, separators=(",", ":")), lines(rows, sort_keys=True)
    written = [compact, sorted_keys, compact.replace(b"\n", b"\r\n"), lines(rows, ensure_ascii=False)]
    if kind == "openedx-log":
        as_text = [row | {"event": json.dumps(row["event"])} for row in EVENTS if isinstance(row["event"], dict)]
        written += [lines(as_text), lines(feeds.transformed(row) for row in EVENTS)]
        written += [feeds.json_lines(EVENTS, head=feeds.HEAD).replace(b'"username"', rb'"user\u006eame"')]
    return written


def told(report: LoadReport) -> tuple[int, int]:
    return report.totals["accepted"], report.totals["duplicates"]


@pytest.mark.parametrize("kind", FEEDS)
def test_a_line_that_another_program_wrote_counts_no_more(kind: str, load_files: LoadFiles, dump: DumpOf) -> None:
    report = load_files(kind, lines(FEEDS[kind]), *other_writers(kind))
    first, *others = report.files
    assert first.accepted > 0
    assert first.rejected == 0
    for other in others:
        assert (other.accepted, other.rejected) == (0, 0)
        assert 0 < other.duplicates <= first.accepted
    before = dump()
    again = load_files(kind, *(written + b"\n" for written in other_writers(kind)))  # other files, of the same lines
    assert again.totals["accepted"] == 0
    after = dump()
    assert {name: rows for name, rows in after.items() if name != "loads"} == {
        name: rows for name, rows in before.items() if name != "loads"
    }


def as_an_earlier_version_left_it(path: Any) -> None:
    """Every fact under a digest that no reader makes any more, and every file as that version's."""
    with duckdb.connect(str(path)) as db:
        for table, parts in PARTS.items():
            db.execute(f"CREATE TEMP TABLE other AS SELECT digest, uuid() AS fresh FROM {table}")
            for each in (table, *parts):
                db.execute(f"UPDATE {each} SET digest = other.fresh FROM other WHERE other.digest = {each}.digest")
            db.execute("DROP TABLE other")
        for kind in FEEDS:
            db.execute("UPDATE loads SET reader_version = ? WHERE kind = ?", [READERS[kind].digests_since - 1, kind])


@pytest.fixture
def upgraded(load_files: LoadFiles, dump: DumpOf, tmp_path: Any) -> dict[str, list[tuple[Any, ...]]]:
    """A warehouse that an earlier version has loaded; what it would hold had this one loaded it."""
    for kind, rows in FEEDS.items():
        load_files(kind, lines(rows))
    now = dump()
    as_an_earlier_version_left_it(tmp_path / "adoption.duckdb")
    then = dump()
    assert all(now[table] != then[table] for table in PARTS)
    return now


def test_a_file_that_an_earlier_version_loaded_counts_no_more(
    upgraded: dict[str, list[tuple[Any, ...]]], load_files: LoadFiles, dump: DumpOf
) -> None:
    for kind, rows in FEEDS.items():
        accepted, duplicates = told(load_files(kind, lines(rows)))
        assert accepted == 0
        assert duplicates > 0
    assert dump() == upgraded  # facts, parts and files, to the row
    for kind, rows in FEEDS.items():
        assert not load_files(kind, lines(rows)).changed


def test_a_longer_file_of_what_an_earlier_version_loaded_brings_what_is_new(
    upgraded: dict[str, list[tuple[Any, ...]]], load_files: LoadFiles, dump: DumpOf
) -> None:
    later: dict[str, Any] = {
        "openedx-log": feeds.step_submitted({"attempt": 2}, time="2026-05-05T09:30:00Z"),
        "gateway-ledger": feeds.ledger_row(turn="turn-9", cursor=9, at="2026-05-05T09:31:00Z"),
        "gateway-feedback": FEEDBACK_ROWS[0] | {"turn": "turn-9"},
    }
    for kind, row in later.items():
        assert told(load_files(kind, other_writers(kind)[1] + lines([row])))[0] == 1
    after = dump()
    for table, parts in PARTS.items():
        assert len(after[table]) == len(upgraded[table]) + 1
        for each in (table, *parts):
            assert set(upgraded[each]) < set(after[each]) or not upgraded[each]


def test_what_an_earlier_version_counted_twice_counts_once_when_it_is_loaded_again(
    load_files: LoadFiles, dump: DumpOf, tmp_path: Any
) -> None:
    load_files("openedx-log", LOG)
    once = dump()["learning_events"]
    with duckdb.connect(str(tmp_path / "adoption.duckdb")) as db:
        db.execute("INSERT INTO learning_events SELECT uuid() AS digest, * EXCLUDE (digest) FROM learning_events")
        db.execute("UPDATE loads SET reader_version = 2")
    assert len(dump()["learning_events"]) == 2 * len(once)
    load_files("openedx-log", LOG)
    assert dump()["learning_events"] == once
