"""Each indicator's contributions on a real warehouse: who counts, when, and at which borders."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analytics_dash.indicators import CATALOGUE, DICTIONARY, MonthError, Window
from analytics_dash.learning.precision import LEAST_PEOPLE
from tests.support.disclosure import Facts

# Made of exact sums, and so told of more people than a count is: decision 0019.
OF_EXACT_SUMS = frozenset(
    {"brier_score", "calibration_gap", "criterion", "detection", "normalised_gain", "redaction_change", "retention"}
    | {"clumping", "rollout_effect", "use_difference"}
)

WINDOW = Window.ending("2026-10")

Contribution = tuple[int, str, str, str, str | None, int, int]


def test_training_on_the_day_of_the_licence_is_in_time_and_the_day_after_is_late(
    contributions: Callable[[str, Facts], list[Contribution]],
) -> None:
    facts = Facts()
    for trained in ("2026-06-09", "2026-06-10", "2026-06-11", None):
        person = facts.person(licence="2026-06-10")
        if trained:
            facts.learned(person, trained)
    early = facts.person(licence="2026-06-10")
    facts.learned(early, "2025-01-01", "course_passed", None, None)
    found = contributions("trained_before_access", facts)
    assert [row[5] for row in found] == [1, 1, 0, 0, 1]
    assert {row[1:5] for row in found} == {("2026-06", "Weather", "EO", None)}


def test_licences_of_other_months_and_people_without_one_do_not_count(
    contributions: Callable[[str, Facts], list[Contribution]],
) -> None:
    facts = Facts()
    for licence in ("2026-04-30", "2026-05-01", "2026-10-31", "2026-11-01", None):
        facts.person(licence=licence)
    found = contributions("trained_before_access", facts)
    assert [(row[0], row[1]) for row in found] == [(2, "2026-05"), (3, "2026-10")]


def test_competent_is_seventy_percent_of_the_first_completion_exactly(
    contributions: Callable[[str, Facts], list[Contribution]],
) -> None:
    facts = Facts()
    marks = [(7.0, 10.0), (6.99, 10.0), (2.1, 3.0), (0.7, 1.0), (0.0, 10.0)]
    for earned, possible in marks:
        facts.learned(facts.person(), "2026-07-01", earned=earned, possible=possible)
    improved = facts.person()
    facts.learned(improved, "2026-08-01", earned=2)
    facts.learned(improved, "2026-08-02", earned=10)
    found = contributions("competent", facts)
    assert [row[5] for row in found] == [1, 0, 1, 1, 0, 0]


def test_completions_without_marks_and_of_strangers_do_not_count(
    contributions: Callable[[str, Facts], list[Contribution]],
) -> None:
    facts = Facts()
    facts.learned(facts.person(), "2026-07-01", earned=0, possible=0)
    facts.learned(facts.person(), "2026-07-01", earned=None, possible=10)
    facts.learned(facts.person(), "2026-07-01", "lesson_started", None, None)
    facts.learned(999, "2026-07-01")
    assert contributions("competent", facts) == []


def test_someone_is_in_the_trained_arm_from_the_month_after_the_training(
    contributions: Callable[[str, Facts], list[Contribution]],
) -> None:
    facts = Facts()
    person = facts.person(licence="2026-08-15")
    facts.learned(person, "2026-08-31")
    for month in ("2026-08", "2026-09", "2026-10"):
        facts.used(person, month, 0 if month == "2026-09" else 4)
    found = contributions("active_use", facts)
    assert [row[1:] for row in found] == [
        ("2026-08", "Weather", "EO", "untrained", 1, 1),
        ("2026-09", "Weather", "EO", "trained", 0, 1),
        ("2026-10", "Weather", "EO", "trained", 1, 1),
    ]


def test_only_months_in_which_the_licence_ran_count(
    contributions: Callable[[str, Facts], list[Contribution]],
) -> None:
    facts = Facts()
    ended = facts.person(licence="2026-01-01", until="2026-06-01")
    other = facts.person(licence="2026-10-31")
    for month in WINDOW.months:
        facts.used(ended, month)
        facts.used(other, month)
    found = contributions("active_use", facts)
    assert [(row[0], row[1]) for row in found] == [(1, "2026-05"), (1, "2026-06"), (2, "2026-10")]


def test_a_month_without_a_usage_export_is_missing_and_not_inactive(
    contributions: Callable[[str, Facts], list[Contribution]],
) -> None:
    facts = Facts()
    person = facts.person(licence="2026-01-01")
    facts.used(person, "2026-09")
    facts.used(person, "2026-09", start="2026-09-07")
    found = contributions("active_use", facts)
    assert [(row[1], row[5], row[6]) for row in found] == [("2026-09", 1, 1)]


def test_redactions_and_prompts_are_summed_for_each_person_and_month(
    contributions: Callable[[str, Facts], list[Contribution]],
) -> None:
    facts = Facts()
    person = facts.person("Canals")
    facts.prompted(person, "2026-06-01", redactions=2, times=3)
    facts.prompted(person, "2026-06-30", redactions=1)
    facts.prompted(person, "2026-07-01")
    facts.prompted(999, "2026-07-01", redactions=9)
    found = contributions("redaction_rate", facts)
    assert [(row[1], row[5], row[6]) for row in found] == [("2026-06", 3, 4), ("2026-07", 0, 1)]


def test_people_without_a_department_count_under_a_name_so_that_margins_are_full_sums(
    contributions: Callable[[str, Facts], list[Contribution]],
) -> None:
    facts = Facts()
    facts.learned(facts.person("  ", ""), "2026-07-01")
    assert contributions("competent", facts)[0][2:4] == ("Not stated", "Not stated")


def test_every_entry_of_the_catalogue_has_its_words_and_no_view_of_its_own() -> None:
    for name, entry in DICTIONARY.items():
        assert entry.id == name
        words = (entry.title, entry.question, entry.definition, entry.unit, entry.numerator, entry.denominator)
        assert all((*words, entry.misuse, entry.source))
        assert entry.minimum_group == (LEAST_PEOPLE if name in OF_EXACT_SUMS else 10), name
    assert "Not causal" in CATALOGUE["active_use"].misuse


def test_a_window_is_six_months_across_the_turn_of_the_year() -> None:
    assert Window.ending("2027-02").months == ("2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02")
    assert str(Window.ending("2028-02").last_day) == "2028-02-29"
    assert str(Window.ending("9999-12").last_day) == "9999-12-31"


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "2026-10-01", "october", "", "0000-01", " 2026-10"])
def test_what_is_no_month_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(MonthError, match="2026-10"):
        Window.ending(text)
