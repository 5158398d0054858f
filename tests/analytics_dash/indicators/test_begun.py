"""A feed that holds nothing of a kind: what is made of it is not available, rather than hidden to protect nobody."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from tests.support.disclosure import Facts, Row

Available = Callable[[str, Facts], tuple[str, ...]]

MONTHS = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")


def row(person: int, day: str, **more: object) -> Row:
    return {"digest": uuid.uuid4(), "alias": person, "day": day, "at": f"{day} 12:00:00", **more}


def everything_loaded(people: int = 12) -> Facts:
    """Each month every feed has each person, and nothing in it but what says that it was loaded."""
    facts = Facts()
    for _ in range(people):
        person = facts.person()
        for month in MONTHS:
            day = f"{month}-10"
            facts.used(person, month)
            facts.prompted(person, day)
            facts.learned(person, day, "enrolled")
            facts.other["tutor_feedback"].append(
                row(person, day, turn=uuid.uuid4(), kind="wrong", superseded=False, course="course")
            )
            result: Row = {"digest": uuid.uuid4(), "alias": person, "course": month, "as_of": day, "superseded": False}
            facts.other["course_results"].append(result)
    return facts


KINDS: dict[str, tuple[str, ...]] = {
    "licences": ("trained_before_access", "active_use", "active_after_4_weeks", "dormant_licences"),
    "marks": ("competent",),
    "post-test": ("post_test",),
    "log": ("verification",),
    "thumb": ("helpful",),
    "price": ("tutor_cost",),
    "verdict": ("course_passed",),
    "certificate": ("certified",),
}
"""What may be missing, and the indicators that there cannot be without it."""


def do(facts: Facts, kind: str, person: int, day: str) -> None:
    """Let somebody be the first of whom there is the kind."""
    answer = {"course": "course", "lesson": "lesson", "step": "log", "attempt": 1, "item": "one", "hit": True}
    result = {"digest": uuid.uuid4(), "alias": person, "course": "another", "as_of": day, "superseded": False}
    if kind == "licences":
        facts.people[person - 1]["licence_from"] = day
    elif kind == "marks":
        facts.learned(person, day)
    elif kind == "post-test":
        facts.learned(person, day, lesson="exam")
        facts.other["item_answers"].append(
            row(person, day, **answer | {"lesson": "exam", "answer": "a", "test": "test", "form": "post"})
        )
    elif kind == "log":
        facts.other["item_answers"].append(row(person, day, **answer, answer="library/says-so"))
    elif kind == "thumb":
        facts.other["tutor_feedback"].append(
            row(person, day, turn=uuid.uuid4(), kind="helpful", superseded=False, course="course")
        )
    elif kind == "price":
        facts.prompted(person, day, cost_microusd=12)
    else:
        more = {"passed": True} if kind == "verdict" else {"certificate": False}
        facts.other["course_results"].append(result | more)


@pytest.mark.parametrize(("kind", "indicators"), KINDS.items(), ids=KINDS)
def test_what_fewer_than_ten_people_ever_came_to_is_not_available(
    kind: str, indicators: tuple[str, ...], available: Available
) -> None:
    facts = everything_loaded()
    for indicator in indicators:
        assert available(indicator, facts) == ()
    for person in range(1, 10):
        do(facts, kind, person, "2026-06-10")
    for indicator in indicators:
        assert available(indicator, facts) == (), "nine people look like nobody"


@pytest.mark.parametrize(("kind", "indicators"), KINDS.items(), ids=KINDS)
def test_it_is_available_from_the_month_in_which_the_tenth_came(
    kind: str, indicators: tuple[str, ...], available: Available
) -> None:
    """Also in months of few: these are hidden to protect people, as there are any."""
    facts = everything_loaded()
    for person in range(1, 11):
        do(facts, kind, person, "2026-06-10" if person < 10 else "2026-08-10")
    for indicator in indicators:
        assert available(indicator, facts) == MONTHS[3:]


def test_without_a_learning_log_nobody_passes_for_untrained(available: Available) -> None:
    facts = everything_loaded()
    for person in range(1, 11):
        do(facts, "licences", person, "2026-05-01")
    assert available("active_use", facts) == MONTHS
    facts.learning[:] = [each for each in facts.learning if str(each["day"]) > "2026-07"]
    assert available("active_use", facts) == MONTHS[2:]
    assert available("active_after_8_weeks", facts) == MONTHS[2:]
    facts.learning.clear()
    assert available("active_use", facts) == ()
    assert available("dormant_licences", facts) == MONTHS[1:], "for which training does not matter"
