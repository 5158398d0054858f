"""The learning platform's grade report: the CSV that an instructor asks for, one record for each person of a course.

It names neither its course nor its day but in the name of its file. Columns between the grade and the enrolment track
are a course's own (assignments, cohort, experiment groups, team): authors name them, and none of them is read.
Written from `lms/djangoapps/instructor_task/tasks_helper/grades.py` and `certificates/api.py` of the platform.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from analytics_dash.errors import FeedError
from analytics_dash.i18n import _
from analytics_dash.identity import Identity
from analytics_dash.sources import checks, people, tables
from analytics_dash.sources.description import FeedSchema, Field, NeverRead, Option
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import BATCH_LINES, Batch, CourseResult, Reject, Rejected
from analytics_dash.sources.samples import COURSE, Somebody, csv_text, mixed, never_read, randomness
from analytics_dash.sources.streams import Line

_NAME: Final = re.compile(
    r"(?P<course>.+)_grade_report_(?P<time>\d{4}-\d{2}-\d{2}-\d{4})(?: \(\d+\))?\.csv(?:\.gz|\.zst)?", re.IGNORECASE
)
# What comes first is the platform's, whatever an author has called an assignment; so is what comes last.
_FIRST: Final = {"student id": "student id", "id": "student id", "email": "email", "username": "username"}
_LAST: Final = ("certificate eligible", "certificate delivered", "enrollment status")
_TRACK: Final = "enrollment track"
_FLAGS: Final = {"Y": True, "N": False, "": None}
_ENROLLED: Final = {"enrolled": True, "unenrolled": False, "": None}
_COURSES_OWN: Final = "an author names it; it says how somebody did in one assignment, or who is in which group"


class GradeReport(Reader):
    """The grade-report reader."""

    kind: ClassVar[str] = "grade-report"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "the learning platform's grade report"
    summary: ClassVar[str] = "Open edX grade report: CSV from the instructor dashboard, one course and day a file"
    row: ClassVar[type] = CourseResult
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "course", "course", "course (the file's name says it where its parts hold no underscore)", required=True
        ),
        Option("as_of", "day", "day (the file's name says it)", required=True),
        Option("pass_mark", "share", "the least grade that passes, such as 0.6; the report does not say it"),
    )
    schema: ClassVar[FeedSchema] = FeedSchema(
        version=1,
        form="CSV with a header, UTF-8, named `{Org}_{Course}_{Run}_grade_report_{YYYY-MM-DD-HHMM}.csv` (UTC)",
        counts="records, without the header",
        source="the platform's `lms/djangoapps/instructor_task/tasks_helper/grades.py`",
        generations={
            "certificates": "certificates; `Certificate Eligible` is Y for whoever passed or is on the allowlist",
            "status": "`Student ID` for `id`; `Enrollment Status`",
            "tracks": "`Certificate Eligible` is N for whoever passes on a track without certificates",
        },
        reads=(
            Field("Student ID", "whole number", "the user's number; `id` in the first generation", identifies=True),
            Field("Email", "text", "the user's address; one that is none is passed over", identifies=True),
            Field("Username", "text", "the user's name on the platform", identifies=True),
            Field("Grade", "number", "the course's grade; empty where there is none yet", unit="0 to 1", required=True),
            Field(
                "Certificate Eligible",
                "text",
                "Y is a pass, N says nothing (see below)",
                unit="Y or N",
                since="certificates",
            ),
            Field(
                "Certificate Delivered", "text", "whether a certificate can be had", unit="Y or N", since="certificates"
            ),
            Field("Enrollment Status", "text", "enrolled, unenrolled", since="status"),
        ),
        never=(
            NeverRead("Homework 1: an assignment", _COURSES_OWN),
            NeverRead("Homework (Avg)", _COURSES_OWN),
            NeverRead("Cohort Name", _COURSES_OWN),
            NeverRead("Experiment Group (of an author)", _COURSES_OWN),
            NeverRead("Team Name", "the roster has the organisation's teams"),
            NeverRead("Enrollment Track", "which price somebody paid; no indicator needs it"),
            NeverRead("Verification Status", "whether somebody showed a passport; no indicator needs it"),
            NeverRead("Certificate Type", "no indicator needs it"),
        ),
        notes=(
            "`passed` comes from `pass_mark` where it is given: the grade, which the platform rounds to hundredths, is "
            "at least that. Without it, `Certificate Eligible` Y is a pass (so the platform says of who passed, and of "
            "whom staff put on the allowlist), and N is unknown: lately it is N too for whoever passes on the audit "
            "track. The report has no pass mark and no letter grade.",
            "The problem grade report, and the reports of errors that come beside both, are told and refused.",
        ),
    )

    def options_from_name(self, name: str) -> Mapping[str, str]:
        found = _NAME.fullmatch(name)
        if found is None:
            return {}
        try:
            written = datetime.strptime(found["time"], "%Y-%m-%d-%H%M").replace(tzinfo=UTC)
            _at, day = checks.moment(written)
        except (ValueError, Rejected):
            return {}
        options = {"as_of": checks.iso_day(day)}
        if len(parts := found["course"].split("_")) == 3:  # more: nobody can say which underscore stood for a plus
            options["course"] = f"course-v1:{'+'.join(parts)}"
        return options

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The report's batches. Raises `FeedError` where columns are missing, and for the platform's other reports."""
        found = tables.records(lines)
        header = _header(next(found, None))
        batch = Batch()
        for record in found:
            batch.lines += 1
            try:
                if record.problem is not None:
                    raise Rejected(record.problem)
                batch.rows.append(self._result(header.values(record.fields), batch, identity))
            except Rejected as rejected:
                batch.rejects.append(Reject(record.line, str(rejected)))
            if record.damage:
                batch.damage = record.problem
            if batch.lines >= BATCH_LINES:
                yield batch
                batch = Batch()
        yield batch

    def _result(self, row: Mapping[str, str], batch: Batch, identity: Identity) -> CourseResult:
        grade = _grade(row["grade"])
        eligible = _one_of("Certificate Eligible", row.get("certificate eligible", ""), _FLAGS)
        mark: float | None = self.values.get("pass_mark")
        passed: bool | None = True if eligible else None
        if mark is not None:
            passed = None if grade is None else round(grade, 2) >= mark
        kept = (
            _alias(row, batch, identity),
            self.values["course"],
            self.values["as_of"],
            grade,
            passed,
            _one_of("Certificate Delivered", row.get("certificate delivered", ""), _FLAGS),
            _one_of("Enrollment Status", row.get("enrollment status", ""), _ENROLLED),
        )
        return CourseResult(identity.digest(repr(kept).encode()), *kept)

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        rng = randomness(self.kind, seed)
        sound = [_record(rng, Somebody(number)) for number in range(1, rows + 1)]
        bad = [_broken(rng, _record(rng, Somebody(rows + number))) for number in range(1, broken + 1)]
        first, last = ["Student ID", "Email", "Username", "Grade"], ["Certificate Eligible", "Certificate Delivered"]
        own = [never.name for never in self.schema.never]
        columns = [*first, *own[:-1], *last, own[-1], "Enrollment Status"]
        name = f"{'_'.join(COURSE.removeprefix('course-v1:').split('+'))}_grade_report_2026-05-29-1630.csv"
        return Sample(name, csv_text(columns, mixed(rng, sound, bad)), rows + broken, broken)


def _header(found: tables.Record | None) -> tables.Header:
    """Where the platform's own columns are. An author's column of the same name is not mistaken for one."""
    names = [name.strip().lower() for name in found.fields] if found is not None else []
    if names and ("error" in names or "error_msg" in names):
        raise FeedError(_("This is the report of whom the platform could not grade; load the grade report beside it."))
    if any(name.endswith("(possible)") for name in names) and _TRACK not in names:
        raise FeedError(
            _("This is a problem grade report, which says how each problem went; export the grade report instead.")
        )
    if found is None or found.problem is not None or "grade" not in names:
        return tables.header(found, required=("grade",), known=(), what=_("a grade report"))
    grade = names.index("grade")
    places = {_FIRST[name]: place for place, name in enumerate(names[:grade]) if name in _FIRST}
    if not places:
        raise FeedError(
            _("Missing columns: {columns}. Is this {what}?").format(
                columns="Student ID, Email, Username", what=_("a grade report")
            )
        )
    places["grade"] = grade
    track = _last(names, _TRACK)
    for name in _LAST:
        if (place := _last(names, name)) is not None and place > (grade if track is None else track):
            places[name] = place
    return tables.Header(places, len(names), ())


def _last(names: Sequence[str], name: str) -> int | None:
    return len(names) - 1 - names[::-1].index(name) if name in names else None


def _grade(text: str) -> float | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,20})?", text):
        raise Rejected("Grade: must be a number between 0 and 1")
    return checks.share("Grade", float(text))


def _one_of(field: str, value: str, allowed: Mapping[str, bool | None]) -> bool | None:
    if value not in allowed:
        raise Rejected(f"{field}: must be {' or '.join(name for name in allowed if name)}")
    return allowed[value]


def _alias(row: Mapping[str, str], batch: Batch, identity: Identity) -> int:
    """The user's alias; the identifiers of one record are one person's."""
    person = people.person(row.get("username"), row.get("student id"))
    alias = None
    if person.username is not None or person.user_id is not None:
        alias, same = people.alias_of(identity, person)
        if same is not None:
            batch.same_as.add(same)
    try:
        address = checks.email(row.get("email", ""))
    except Rejected:
        address = None  # of a retired user it is none, and the record is sound all the same
    if address is not None:
        by_mail = identity.alias("email", address)
        if alias is None:
            return by_mail
        batch.same_as.add((by_mail, alias))
    if alias is None:
        raise Rejected("no person: neither a username, a student id nor an e-mail address")
    return alias


def _record(rng: random.Random, who: Somebody) -> dict[str, Any]:
    grade = rng.randrange(101) / 100
    passed = grade >= 0.6
    return {
        "Student ID": who.user_id,
        "Email": who.email,
        "Username": who.username,
        "Grade": grade,
        **{never.name: never_read(never.name) for never in GradeReport.schema.never},
        "Certificate Eligible": "Y" if passed else "N",
        "Certificate Delivered": "Y" if passed and rng.random() < 0.9 else "N",
        "Enrollment Status": "unenrolled" if rng.random() < 0.05 else "enrolled",
    }


def _broken(rng: random.Random, record: dict[str, Any]) -> dict[str, Any]:
    spoil: dict[str, Any] = rng.choice(
        (
            {"Grade": never_read("Grade")},
            {"Grade": "1.5"},
            {"Student ID": "", "Email": "", "Username": ""},
            {"Student ID": never_read("Student ID")},
            {"Certificate Delivered": never_read("Certificate Delivered")},
            {"Enrollment Status": never_read("Enrollment Status")},
        )
    )
    return record | spoil
