"""The grade report: which course and day a file is of, what counts as passed, and whose columns are whose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_dash.errors import FeedError, UsageError
from analytics_dash.sources import READERS, Batch
from analytics_dash.sources.streams import lines, look_at
from analytics_dash.warehouse.load import load
from tests.support import feeds

NAME = "DemoGov_AI101_2026_grade_report_2026-05-29-2330.csv"
RECORD: dict[str, Any] = {
    "Student ID": feeds.USER_ID,
    "Email": feeds.EMAIL,
    "Username": feeds.USERNAME,
    "Grade": "0.74",
    "Homework 1: Reading": "1.0",
    "Homework": "Not Attempted",
    "Cohort Name": "a cohort",
    "Enrollment Track": "audit",
    "Verification Status": "N/A",
    "Certificate Eligible": "N",
    "Certificate Delivered": "N",
    "Certificate Type": "N/A",
    "Enrollment Status": "enrolled",
}


def read(data: bytes, folder: Path, name: str = NAME, **options: str) -> Batch:
    path = folder / name
    path.write_bytes(data)
    return feeds.joined(READERS["grade-report"](options).for_file(name).read(lines(look_at(path)), feeds.identity()))


def one(folder: Path, options: dict[str, str] | None = None, **changes: Any) -> tuple[Any, ...]:
    record = {name: value for name, value in (RECORD | changes).items() if value is not ...}
    batch = read(feeds.csv_bytes([record]), folder, **(options or {}))
    assert batch.rejects == []
    (row,) = batch.rows
    return row[2:]


def test_course_and_day_are_in_the_files_name_and_the_day_is_londons(tmp_path: Path) -> None:
    course, as_of, *_rest = one(tmp_path)
    assert course == feeds.COURSE
    assert as_of == 20_603  # 30 May 2026: 23:30 UTC is half past midnight in London


def test_what_is_given_counts_more_than_the_name(tmp_path: Path) -> None:
    course, as_of, *_rest = one(tmp_path, {"course": "course-v1:Other+C+R", "as_of": "2026-01-02"})
    assert (course, as_of) == ("course-v1:Other+C+R", 20_455)


@pytest.mark.parametrize(
    "name", ["report.csv", "A_B_C_D_grade_report_2026-05-29-2330.csv", "A_B_C_grade_report_2026-05-32-2330.csv"]
)
def test_a_name_that_says_too_little_asks_for_the_options(name: str, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="--option "):
        read(feeds.csv_bytes([RECORD]), tmp_path, name)
    assert len(read(feeds.csv_bytes([RECORD]), tmp_path, name, course=feeds.COURSE, as_of="2026-05-29").rows) == 1


def test_an_unknown_or_malformed_option_is_wrong_usage() -> None:
    for options in ({"colour": "red"}, {"course": "AI101"}, {"as_of": "29/05/2026"}, {"pass_mark": "60"}):
        with pytest.raises(UsageError, match="--option"):
            READERS["grade-report"](options)


@pytest.mark.parametrize(
    ("grade", "eligible", "pass_mark", "passed"),
    [
        ("0.74", "Y", None, True),
        ("0.74", "N", None, None),  # on the audit track: nobody can say
        ("0.59", "Y", "0.6", False),  # on the allowlist
        ("0.6", "N", "0.6", True),
        ("0.5999999", "N", "0.6", True),  # the platform rounds to hundredths, and so do we
        ("", "N", "0.6", None),
    ],
)
def test_passed_is_what_the_mark_says_or_else_eligibility(
    grade: str, eligible: str, pass_mark: str | None, passed: bool | None, tmp_path: Path
) -> None:
    options = {"pass_mark": pass_mark} if pass_mark else {}
    row = one(tmp_path, options, **{"Grade": grade, "Certificate Eligible": eligible})
    assert row[3] is passed


def test_the_first_generation_has_fewer_columns(tmp_path: Path) -> None:
    record = {"id": feeds.USER_ID, "email": feeds.EMAIL, "username": feeds.USERNAME, "grade": "0.5", "Homework 1": "1"}
    (row,) = read(feeds.csv_bytes([record]), tmp_path).rows
    assert row[4:] == (0.5, None, None, None)


def test_an_authors_column_is_not_mistaken_for_the_platforms(tmp_path: Path) -> None:
    columns = list(RECORD)
    columns[4:6] = ["Grade", "Enrollment Status"]  # what an author called two assignments
    values = list(RECORD.values())
    data = (",".join(columns) + "\n" + ",".join(map(str, values)) + "\n").encode()
    (row,) = read(data, tmp_path).rows
    assert (row.grade, row.enrolled) == (0.74, True)


def test_the_three_identifiers_of_a_record_are_one_persons(tmp_path: Path) -> None:
    batch = read(feeds.csv_bytes([RECORD]), tmp_path)
    alias = feeds.identity().alias
    name = alias("lms_username", feeds.USERNAME)
    assert [row.alias for row in batch.rows] == [name]
    assert batch.same_as == {(alias("lms_user_id", feeds.USER_ID), name), (alias("email", feeds.EMAIL), name)}
    assert one(tmp_path, Email="retired user 7")[2] == 0.74


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            "Student ID,Email,Username,Enrollment Status,Grade,HW 1: A - B (Earned),HW 1: A - B (Possible)",
            "problem grade report",
        ),
        ("Student ID,Username,Error", "could not grade"),
        ("Student ID,Email,Username,error_msg", "could not grade"),
        ("Student ID,Email,Username,Progress", "Missing columns: grade"),
        ("Name,Grade", "Missing columns: Student ID"),
        ("", "is empty"),
    ],
)
def test_other_reports_are_refused_with_what_they_are(header: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=said):
        read(f"{header}\n".encode() if header else b"", tmp_path)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300) | st.text(alphabet='a,"\n\r;0.é1YN', max_size=200).map(str.encode))
def test_whatever_follows_the_header_every_record_is_accounted_for(data: bytes, tmp_path: Path) -> None:
    batch = read(feeds.csv_bytes([RECORD]) + data, tmp_path)
    assert batch.lines == len(batch.rows) + batch.ignored + len(batch.rejects)


def test_options_are_a_part_of_what_a_load_is_known_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    report, unnamed = tmp_path / NAME, tmp_path / "report.csv"
    report.write_bytes(feeds.csv_bytes([RECORD]))
    unnamed.write_bytes(feeds.csv_bytes([RECORD]))
    url = f"duckdb:///{tmp_path}/w.duckdb"

    def loaded(path: Path, **options: str) -> tuple[int, int, str | None]:
        (one,) = load(url, kind="grade-report", paths=[path], options=options).files
        return one.accepted, one.duplicates, one.error

    assert loaded(report) == (1, 0, None)
    assert loaded(report) == (0, 1, None)
    assert loaded(report, pass_mark="0.6") == (1, 0, None)
    assert loaded(report, pass_mark="0.6") == (0, 1, None)
    accepted, _duplicates, error = loaded(unnamed)
    assert accepted == 0
    assert "does not say its course" in (error or "")
    assert loaded(unnamed, course=feeds.COURSE, as_of="2026-05-30") == (0, 1, None)
