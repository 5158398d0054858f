"""One attempt at a step: which step it is, how it is marked, how an event carries it. Called by `learner`, `studio`.

Knows no platform and keeps nothing; what was kept of earlier attempts comes in.
"""

from __future__ import annotations

from typing import Any

from xblock_ai_tutor.errors import UnknownStepError, UnprocessableError
from xblock_ai_tutor.lesson import Form, Lesson, Marking, ResponseError, Step, continued_form, mark_step


def _(message: str) -> str:
    """Mark a msgid for extraction; `json_endpoint` translates it."""
    return message


def find_step(lesson: Lesson, step_id: str) -> Step:
    """The lesson's step of that id. Raises `UnknownStepError`."""
    try:
        return lesson.step(step_id)
    except KeyError as error:
        raise UnknownStepError(
            _("This lesson has no such step any more. Reload the page to see it as it is now.")
        ) from error


def mark_or_error(
    step: Step, form: dict[str, list[str]], before: Form | None, gettext: Any
) -> tuple[dict[str, list[str]], Marking]:
    """The form to keep, and its marking. Raises `UnprocessableError` with what the learner has to do."""
    try:
        whole = continued_form(step, form, before)
        return {name: list(values) for name, values in whole.items()}, mark_step(step, whole)
    except ResponseError as error:
        raise UnprocessableError(error.localised(gettext)) from error


def place_of(lesson: Lesson, step: Step) -> dict[str, Any]:
    """What a step is for, as an event carries it: the form of a test that it is in, and its outcomes."""
    form = lesson.form
    return {
        "test": form.test if form else None,
        "form": form.name if form else None,
        "anchor": form is not None and step.id in form.anchors,
        "outcomes": list(step.outcomes),
    }


def marks_of(marking: Marking) -> dict[str, Any]:
    """A marking as an event carries it: ids and figures, no feedback text."""
    return {
        "earned": marking.earned,
        "possible": marking.possible,
        "correct": marking.correct,
        "confidence": marking.confidence,
        "items": [
            {
                "item": one.item,
                "answer": one.answer,
                "hit": one.hit,
                "confidence": one.confidence,
                "share": one.earned,
                "harm": one.harm,
            }
            for one in marking.items
        ],
        "detection": marking.detection.to_json() if marking.detection else None,
    }
