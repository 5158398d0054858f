"""What people do: the planted parameters are in the population, and nothing happens that could not."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import pytest

from analytics_dash.demonstration import lesson, planted, truth
from analytics_dash.demonstration.behaviour import Life, live
from analytics_dash.demonstration.checking import NOT_CHECKED
from analytics_dash.demonstration.moments import local_day
from analytics_dash.demonstration.staff import make_staff, month_days
from analytics_dash.demonstration.truth import Part


def share(parts: list[Part], indicator: str, **where: str) -> tuple[float, int]:
    """The exact share and its denominator over the parts that fit `where`."""
    fitting = [
        part
        for part in parts
        if part.indicator == indicator and all(getattr(part, name) == value for name, value in where.items())
    ]
    people = sum(part.denominator for part in fitting)
    return sum(part.numerator for part in fitting) / people, people


def within_four_errors(found: float, planted_share: float, people: int) -> bool:
    return abs(found - planted_share) < 4 * math.sqrt(planted_share * (1 - planted_share) / people)


@pytest.mark.parametrize(
    ("arm", "rate"), [("trained", planted.ACTIVE_IF_TRAINED), ("untrained", planted.ACTIVE_IF_UNTRAINED)]
)
def test_activity_is_drawn_at_the_planted_rate(parts: list[Part], arm: str, rate: float) -> None:
    found, people = share(parts, "active_use", arm=arm)
    assert within_four_errors(found, rate, people)


@pytest.mark.parametrize("department", planted.DEPARTMENTS, ids=lambda department: department.name)
def test_each_department_trains_first_at_its_planted_rate(parts: list[Part], department: planted.Department) -> None:
    found, people = share(parts, "trained_before_access", department=department.name)
    assert within_four_errors(found, department.trained_first, people)


@pytest.mark.parametrize("month", planted.MONTHS)
def test_competence_rises_when_the_lesson_is_fixed(parts: list[Part], month: str) -> None:
    found, people = share(parts, "competent", month=month)
    rate = planted.COMPETENT_AFTER_FIX if month >= "2026-08" else planted.COMPETENT_BEFORE_FIX
    assert within_four_errors(found, rate, people)


def test_redactions_fall_everywhere_but_at_the_ministry_of_umbrellas(parts: list[Part]) -> None:
    def fall(*, steady: bool) -> float:
        names = {d.name for d in planted.DEPARTMENTS if (d.redaction_trend == planted.REDACTIONS_STEADY) is steady}
        rates = []
        for months in (planted.MONTHS[:2], planted.MONTHS[4:]):
            then = [
                part
                for part in parts
                if part.indicator == "redaction_rate" and part.month in months and part.department in names
            ]
            rates.append(sum(part.numerator for part in then) / sum(part.denominator for part in then))
        return rates[1] / rates[0]

    assert fall(steady=False) == pytest.approx(planted.REDACTIONS_FALL**4, rel=0.2)
    assert fall(steady=True) == pytest.approx(1.0, rel=0.25)


def test_nation_makes_no_difference(lives: tuple[Life, ...]) -> None:
    by_nation = truth.share_by_nation(lives)
    overall = sum(active for active, _ in by_nation.values()) / sum(months for _, months in by_nation.values())
    for active, months in by_nation.values():
        assert within_four_errors(active / months, overall, months)


def test_everything_happens_inside_the_six_months(lives: tuple[Life, ...]) -> None:
    for life in lives:
        moments = [turn.at for turn in life.turns] + [said.at for said in life.opinions]
        if life.checking is not None:
            moments += [life.checking.started_at, life.checking.read_at, *(log.at for log in life.checking.logs)]
        if life.training is not None:
            moments += [life.training.enrolled_at, life.training.started_at, *(a.at for a in life.training.attempts)]
            moments += [attempt.at for sitting in life.tests for attempt in sitting.attempts]
            moments += [at for at in (life.training.completed_at, life.training.tested_at) if at is not None]
        assert all(planted.FIRST_DAY <= local_day(at) <= planted.LAST_DAY for at in moments)


def test_a_training_happens_in_its_order(lives: tuple[Life, ...]) -> None:
    for life in lives:
        if life.training is not None:
            training = life.training
            times = [training.enrolled_at, training.started_at, *(attempt.at for attempt in training.attempts)]
            times += [at for at in (training.completed_at, training.tested_at) if at is not None]
            assert times == sorted(times)
            assert training.earned <= lesson.POSSIBLE


def test_the_test_is_taken_before_the_lesson_after_it_and_a_month_later(lives: tuple[Life, ...]) -> None:
    for life in lives:
        if life.training is None or life.training.completed_at is None or not life.tests:
            continue
        pre, post, *delayed = life.tests
        assert life.training.enrolled_at < pre.started_at < pre.completed_at < life.training.started_at
        assert life.training.completed_at < post.started_at
        for later in delayed:
            assert local_day(later.started_at) - local_day(post.completed_at) == timedelta(days=30)
    taken = [sitting.form for life in lives for sitting in life.tests]
    assert taken.count("pre") == taken.count("post") > taken.count("delayed") > 150


def test_nobody_finishes_the_lesson_on_the_day_of_their_licence(lives: tuple[Life, ...]) -> None:
    """So that "before access" means the same however a tie is read."""
    assert all(life.trained_on is None or life.trained_on != life.person.licence_from for life in lives)


def test_the_visitor_of_the_workbench_is_not_trained_yet(lives: tuple[Life, ...]) -> None:
    assert lives[0].training is None
    assert lives[0].use


def test_work_is_done_at_working_hours_in_london_before_and_after_the_clocks_change(lives: tuple[Life, ...]) -> None:
    """Summer time ends on 25 October: a working day that starts at 08:00 moves by an hour in UTC."""
    change = datetime(2026, 10, 25, 1, tzinfo=UTC)
    starts = [life.training.started_at for life in lives if life.training is not None]
    starts += [turn.at for life in lives for turn in life.turns]
    week = timedelta(days=7)
    earliest_before = min(at.time() for at in starts if change - week < at < change)
    earliest_after = min(at.time() for at in starts if at > change)
    assert earliest_before.hour == 7
    assert earliest_after.hour == 8


def test_a_life_does_not_depend_on_who_else_there_is() -> None:
    person = make_staff(5)[1234]
    assert live(person, 5) == live(person, 5)


def test_somebody_who_gave_up_is_not_trained(lives: tuple[Life, ...]) -> None:
    gave_up = [life for life in lives if life.training is not None and life.training.completed_at is None]
    assert len(gave_up) > 50
    assert all(life.trained_on is None for life in gave_up)


def test_opinions_are_given_at_the_planted_rates_and_not_where_nobody_was_told_how(lives: tuple[Life, ...]) -> None:
    told = [life for life in lives if life.person.department.name != planted.DOES_NOT_REPORT]
    answered = [turn for life in lives for turn in life.turns if turn.status == "answered"]
    counting = [said for life in lives for said in life.opinions if said.counts]
    thumbs = [said for said in counting if said.kind in {"helpful", "unhelpful"}]
    assert within_four_errors(len(thumbs) / len(answered), planted.RATES_ANSWERS, len(answered))
    for fixed, rate in ((False, planted.HELPFUL_BEFORE_FIX), (True, planted.HELPFUL_AFTER_FIX)):
        then = [
            said.kind == "helpful" for said in thumbs if (local_day(said.turn.at) >= planted.LESSON_FIXED_ON) is fixed
        ]
        assert within_four_errors(sum(then) / len(then), rate, len(then))
    could = sum(turn.status == "answered" for life in told for turn in life.turns)
    for kind, rate in (("wrong", planted.REPORTED_WRONG), ("worrying", planted.REPORTED_WORRYING)):
        assert within_four_errors(sum(said.kind == kind for said in counting) / could, rate, could)
    silent = [life for life in lives if life.person.department.name == planted.DOES_NOT_REPORT]
    assert silent
    assert not any(said.kind in {"wrong", "worrying"} for life in silent for said in life.opinions)
    changed = sum(not said.counts for life in lives for said in life.opinions)
    assert within_four_errors(changed / len(thumbs), planted.CHANGES_MIND, len(thumbs))


def test_the_second_lesson_is_taken_after_the_first_at_the_planted_rates(lives: tuple[Life, ...]) -> None:
    taken = [life.checking for life in lives if life.checking is not None]
    could = sum(life.trained_on is not None and life.trained_on <= date(2026, 10, 1) for life in lives)
    assert within_four_errors(
        sum(life.checking is not None and life.trained_on <= date(2026, 10, 1) for life in lives if life.trained_on)
        / could,
        planted.TAKES_CHECKING,
        could,
    )
    for life in lives:
        if life.checking is not None:
            assert life.training is not None
            assert life.training.completed_at is not None
            assert life.training.completed_at < life.checking.started_at < life.checking.read_at
    logs = [each.logs[0] for each in taken if each.logs]
    assert within_four_errors(1 - len(logs) / len(taken), planted.LEAVES_BEFORE_THE_LOG, len(taken))
    assert within_four_errors(sum(log.is_full for log in logs) / len(logs), planted.CHECKS_EVERYTHING, len(logs))
    assert all(any(entry.answer != NOT_CHECKED for entry in log.entries) for log in logs), "an empty log is refused"


@pytest.mark.parametrize(("days", "share"), planted.REACHES_DAYS_A_WEEK.items())
def test_people_with_a_licence_all_month_reach_as_many_days_a_week_as_planted(
    lives: tuple[Life, ...], days: int, share: float
) -> None:
    months = [
        (use, month_days(use.month))
        for life in lives
        for use in life.use
        if use.active and life.person.licence_from is not None and life.person.licence_to is None
        if life.person.licence_from < month_days(use.month)[0]
    ]
    reached = [7 * len(use.days) >= days * last.day for use, (_first, last) in months]
    assert within_four_errors(sum(reached) / len(reached), share, len(reached))
    assert all(first <= day <= last for use, (first, last) in months for day in use.days)
