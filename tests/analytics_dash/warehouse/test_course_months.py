"""Grade reports and completions month by month, and a warehouse that the version before has written."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import duckdb
import pytest

from analytics_dash.errors import WarehouseError
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.engines.opening import open_engine
from analytics_dash.warehouse.erasure import erase
from analytics_dash.warehouse.load import load
from analytics_dash.warehouse.upgrade import upgrade

Write = Callable[[str, bytes], Path]

COURSE = "DemoGov_AI101_2026"
MAY_EARLY, MAY_LATE, JULY = "2026-05-12-0900", "2026-05-31-2230", "2026-07-31-2330"
"""Moments of reports, UTC: the last is in August already, in London."""

ANN, BOB = 1, 2
WINDOW = Window.ending("2026-10")


def report(write: Write, moment: str, passed: dict[int, bool]) -> Path:
    """A grade report as the platform names and writes it."""
    rows = [f"{who},p{who}@x.example,u{who},{0.9 if yes else 0.2},Y,N,enrolled" for who, yes in passed.items()]
    head = "Student ID,Email,Username,Grade,Certificate Eligible,Certificate Delivered,Enrollment Status"
    return write(f"{COURSE}_grade_report_{moment}.csv", "\n".join([head, *rows, ""]).encode())


def completions(write: Write, day: str, ratios: dict[int, float]) -> Path:
    """A page of the completion service as it is saved."""
    results = [
        {"username": f"u{who}", "course_key": "course-v1:DemoGov+AI101+2026", "completion": {"percent": ratio}}
        for who, ratio in ratios.items()
    ]
    request = {"lms": "https://x.example", "course": "course-v1:DemoGov+AI101+2026"}
    line = {"feed": "completion", "format": 1, "request": request, "fetched_at": f"{day}T12:00:00Z"}
    page = line | {"cursor": None, "done": True, "page": {"results": results}}
    return write(f"completion-{day}.jsonl", json.dumps(page).encode() + b"\n")


def roster(write: Write) -> Path:
    rows = "".join(f"p{who}@x.example,u{who},Canals,EO,,\n" for who in (ANN, BOB))
    return write("staff.csv", f"work_email,lms_username,department,grade_band,licence_from,licence_to\n{rows}".encode())


def everything(write: Write) -> list[tuple[str, Path]]:
    """In May both are reported twice, of Bob the second says otherwise; in July Ann alone; June has no report."""
    return [
        ("grade-report", report(write, MAY_EARLY, {ANN: False, BOB: True})),
        ("grade-report", report(write, MAY_LATE, {ANN: False, BOB: False})),
        ("grade-report", report(write, JULY, {ANN: True})),
        ("completion", completions(write, "2026-05-10", {ANN: 1.0})),
        ("completion", completions(write, "2026-05-26", {ANN: 0.5, BOB: 1.0})),
        ("completion", completions(write, "2026-06-26", {ANN: 1.0})),
    ]


def fill(url: str, feeds: list[tuple[str, Path]], staff: Path) -> None:
    """Load these, those that follow each other and are of a kind at once."""
    for kind, group in groupby(feeds, key=itemgetter(0)):
        options = {"pass_mark": "0.7"} if kind == "grade-report" else {}
        load(url, kind=kind, paths=[path for _kind, path in group], options=options, roster=staff)


def standings(url: str) -> dict[str, list[tuple[str, int, int]]]:
    """Month, numerator and denominator of everybody's contributions, sorted."""
    with open_warehouse(url) as warehouse:
        tables = warehouse.tables()
        found = {
            name: CATALOGUE[name].contributions(tables, WINDOW).to_pyarrow().to_pylist()
            for name in ("course_passed", "course_completed")
        }
    return {
        name: sorted((row["month"], row["numerator"], row["denominator"]) for row in rows)
        for name, rows in found.items()
    }


def digest(url: str) -> str:
    with open_engine(url) as opened:
        return opened.digest()


def test_late_reports_give_what_reports_in_time_give(url: str, write: Write) -> None:
    staff, feeds = roster(write), everything(write)
    late = url.replace("adoption.duckdb", "late.duckdb")
    fill(url, feeds, staff)
    for each in (feeds[2], feeds[0], feeds[4], feeds[3], feeds[1], feeds[5]):
        fill(late, [each], staff)
    assert digest(url) == digest(late)


def written_by_the_version_before(url: str) -> None:
    """Make a warehouse what version 4 made of the same files: of all reports about a person the last counted."""
    order = {"course_results": "as_of DESC, grade DESC, digest", "completions": "as_of DESC, ratio DESC, digest"}
    with closing(duckdb.connect(url.removeprefix("duckdb:///"))) as db:
        db.execute("UPDATE meta SET value = '4' WHERE key = 'schema_version'")
        for table, by in order.items():
            last = (
                f"SELECT digest FROM {table} QUALIFY row_number() OVER (PARTITION BY alias, course ORDER BY {by}) = 1"
            )
            db.execute(f"UPDATE {table} SET superseded = digest NOT IN ({last})")


def test_each_month_is_told_by_its_own_last_report_also_in_a_warehouse_of_the_version_before(
    url: str, write: Write
) -> None:
    staff = roster(write)
    fill(url, everything(write), staff)
    assert standings(url) == {
        "course_passed": [("2026-05", 0, 1), ("2026-05", 0, 1), ("2026-08", 1, 1)],
        "course_completed": [("2026-05", 0, 1), ("2026-05", 1, 1), ("2026-06", 1, 1)],
    }
    erase(url, [("work_email", "p2@x.example"), ("lms_username", "u2"), ("lms_id", "2")])
    of_ann = {
        "course_passed": [("2026-05", 0, 1), ("2026-08", 1, 1)],
        "course_completed": [("2026-05", 0, 1), ("2026-06", 1, 1)],
    }
    assert standings(url) == of_ann, "an erased person is in no month"
    as_loaded = digest(url)
    written_by_the_version_before(url)
    for use in (lambda: digest(url), lambda: fill(url, everything(write), staff)):
        with pytest.raises(WarehouseError, match="Nothing in it is lost: run adoption warehouse upgrade"):
            use()
    assert upgrade(url)
    assert digest(url) == as_loaded, "and who was erased stays so"
    assert standings(url) == of_ann
    assert not upgrade(url)
