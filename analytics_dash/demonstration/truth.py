"""The exact indicators of the generated population, before any protection: what a release should come close to.

Counted from lives, never from feeds or the warehouse, with definitions written a second time here. When the pipeline
agrees, two independent ways gave the same figures. `build` writes them to planted.json; tests compare.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from analytics_dash.demonstration import course, planted
from analytics_dash.demonstration.behaviour import Life
from analytics_dash.demonstration.feeds import ledger
from analytics_dash.demonstration.moments import local_month
from analytics_dash.demonstration.staff import month_days

_TYPES: Final = ("email", "phone", "nino", "postcode", "person_name", "court_case")


# What each view's groups are told apart by, and what these are parts of.
_VIEWS: Final = {
    "all": (),
    "month": ("month",),
    "department_group": ("department_group",),
    "department": ("department_group", "department"),
    "nation": ("nation",),
    "profession": ("profession",),
    "grade_band": ("grade_band",),
    "department_group_month": ("department_group", "month"),
    "department_month": ("department_group", "department", "month"),
    "team": ("department_group", "department", "team"),
}


class Part(NamedTuple):
    """One person's part in one indicator in one month."""

    indicator: str
    month: str
    department_group: str
    department: str
    team: str
    grade_band: str
    profession: str
    nation: str
    arm: str | None
    numerator: int
    denominator: int


class Figure(NamedTuple):
    """One exact figure. Month and places are None where the view does not cut by them."""

    indicator: str
    view: str
    month: str | None
    department_group: str | None
    department: str | None
    team: str | None
    grade_band: str | None
    profession: str | None
    nation: str | None
    arm: str | None
    numerator: int
    denominator: int


_DIMENSIONS: Final = Figure._fields[2:9]


def parts_of(life: Life) -> Iterator[Part]:
    """Yield what one listed person adds to each indicator; nothing for someone whom the roster does not know."""
    person = life.person
    if not person.listed:
        return

    def part(indicator: str, month: str, numerator: int, denominator: int = 1, arm: str | None = None) -> Part:
        department, team = person.department, person.team or "Not stated"
        places = (department.group, department.name, team, person.grade_band, person.profession, person.nation)
        return Part(indicator, month, *places, arm, numerator, denominator)

    if person.licence_from is not None:
        before = life.trained_on is not None and life.trained_on < person.licence_from
        yield part("trained_before_access", person.licence_from.isoformat()[:7], int(before))
    if life.training is not None and life.trained_on is not None:
        yield part("competent", life.trained_on.isoformat()[:7], int(life.training.competent))
    for use in life.use:
        trained = life.trained_on is not None and life.trained_on < month_days(use.month)[0]
        yield part("active_use", use.month, int(use.active), arm="trained" if trained else "untrained")
    for name, month, numerator in (*_lasting(life), *_dormant(life), *_tested(life), *_depth(life), *_course(life)):
        yield part(name, month, numerator)
    for (name, month), (numerator, denominator) in _turns(life).items():
        yield part(name, month, numerator, denominator)


def _lasting(life: Life) -> Iterator[tuple[str, str, int]]:
    """Whether somebody was active in the month in which the day so many weeks after their training falls."""
    active = {use.month: use.active for use in life.use}
    for weeks in (4, 8, 12) if life.trained_on else ():
        assert life.trained_on is not None  # noqa: S101 (for the type checker)
        day = life.trained_on + timedelta(weeks=weeks)
        begins, ends = life.person.licence_from, life.person.licence_to
        if day <= planted.LAST_DAY and begins is not None and begins <= day and (ends is None or day <= ends):
            yield f"active_after_{weeks}_weeks", day.isoformat()[:7], int(active[day.isoformat()[:7]])


def _dormant(life: Life) -> Iterator[tuple[str, str, int]]:
    """Whether nothing happened in two months throughout which the licence ran."""
    begins, ends = life.person.licence_from, life.person.licence_to
    active = {use.month: use.active for use in life.use}
    for before, month in pairwise(planted.MONTHS):
        if begins is not None and begins <= month_days(before)[0] and (ends is None or ends >= month_days(month)[1]):
            yield "dormant_licences", month, int(not active[before] and not active[month])


def _tested(life: Life) -> Iterator[tuple[str, str, int]]:
    """Whether somebody passed the post-test."""
    for sitting in life.tests:
        if sitting.form == "post":
            possible = sum(attempt.step.possible for attempt in sitting.attempts)
            earned = sum(attempt.earned for attempt in sitting.attempts)
            yield "post_test", local_month(sitting.completed_at), int(earned * 10 >= possible * 7)


def _depth(life: Life) -> Iterator[tuple[str, str, int]]:
    """Of whoever was active in a month: whether on so many days a week."""
    for use in life.use:
        for days in (1, 2, 3, 4) if use.active else ():
            yield f"depth_{days}", use.month, int(7 * len(use.days) >= days * month_days(use.month)[1].day)


def _course(life: Life) -> Iterator[tuple[str, str, int]]:
    """The first checking log, and how the course stands by each month's report."""
    if life.checking is not None and life.checking.logs:
        first = life.checking.logs[0]
        yield "verification", local_month(first.at), int(first.is_full)
    for month in planted.MONTHS:
        read = course.standing(life, course.completions_at(month))
        if read is not None and read.enrolled:
            yield "course_completed", month, int(read.completed == course.PARTS)
        reported = course.standing(life, course.graded_at(month))
        if reported is not None and reported.enrolled:
            yield "course_passed", month, int(reported.passed)
            yield "certified", month, int(reported.certificate)


def _turns(life: Life) -> dict[tuple[str, str], list[int]]:
    """(numerator, denominator) of what is made of tutor turns, by indicator and month."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])

    def add(name: str, month: str, numerator: int, denominator: int) -> None:
        sums[name, month][0] += numerator
        sums[name, month][1] += denominator

    spent: dict[str, int] = defaultdict(int)
    for turn in life.turns:
        month, answered = local_month(turn.at), turn.status == "answered"
        by_type = dict(turn.redactions)
        add("redaction_rate", month, turn.redacted, 1)
        by_type["other"] = sum(times for kind, times in turn.redactions if kind not in _TYPES)
        for kind in (*_TYPES, "other"):
            add(f"redactions_{kind}", month, by_type.get(kind, 0), 1)
        add("guard_actions", month, int(turn.guarded), int(answered))
        if answered:
            add("cited_answers", month, int(turn.citations > 0), 1)
        spent[month] += ledger.cost(turn)
    for month, micro in spent.items():
        add("tutor_cost", month, (micro + 500) // 1000, 1)
        add("concerns", month, 0, 1)
    for said in life.opinions:
        if said.counts and said.kind in ("helpful", "unhelpful"):
            add("helpful", local_month(said.at), int(said.kind == "helpful"), 1)
        elif said.counts:
            add("concerns", local_month(said.at), 1, 0)
    return sums


def figures(lives: Iterable[Life]) -> list[Figure]:
    """Add up the parts over the fixed views, active use by arm; sorted, so that the same lives give the same list."""
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for life in lives:
        for part in parts_of(life):
            for view, cuts in _VIEWS.items():
                place = (getattr(part, name) if name in cuts else "" for name in _DIMENSIONS)
                total = sums[part.indicator, view, *place, part.arm or ""]
                total[0] += part.numerator
                total[1] += part.denominator
    return [
        Figure._make((indicator, view, *(value or None for value in rest), top, bottom))
        for (indicator, view, *rest), (top, bottom) in sorted(sums.items())
    ]


def share_by_nation(lives: Iterable[Life]) -> dict[str, tuple[int, int]]:
    """Return (active, licence-months) by nation: the null effect, which no release shows."""
    sums = {nation: [0, 0] for nation in planted.NATIONS}
    for life in lives:
        if life.person.listed:
            for use in life.use:
                sums[life.person.nation][0] += use.active
                sums[life.person.nation][1] += 1
    return {nation: (active, months) for nation, (active, months) in sums.items()}
