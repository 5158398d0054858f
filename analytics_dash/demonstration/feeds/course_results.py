"""What the learning platform says of its course once a month: the grade report, and the pages of its completion API."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from analytics_dash.demonstration import course, lesson
from analytics_dash.demonstration.behaviour import Life

COLUMNS: Final = (
    *("Student ID", "Email", "Username", "Grade", "Post-test", "Cohort Name", "Team Name", "Enrollment Track"),
    *("Verification Status", "Certificate Eligible", "Certificate Delivered", "Certificate Type", "Enrollment Status"),
)
_A_PAGE: Final = 500


def report_name(month: str) -> str:
    """Return what the platform calls the report: course and moment (UTC) are in no other place."""
    run = lesson.COURSE.removeprefix("course-v1:").replace("+", "_")
    return f"{run}_grade_report_{course.graded_at(month):%Y-%m-%d-%H%M}.csv"


def grade_lines(lives: Sequence[Life], month: str) -> list[bytes]:
    """Return a month's grade report as CSV lines without newlines, the header first: whoever ever enrolled."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    at = course.graded_at(month)
    writer.writerows(_graded(life, found) for life in lives if (found := course.standing(life, at)) is not None)
    return out.getvalue().encode().splitlines()


def _graded(life: Life, found: course.Standing) -> tuple[object, ...]:
    person, yes = life.person, {True: "Y", False: "N"}
    mine = (found.grade, "", person.team or "", "honor", "N/A")
    certificate = (yes[found.passed], yes[found.certificate], "honor" if found.certificate else "N/A")
    status = "enrolled" if found.enrolled else "unenrolled"
    return (person.number, person.email.lower(), person.username, found.grade, *mine, *certificate, status)


def completion_lines(lives: Sequence[Life], month: str) -> tuple[list[bytes], int]:
    """Return a month's pages as `adoption fetch completion` saves them, and how many people are on them."""
    at = course.completions_at(month)
    results = [
        _completed(life, found)
        for life in lives
        if (found := course.standing(life, at)) is not None and found.enrolled  # the API lists nobody who left
    ]
    return list(_pages(results, at.isoformat())), len(results)


def _completed(life: Life, found: course.Standing) -> dict[str, Any]:
    share = {
        "earned": float(found.completed),
        "possible": float(course.PARTS),
        "percent": found.completed / course.PARTS,
    }
    return {"username": life.person.username, "course_key": lesson.COURSE, "completion": share}


def _pages(results: Sequence[dict[str, Any]], fetched: str) -> Iterator[bytes]:
    pages = [results[start : start + _A_PAGE] for start in range(0, len(results), _A_PAGE)]
    request = {"lms": "https://learn.demo-government.example", "course": lesson.COURSE}
    for number, page in enumerate(pages, start=1):
        last = number == len(pages)
        line = {"feed": "completion", "format": 1, "request": request, "fetched_at": fetched}
        line |= {"cursor": None if last else f"page={number + 1}", "done": last, "page": {"results": page}}
        yield json.dumps(line).encode()
