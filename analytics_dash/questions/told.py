"""A shown cell as a sentence that can be read out: the value, and what was counted to make it.

The catalogue's words for numerator and denominator are definitions, for the data dictionary; put behind each other they
make no sentence. Called by `parts`.
"""

from __future__ import annotations

from typing import Final

from analytics_dash.dates import month
from analytics_dash.i18n import _
from analytics_dash.questions.written import texts_of, with_unit
from analytics_dash.releases import Cell

EACH_MONTH: Final = ("active_use", "dormant_licences", "concerns", "tutor_cost", "depth_", "course_", "certified")
"""Indicators (or how they begin) that count a person once in each month, so that several months hold some twice."""


def told(cell: Cell) -> str:
    """What a shown cell says, and, where it is over several months, that a person may be counted in each."""
    text = texts_of(cell)
    said = _sentence(cell.indicator).format(
        value=with_unit(cell), numerator=text.numerator, denominator=text.denominator
    )
    if cell.month is not None:
        return _("In {month}, {said}").format(month=month(cell.month), said=said[:1].lower() + said[1:])
    if cell.indicator.startswith(EACH_MONTH):
        said += " " + _("Over several months a person counts once in each.")
    return said


def _sentence(indicator: str) -> str:
    if indicator.startswith("redaction"):
        return _("{numerator} identifiers were held back in {denominator} prompts to the tutor ({value}).")
    if indicator.startswith("depth_"):
        return _("Of {denominator} people who used ChatGPT, {numerator} did so on that many days a week ({value}).")
    if indicator.startswith("active_after_"):
        return _("Of {denominator} trained people, {numerator} used ChatGPT that many weeks later ({value}).")
    return {
        "trained_before_access": _(
            "Of {denominator} people whose ChatGPT licence began, {numerator} had been trained by that day ({value})."
        ),
        "competent": _(
            "Of {denominator} people who finished the lesson for the first time, {numerator} earned at least "
            "seven tenths of its marks ({value})."
        ),
        "post_test": _(
            "Of {denominator} people who took the test after the course for the first time, {numerator} earned at "
            "least seven tenths of its marks ({value})."
        ),
        "active_use": _(
            "Of {denominator} people with a ChatGPT licence, {numerator} sent at least one message ({value})."
        ),
        "dormant_licences": _(
            "Of {denominator} licences that ran for two months, {numerator} were not used in either ({value})."
        ),
        "verification": _(
            "Of {denominator} checking logs that were handed in, {numerator} had every source checked ({value})."
        ),
        "concerns": _(
            "{denominator} people asked the tutor, and {numerator} of its answers were reported as wrong or "
            "worrying ({value})."
        ),
        "helpful": _("Of {denominator} answers that were rated, {numerator} were rated helpful ({value})."),
        "cited_answers": _("Of {denominator} answers of the tutor, {numerator} cite a passage ({value})."),
        "guard_actions": _("The guard stepped in {numerator} times in {denominator} answers of the tutor ({value})."),
        "tutor_cost": _("{numerator} US dollars were spent on the {denominator} people who asked the tutor ({value})."),
        "course_completed": _("Of {denominator} people in a course, {numerator} completed all of it ({value})."),
        "course_passed": _("Of {denominator} people enrolled in a course, {numerator} passed it ({value})."),
        "certified": _("Of {denominator} people enrolled in a course, {numerator} have its certificate ({value})."),
    }[indicator]
