"""The tutor and its answers: types of identifiers, feedback, citations, the guard, cost; on hand-made people."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from tests.support.disclosure import Facts, Row

Contributions = Callable[[str, Facts], list[tuple[int, str, str, str, str | None, int, int]]]
Available = Callable[[str, Facts], tuple[str, ...]]


def said(facts: Facts, person: int, kind: str, day: str = "2026-06-10", *, superseded: bool = False) -> None:
    row: Row = {"digest": uuid.uuid4(), "alias": person, "at": f"{day} 12:00:00", "day": day, "turn": uuid.uuid4()}
    facts.other["tutor_feedback"].append(row | {"kind": kind, "superseded": superseded})


def test_each_type_counts_its_own_and_the_others_together_the_rest(contributions: Contributions) -> None:
    facts = Facts()
    person = facts.person()
    facts.prompted(person, "2026-06-10", redactions=6)
    facts.prompted(person, "2026-06-30")
    for kind, times in (("email", 2), ("passport", 3), ("iban", 1)):
        facts.other["tutor_redactions"].append({"digest": facts.turns[0]["digest"], "type": kind, "times": times})
    found = {name: contributions(f"redactions_{name}", facts)[0][5:] for name in ("email", "phone", "other")}
    assert found == {"email": (2, 2), "phone": (0, 2), "other": (4, 2)}
    assert contributions("redaction_rate", facts)[0][5:] == (6, 2)


def test_concerns_are_counted_and_those_who_used_the_tutor_once_a_month(contributions: Contributions) -> None:
    facts = Facts()
    keen, quiet = facts.person(), facts.person()
    facts.prompted(keen, "2026-06-01", times=3)
    facts.prompted(quiet, "2026-06-30")
    for kind in ("wrong", "worrying", "helpful", "unhelpful"):
        said(facts, keen, kind)
    said(facts, keen, "wrong", superseded=True)
    said(facts, 999, "wrong")
    assert [row[5:] for row in contributions("concerns", facts)] == [(2, 1), (0, 1)]


def test_a_concern_about_last_months_answer_counts_in_its_own_month(contributions: Contributions) -> None:
    facts = Facts()
    person = facts.person()
    facts.prompted(person, "2026-06-30")
    said(facts, person, "worrying", "2026-07-01")
    assert [row[1:2] + row[5:] for row in contributions("concerns", facts)] == [("2026-06", 0, 1), ("2026-07", 1, 0)]


def test_a_ledger_without_feedback_has_no_figures_rather_than_noughts(available: Available) -> None:
    facts = Facts()
    for _ in range(10):
        facts.prompted(facts.person(), "2026-06-30")
    assert available("concerns", facts) == ()
    assert available("helpful", facts) == ()
    assert available("cited_answers", facts) == ("2026-06",)


def test_helpful_is_a_share_of_thumbs_and_not_of_reports(contributions: Contributions) -> None:
    facts = Facts()
    person = facts.person()
    for kind in ("helpful", "helpful", "unhelpful", "wrong", "worrying"):
        said(facts, person, kind)
    assert [row[5:] for row in contributions("helpful", facts)] == [(2, 3)]


def test_citations_and_guard_actions_are_of_answers(contributions: Contributions) -> None:
    facts = Facts()
    person = facts.person()
    facts.prompted(person, "2026-06-01", citations=3)
    facts.prompted(person, "2026-06-02", citations=0, guarded=2)
    facts.prompted(person, "2026-06-03", status="blocked", blocked=True)
    facts.prompted(person, "2026-06-04", status="incomplete", guarded=1)
    assert [row[5:] for row in contributions("cited_answers", facts)] == [(1, 2)]
    assert [row[5:] for row in contributions("guard_actions", facts)] == [(3, 2)]


def test_cost_is_in_thousandths_of_a_dollar_rounded_for_each_person_and_month(contributions: Contributions) -> None:
    facts = Facts()
    for cost in (499, 500, 1_499, 7_500):
        facts.prompted(facts.person(), "2026-06-01", cost_microusd=cost)
    facts.prompted(1, "2026-06-02", cost_microusd=2)  # 501 in all
    assert [row[5:] for row in contributions("tutor_cost", facts)] == [(1, 1), (1, 1), (1, 1), (8, 1)]
