"""What is said where figures stand beside each other: what chance may make is said so, and nothing is ranked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics_dash.questions import Choice, safety
from analytics_dash.questions.answers import Part
from analytics_dash.questions.learning import parts as learning_parts
from analytics_dash.questions.parts import by_group
from analytics_dash.questions.sentences import change
from analytics_dash.questions.splits import in_order
from analytics_dash.releases import Cell, LearningFigure
from tests.support.questions import RELEASE, cell, facts


def by_department(counts: dict[str, tuple[int, int]], indicator: str = "trained_before_access") -> Part:
    cells = tuple(cell(indicator, *each, department=name) for name, each in counts.items())
    everybody = [sum(each) for each in zip(*counts.values(), strict=True)]
    there = replace(facts(cell(indicator, *everybody), *cells), departments=tuple(sorted(counts)))
    return by_group(there, indicator, "department")


def test_a_range_of_departments_says_whether_chance_may_make_it() -> None:
    near = by_department({"A": (80, 100), "B": (75, 100), "C": (85, 100)})
    assert near.headline.endswith("lie between 75.0% and 85.0%, which may be chance.")
    far = by_department({"A": (95, 310), "B": (270, 340), "C": (215, 265)})
    assert far.headline.endswith("lie between 30.6% and 81.1%, further apart than chance usually makes.")
    assert not any(name in far.headline for name in "ABC"), "nobody is named as first or last"


def test_people_who_count_in_each_month_are_not_taken_for_proof_that_departments_differ() -> None:
    # Six months of 100 people each are not 600 people: that they may differ by chance is sure, that they do is not.
    far = by_department({"A": (400, 600), "B": (300, 600)}, "dormant_licences")
    assert far.headline.endswith("between 50.0% and 66.7%.")
    near = by_department({"A": (305, 600), "B": (300, 600)}, "dormant_licences")
    assert near.headline.endswith("which may be chance.")


def months(*counts: tuple[int, int]) -> list[Cell]:
    return [cell("competent", *each, month=f"2026-{number:02}") for number, each in enumerate(counts, start=5)]


def test_a_dip_between_two_months_that_are_alike_is_said() -> None:
    found = change(months((365, 460), (300, 695), (405, 550), (230, 275)), "All of government", {})
    assert "a difference that may be chance. Between them" in found.headline
    assert found.headline.endswith("43.2% in June 2026.")
    assert found.can_say
    assert "In June 2026 the 95% interval was" in found.sure
    level = change(months((365, 460), (550, 695), (430, 550), (225, 275)), "All of government", {})
    assert level.headline.endswith("a difference that may be chance.")
    assert not level.can_say


def test_grades_stand_in_their_order_and_other_names_behind_them() -> None:
    names = ["AA-AO", "Agency band", "EO", "G7-G6", "HEO–SEO", "SCS"]
    ordered = [name for name, _each in in_order("grade_band", [(name, None) for name in names])]
    assert ordered == ["AA-AO", "EO", "HEO–SEO", "G7-G6", "SCS", "Agency band"]
    assert [name for name, _each in in_order("profession", [(name, None) for name in names])] == names


def completed(lesson: str, value: float | None) -> LearningFigure:
    limits = (None, None) if value is None else (value - 0.02, value + 0.02)
    return LearningFigure(
        "r", lesson, "", "", "", "completed", None, 500, value, *limits, "c" if value is None else "shown"
    )


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ({"a": 0.9, "b": 0.6, "c": 0.92}, "Of those who start a lesson, fewest complete “b”: 60.0%."),
        ({"a": 0.9, "b": 0.89}, "No lesson stands out by how few complete it."),
        ({"a": 0.9, "b": None}, "We can't say which lesson loses people: too few figures can be shown."),
    ],
)
def test_lessons_stand_side_by_side(shares: dict[str, float | None], words: str) -> None:
    titles = {"months": ["2026-10"], "titles": {key: {"title": {"en": key}} for key in shares}}
    there = facts(learning=tuple(completed(*each) for each in shares.items()), choice=Choice(view="a"))
    there = replace(there, release=replace(RELEASE, manifest=titles))
    part = next(each for each in learning_parts(there) if each.key == "lessons")
    assert part.headline == words
    assert part.table is not None
    assert len(part.table.rows) == len(shares)
    alone = facts(learning=(completed("a", 0.9),), choice=Choice(view="a"))
    assert not [each for each in learning_parts(alone) if each.key == "lessons"]


def test_identifiers_that_come_in_company_are_not_taken_for_a_change() -> None:
    cells = (
        cell("redaction_rate", 1400, 10000, month="2026-09"),
        cell("redaction_rate", 900, 10000, month="2026-10"),
    )
    change = LearningFigure("r", "", "", "", "", "redaction_change", None, 500, 0.64, 0.4, 1.1, "shown")
    unsure = safety.finding(facts(*cells, learning=(change,)))
    assert unsure.headline.startswith("We can't say whether care with personal data changed")
    assert "the last month is 0.64 times the first. Interval (95%): 0.40 to 1.10." in unsure.sure
    assert next(each for each in safety.parts(facts(*cells, learning=(change,)))).headline == unsure.headline
    alike = facts(*(replace(each, numerator=140, denominator=1000) for each in cells))
    assert next(iter(safety.parts(alike))).headline != safety.finding(alike).headline, "said once"
    sure = safety.finding(facts(*cells, learning=(replace(change, high=0.9),)))
    assert sure.can_say
    assert "fewer identifiers were held back" in sure.headline
