"""The front door of the lesson room: a lesson as text, as data, as HTML, as marks, and as what the tutor may see.

Everything that other rooms may use is in `__all__`. Pure: no XBlock, no Django, no Flask.
"""

from __future__ import annotations

from dataclasses import replace

from xblock_ai_tutor.lesson.activities.controls import term_ids
from xblock_ai_tutor.lesson.document import check_lesson, parse_lesson, render_source
from xblock_ai_tutor.lesson.marking import Form, ItemMarking, Marking
from xblock_ai_tutor.lesson.model import (
    Lesson,
    LessonError,
    Passage,
    Problem,
    RenderContext,
    ResponseError,
    Source,
    Step,
    Term,
    TestForm,
    TutorPolicy,
)
from xblock_ai_tutor.lesson.passages import FIGURE
from xblock_ai_tutor.lesson.snippets import SNIPPETS
from xblock_ai_tutor.lesson.tutor_view import tutor_lesson

__all__ = [
    "FIGURE",
    "SNIPPETS",
    "Form",
    "ItemMarking",
    "Lesson",
    "LessonError",
    "Marking",
    "Passage",
    "Problem",
    "RenderContext",
    "ResponseError",
    "Source",
    "Step",
    "Term",
    "TestForm",
    "TutorPolicy",
    "check_lesson",
    "continued_form",
    "mark_step",
    "parse_lesson",
    "render_source",
    "render_step",
    "tutor_lesson",
]


def render_step(step: Step, ctx: RenderContext) -> str:
    """The HTML of one step: a complete `<form class="ait-form" data-step="…" data-kind="…">`.

    Before an attempt (`ctx.marking is None`), and while `ctx.sealed`, it holds neither answers nor feedback. After one
    it keeps what the learner chose and says in words, beside each item, whether it is right. Every HTML id starts with
    `ctx.root_id`; a passage is an element with `id="{root_id}-{passage id}"`, `class="ait-passage"` and
    `data-passage="{passage id}"`. The classes are listed in `xblock_ai_tutor.lesson.activities.controls`.
    """
    ctx = replace(ctx, terms=term_ids(step, ctx), marking=None if ctx.sealed else ctx.marking)
    return step.activity.render(step, ctx)


def continued_form(step: Step, form: Form, before: Form | None) -> Form:
    """The form to mark and to keep, {field name: [values]}: as sent, or with what was kept of earlier steps (`before`).

    Raises `ResponseError`, whose message says what to do.
    """
    return step.activity.continued(form, before)


def mark_step(step: Step, form: Form) -> Marking:
    """Mark a submitted form, {field name: [values]}. Raises `ResponseError`, whose message says what to do."""
    return step.activity.mark(form)
