"""The course: the post-test, checking logs, grade reports and completions; on hand-made people."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from tests.support.disclosure import Facts, Row

Contributions = Callable[[str, Facts], list[tuple[int, str, str, str, str | None, int, int]]]
Available = Callable[[str, Facts], tuple[str, ...]]


def checked(
    facts: Facts, person: int, answers: tuple[str, ...], day: str = "2026-06-10", *, attempt: int = 1, hour: int = 12
) -> None:
    """A checking log that was handed in."""
    row: Row = {"digest": uuid.uuid4(), "alias": person, "at": f"{day} {hour}:00:00", "day": day, "lesson": "lesson"}
    for place, answer in enumerate(answers):
        item: Row = {"step": "log", "attempt": attempt, "item": f"source-{place}", "answer": answer, "hit": False}
        facts.other["item_answers"].append(row | item)


def sat(facts: Facts, person: int, day: str, earned: float, form: str = "post") -> None:
    """A form of the test, handed in: that it is one, its answers say."""
    facts.learned(person, day, earned=earned, lesson=f"test-{form}")
    row: Row = {"digest": uuid.uuid4(), "alias": person, "at": f"{day} 12:00:00", "day": day, "lesson": f"test-{form}"}
    item: Row = {"step": "one", "attempt": 1, "item": "one", "answer": "a", "hit": True, "test": "test", "form": form}
    facts.other["item_answers"].append(row | item)


def test_the_first_post_test_counts_and_no_other_form(contributions: Contributions) -> None:
    facts = Facts()
    for earned in (7.0, 6.99):
        sat(facts, facts.person(), "2026-06-30", earned)
    again = facts.person()
    sat(facts, again, "2026-07-01", 2)
    sat(facts, again, "2026-08-01", 10)
    sat(facts, facts.person(), "2026-07-01", 10, "pre")
    facts.learned(facts.person(), "2026-07-01")
    found = contributions("post_test", facts)
    assert [(row[0], row[1], row[5]) for row in found] == [(1, "2026-06", 1), (2, "2026-06", 0), (3, "2026-07", 0)]


def test_a_log_is_full_when_every_source_has_a_place_and_a_finding(contributions: Contributions) -> None:
    facts = Facts()
    logs = (
        ("library/says-so", "web/nothing"),
        ("library/says-so", "not-checked"),
        ("library/says-so", "not-checked/nothing"),
        ("library/says-so", "library/not-checked"),
    )
    for log in logs:
        checked(facts, facts.person(), log)
    assert [row[5:] for row in contributions("verification", facts)] == [(1, 1), (0, 1), (0, 1), (0, 1)]


def test_the_first_attempt_counts_and_once_when_the_course_was_reset(contributions: Contributions) -> None:
    facts = Facts()
    person = facts.person()
    checked(facts, person, ("not-checked", "library/says-so"), hour=10)
    checked(facts, person, ("library/says-so", "library/says-so"), attempt=2, hour=11)
    checked(facts, person, ("library/says-so", "library/says-so"), "2026-07-10")
    assert [row[1:2] + row[5:] for row in contributions("verification", facts)] == [("2026-06", 0, 1)]


def test_answers_of_other_steps_are_no_checking_logs(contributions: Contributions) -> None:
    facts = Facts()
    checked(facts, facts.person(), ("a", "chosen", "not-chosen"))
    checked(facts, 999, ("library/says-so",))
    assert contributions("verification", facts) == []


def reported(facts: Facts, person: int, as_of: str = "2026-06-30", course: str = "course", **more: object) -> None:
    row: Row = {"digest": uuid.uuid4(), "alias": person, "course": course, "as_of": as_of, "superseded": False}
    facts.other["course_results"].append(row | more)


def test_passing_is_of_those_enrolled_with_a_verdict(contributions: Contributions) -> None:
    facts = Facts()
    person = facts.person()
    reported(facts, person, passed=True, certificate=False, enrolled=True)
    reported(facts, person, course="other", passed=False, enrolled=True)
    reported(facts, person, course="third", passed=True, enrolled=False)
    reported(facts, facts.person(), passed=None, enrolled=None)
    reported(facts, facts.person(), "2026-04-30", passed=True)
    reported(facts, facts.person(), passed=True, superseded=True)
    assert [row[0:1] + row[5:] for row in contributions("course_passed", facts)] == [(1, 1, 2)]
    assert [row[0:1] + row[5:] for row in contributions("certified", facts)] == [(1, 0, 1)]


def test_completed_is_everything_to_within_the_rounding_of_fractions(
    contributions: Contributions, available: Available
) -> None:
    facts = Facts()
    for ratio in (1.0, 0.1 * 3 + 0.7, 0.999, 0.0):
        row: Row = {"digest": uuid.uuid4(), "alias": facts.person(), "course": "course", "as_of": "2026-06-30"}
        facts.other["completions"].append(row | {"ratio": ratio, "superseded": False})
    assert [row[5:] for row in contributions("course_completed", facts)] == [(1, 1), (1, 1), (0, 1), (0, 1)]
    assert available("course_passed", facts) == ()
