"""Which items of a lesson there are, and which of them mislead. Pure; called by `learning`."""

from __future__ import annotations

from analytics_dash.questions.facts import Facts
from analytics_dash.questions.written import is_shown
from analytics_dash.releases import LearningFigure


def items(facts: Facts, lesson: str) -> tuple[LearningFigure, ...]:
    """How many were right, item by item, in the release's order."""
    return facts.of_lesson(lesson, "right")


def misleading(facts: Facts, lesson: str) -> tuple[LearningFigure, ...]:
    """Of each item in which one wrong answer was chosen by more people than the right one: that answer's figure.

    Counts are rounded to 5, so more by the rounded counts is more by the true ones.
    """
    right = {(each.step, each.item): each for each in items(facts, lesson) if is_shown(each)}
    found: dict[tuple[str, str], LearningFigure] = {}
    for each in facts.of_lesson(lesson, "chosen"):
        of = right.get((each.step, each.item))
        if of is None or not is_shown(each) or (each.numerator or 0) <= (of.numerator or 0):
            continue
        most = found.get((each.step, each.item))
        if most is None or (each.numerator or 0) > (most.numerator or 0):
            found[each.step, each.item] = each
    return tuple(found[place] for place in right if place in found)
