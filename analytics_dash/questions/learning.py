"""Where do learners stop, and which items mislead? Of one lesson or test, over all people of the roster.

An item misleads where one wrong answer was chosen by more people than the right one (`items`).
"""

from __future__ import annotations

from typing import Final

from analytics_dash.i18n import _
from analytics_dash.indicators.model import mark as marked
from analytics_dash.questions.answers import Finding, Key, Part
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.items import misleading
from analytics_dash.questions.keys import key
from analytics_dash.questions.lesson import gains, item_shares, judgement, lessons, steps
from analytics_dash.questions.lesson_words import misled, stops
from analytics_dash.questions.parts import through_months
from analytics_dash.questions.question import Question
from analytics_dash.questions.titles import lesson_title, said
from analytics_dash.questions.written import is_shown, measured, with_sign

INDICATORS: Final = ("competent", "post_test", "course_completed", "course_passed", "certified")


def lesson_of(facts: Facts) -> str:
    """The chosen lesson, or the usual one."""
    return facts.choice.view or usual(facts)


def usual(facts: Facts) -> str:
    """The first lesson of which it is known how many completed it, else the first of which anything is."""
    known = [each.lesson for each in facts.learning if each.measure == "completed" and is_shown(each)]
    taught = [lesson for lesson in facts.lessons if facts.of_lesson(lesson, "right")]
    return next(iter([*known, *taught, *facts.lessons]), "")


def finding(facts: Facts) -> Finding:
    """Where people stop, and how many items mislead."""
    lesson = lesson_of(facts)
    if not lesson:
        return Finding(_("We can't say: nothing was measured of any lesson in this period."), can_say=False)
    where, which = stops(facts, lesson), misled(facts, lesson)
    return Finding(f"{where.headline} {which}", where.sure, can_say=where.can_say or bool(misleading(facts, lesson)))


def figure(facts: Facts) -> Key | None:
    """The share of people who completed the lesson."""
    found = next(iter(facts.of_lesson(lesson_of(facts), "completed")), None)
    if found is None:
        return None
    base = (
        _("of {people} who started {lesson} completed it").format(
            people=measured(found, "denominator").text, lesson=said(facts, found.lesson)
        )
        if is_shown(found)
        else _("Hidden to protect people.")
    )
    return key(measured(found), with_sign(""), base)


def parts(facts: Facts) -> tuple[Part, ...]:
    """The lesson's steps and items, all lessons side by side, what was gained, and the course by month."""
    lesson = lesson_of(facts)
    return (
        *steps(facts, lesson),
        *item_shares(facts, lesson),
        *judgement(facts, lesson),
        *lessons(facts),
        *gains(facts),
        *(through_months(facts, indicator) for indicator in INDICATORS if _loaded(facts, indicator)),
    )


def _loaded(facts: Facts, indicator: str) -> bool:
    return any(cell.status != "x" for cell in facts.cells if cell.indicator == indicator)


QUESTION: Final = Question(
    key="learning",
    title=marked("Where do learners stop, and which items mislead?"),
    short=marked("Learning"),
    indicators=INDICATORS,
    finding=finding,
    figure=figure,
    choose=marked("Lesson"),
    parts=parts,
    views=lambda facts: tuple(
        (lesson, lesson_title(facts, lesson))
        for lesson in sorted(facts.lessons, key=lambda each: each != usual(facts))
        if facts.of_lesson(lesson, "right") or facts.of_lesson(lesson, "stopped")
    ),
    notes=lambda _facts: (
        _("What is measured of lessons is about everybody in the roster, never about a department."),
    ),
    measures=lambda figure: bool(figure.lesson),
    entries=(
        "lesson_funnel",
        "normalised_gain",
        "retention",
        "calibration_gap",
        "brier_score",
        "detection",
        "criterion",
    ),
)
