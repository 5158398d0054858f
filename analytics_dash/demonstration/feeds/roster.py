"""The roster, as a personnel system would export it: one row for each listed person."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.staff import Person

COLUMNS = (
    "work_email",
    "lms_username",
    "lms_user_id",
    "department",
    "department_group",
    "team",
    "grade_band",
    "profession",
    "nation",
    "licence_from",
    "licence_to",
)


def group_of(person: Person) -> str:
    """Return the group of departments that the person's is in."""
    return next(group for group, departments in planted.GROUPS.items() if person.department.name in departments)


def team_of(person: Person) -> str:
    """Return the person's team: by their number alone, so that nothing that is planted depends on it."""
    teams = min(max(person.department.staff // planted.TEAM_SIZE, 2), len(planted.TEAMS))
    return planted.TEAMS[person.number % teams]


def roster_csv(staff: Iterable[Person]) -> bytes:
    """Return the roster as CSV (UTF-8, `\\n`), without those whom it does not list."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for person in staff:
        if not person.listed:
            continue
        writer.writerow(
            (
                person.email,
                person.username if "lms_username" in person.roster_ids else "",
                person.number if "lms_user_id" in person.roster_ids else "",
                person.department.name,
                group_of(person),
                team_of(person),
                person.grade_band,
                person.profession,
                person.nation,
                person.licence_from.isoformat() if person.licence_from else "",
                person.licence_to.isoformat() if person.licence_to else "",
            )
        )
    return out.getvalue().encode()
