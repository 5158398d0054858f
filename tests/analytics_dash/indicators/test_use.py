"""Use of the tool: depth, what lasts after training, dormant licences; at their borders, on hand-made people."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.disclosure import Facts

Contributions = Callable[[str, Facts], list[tuple[int, str, str, str, str | None, int, int]]]
Available = Callable[[str, Facts], tuple[str, ...]]


def test_use_of_another_tool_is_no_use_of_chatgpt(contributions: Contributions) -> None:
    facts = Facts()
    person = facts.person(licence="2026-01-01")
    facts.used(facts.person(licence="2026-01-01"), "2026-09")
    facts.used(person, "2026-09", None, tool="github-copilot", is_active=True)
    assert [row[5] for row in contributions("active_use", facts)] == [0, 1]


def test_where_messages_are_not_counted_being_active_is_use(contributions: Contributions) -> None:
    facts = Facts()
    for active in (True, False):
        facts.used(facts.person(licence="2026-01-01"), "2026-09", None, is_active=active)
    assert [row[5] for row in contributions("active_use", facts)] == [1, 0]


@pytest.mark.parametrize(
    ("month", "days", "reaches"), [("2026-09", 8, 0), ("2026-09", 9, 1), ("2026-10", 8, 0), ("2026-10", 9, 1)]
)
def test_two_days_a_week_is_nine_days_in_a_month_of_thirty(
    contributions: Contributions, month: str, days: int, reaches: int
) -> None:
    """30 days at 2 a week are 8.57 days, 31 are 8.86."""
    facts = Facts()
    facts.used(facts.person(), month, active_days=days)
    assert [row[1:] for row in contributions("depth_2", facts)] == [(month, "Weather", "EO", None, reaches, 1)]


def test_a_tie_with_the_threshold_reaches_it(contributions: Contributions) -> None:
    facts = Facts()
    facts.used(facts.person(), "2027-02", active_days=4)  # outside
    for days in (3, 4):  # February has 28 days: 4 days are exactly 1 a week
        facts.used(facts.person(), "2026-06", active_days=days)
    assert [row[5] for row in contributions("depth_1", facts)] == [0, 0]
    more = Facts()
    more.used(more.person(), "2026-06", active_days=30)
    more.used(more.person(), "2026-06", active_days=17)
    assert [row[5] for row in contributions("depth_4", more)] == [1, 0]


def test_weeks_add_up_and_two_cadences_do_not(contributions: Contributions) -> None:
    facts = Facts()
    person = facts.person()
    for week in ("2026-06-01", "2026-06-08", "2026-06-15"):
        facts.used(person, "2026-06", start=week, active_days=3)
    facts.used(person, "2026-06", active_days=5)
    assert [row[5:] for row in contributions("depth_2", facts)] == [(1, 1)]  # 9 days, not 14
    assert [row[5:] for row in contributions("depth_3", facts)] == [(0, 1)]


def test_people_without_use_or_whose_days_are_not_known_have_no_depth(
    contributions: Contributions, available: Available
) -> None:
    facts = Facts()
    facts.used(facts.person(), "2026-06", 0, active_days=0)
    facts.used(facts.person(), "2026-07")
    for stranger in range(700, 710):
        facts.used(stranger, "2026-08", active_days=9)
    assert contributions("depth_1", facts) == []
    assert available("depth_1", facts) == ("2026-08",)


def test_an_export_that_knows_the_days_of_some_only_is_left_out_for_all(contributions: Contributions) -> None:
    """It knows those with one or two days: they alone would make a median that is far too low."""
    facts = Facts()
    for days in (1, 2, None):
        facts.used(facts.person(), "2026-06", active_days=days)
    for day in range(1, 11):
        facts.used(3, "2026-06", start=f"2026-06-{day:02}", cadence="daily", active_days=1)
    assert [(row[0], row[5]) for row in contributions("depth_2", facts)] == [(3, 1)]


def test_somebody_counts_in_the_month_of_the_day_four_weeks_after_training(contributions: Contributions) -> None:
    facts = Facts()
    for trained in ("2026-06-02", "2026-06-03"):  # 30 June, 1 July
        person = facts.person(licence="2026-01-01")
        facts.learned(person, trained)
        facts.used(person, "2026-06", 3)
        facts.used(person, "2026-07", 0)
    found = contributions("active_after_4_weeks", facts)
    assert [(row[1], row[5]) for row in found] == [("2026-06", 1), ("2026-07", 0)]


def test_four_weeks_across_the_end_of_summer_time_are_28_days(contributions: Contributions) -> None:
    facts = Facts()
    person = facts.person(licence="2026-01-01")
    facts.learned(person, "2026-10-03")  # 31 October; clocks go back on the 25th
    facts.used(person, "2026-10")
    assert [row[1] for row in contributions("active_after_4_weeks", facts)] == ["2026-10"]


def test_a_week_that_does_not_hold_the_day_does_not_count(contributions: Contributions) -> None:
    facts = Facts()
    for week, ends in (("2026-06-22", "2026-06-28"), ("2026-06-29", "2026-07-05")):
        person = facts.person(licence="2026-01-01")
        facts.learned(person, "2026-06-02")
        facts.used(person, "2026-06", start=week, period_end=ends)
    assert [row[5] for row in contributions("active_after_4_weeks", facts)] == [0, 1]


def test_only_those_licensed_on_the_day_and_only_reported_months_count(contributions: Contributions) -> None:
    facts = Facts()
    for licence, until in (("2026-01-01", "2026-07-27"), ("2026-07-29", None), ("2026-07-28", None), (None, None)):
        facts.learned(facts.person(licence=licence, until=until), "2026-06-02")
    assert contributions("active_after_8_weeks", facts) == []
    reported = Facts()
    for licence, until in (("2026-01-01", "2026-07-27"), ("2026-07-29", None), ("2026-07-28", None), (None, None)):
        reported.learned(reported.person(licence=licence, until=until), "2026-06-02")
    reported.used(999, "2026-07")
    assert [row[0] for row in contributions("active_after_8_weeks", reported)] == [3]


def test_a_licence_is_dormant_after_two_whole_months_without_use(contributions: Contributions) -> None:
    facts = Facts()
    use = {1: (), 2: ("2026-08",), 3: ("2026-09",), 4: ("2026-07",)}
    for months in use.values():
        person = facts.person(licence="2026-07-01")
        for month in ("2026-07", "2026-08", "2026-09"):
            facts.used(person, month, 4 if month in months else 0)
    found = contributions("dormant_licences", facts)
    assert [(row[0], row[1], row[5]) for row in found] == [
        *((1, "2026-08", 1), (1, "2026-09", 1), (2, "2026-08", 0), (2, "2026-09", 0)),
        *((3, "2026-08", 1), (3, "2026-09", 0), (4, "2026-08", 0), (4, "2026-09", 1)),
    ]


def test_a_licence_that_began_or_ended_within_the_two_months_is_not_judged(contributions: Contributions) -> None:
    facts = Facts()
    licences = (("2026-07-02", None), ("2026-07-01", "2026-08-30"), ("2026-07-01", "2026-08-31"))
    for licence, until in licences:
        person = facts.person(licence=licence, until=until)
        for month in ("2026-07", "2026-08"):
            facts.used(person, month, 0)
    assert [(row[0], row[1]) for row in contributions("dormant_licences", facts)] == [(3, "2026-08")]


def test_the_month_before_the_first_counts_when_it_was_reported(
    contributions: Contributions, available: Available
) -> None:
    facts = Facts()
    for _ in range(10):
        person = facts.person(licence="2026-01-01")
        for month in ("2026-04", "2026-05", "2026-07"):
            facts.used(person, month, 0)
    assert [(row[1], row[5]) for row in contributions("dormant_licences", facts)] == [("2026-05", 1)] * 10
    assert available("dormant_licences", facts) == ("2026-05",)
