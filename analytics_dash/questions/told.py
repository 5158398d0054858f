"""A shown cell as a sentence that can be read out: the value, and what was counted to make it.

The catalogue's words for numerator and denominator are definitions, for the data dictionary; put behind each other they
make no sentence. Called by `parts`.
"""

from __future__ import annotations

from typing import Final

from analytics_dash.i18n import _
from analytics_dash.questions.written import texts_of, with_unit
from analytics_dash.releases import Cell

EACH_MONTH: Final = ("active_use", "dormant_licences", "concerns", "tutor_cost", "depth_")
"""Indicators (or how they begin) that count a person once in each month, so that several months hold some twice."""


def told(cell: Cell) -> str:
    """What a shown cell says, and, where it is over several months, that a person may be counted in each."""
    text = texts_of(cell)
    said = _sentence(cell.indicator).format(
        value=with_unit(cell), numerator=text.numerator, denominator=text.denominator
    )
    if cell.month is None and cell.indicator.startswith(EACH_MONTH):
        said += " " + _("Over several months a person counts once in each.")
    return said


def _sentence(indicator: str) -> str:
    if indicator.startswith("redaction"):
        return _("{value}: in {denominator} prompts to the tutor {numerator} identifiers were held back.")
    if indicator.startswith("depth_"):
        return _("{value}: of {denominator} people who used ChatGPT, {numerator} did so on that many days a week.")
    if indicator.startswith("active_after_"):
        return _("{value}: of {denominator} trained people, {numerator} used ChatGPT that many weeks later.")
    return {
        "trained_before_access": _(
            "{value}: of {denominator} people whose ChatGPT licence began, {numerator} had been trained by that day."
        ),
        "competent": _(
            "{value}: of {denominator} people who finished the lesson for the first time, {numerator} earned at least "
            "seven tenths of its marks."
        ),
        "post_test": _(
            "{value}: of {denominator} people who took the test after the course for the first time, {numerator} "
            "earned at least seven tenths of its marks."
        ),
        "active_use": _(
            "{value}: of {denominator} people with a ChatGPT licence, {numerator} sent at least one message."
        ),
        "dormant_licences": _(
            "{value}: of {denominator} licences that ran for two months, {numerator} were not used in either."
        ),
        "verification": _(
            "{value}: of {denominator} checking logs that were handed in, {numerator} had every source checked."
        ),
        "concerns": _(
            "{value}: {denominator} people asked the tutor, and {numerator} of its answers were reported as wrong or "
            "worrying."
        ),
        "helpful": _("{value}: of {denominator} answers that were rated, {numerator} were rated helpful."),
        "cited_answers": _("{value}: of {denominator} answers of the tutor, {numerator} cite a passage."),
        "guard_actions": _("{value}: in {denominator} answers of the tutor the guard stepped in {numerator} times."),
        "tutor_cost": _("{value}: {numerator} US dollars for the {denominator} people who asked the tutor."),
        "course_completed": _("{value}: of {denominator} people in a course, {numerator} completed all of it."),
        "course_passed": _("{value}: of {denominator} people enrolled in a course, {numerator} passed it."),
        "certified": _("{value}: of {denominator} people enrolled in a course, {numerator} have its certificate."),
    }[indicator]
