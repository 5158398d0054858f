"""Whether the forms of a test can be compared: as many items in each, and anchors that are word for word alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from xblock_ai_tutor.lesson.lint.course import Course, LessonFile
from xblock_ai_tutor.lesson.lint.findings import Finding

FEWEST_ANCHORS: Final = 6


def check(course: Course) -> Iterator[Finding]:
    """The forms of each test, beside its first."""
    if course.modules and not course.forms:
        cure = "Write a lesson with form: for pre and one for post."
        yield Finding(".", 1, "The course has no test.", cure)
    ordered = sorted(course.forms, key=_test)
    for _, group in groupby(ordered, key=_test):
        yield from _compared(list(group))


def _test(file: LessonFile) -> str:
    return file.lesson.form.test if file.lesson.form else ""


def _compared(forms: Sequence[LessonFile]) -> Iterator[Finding]:
    first = forms[0]
    for file in forms:
        form = file.lesson.form
        line = file.line_of("anchors:", "form:")
        if form is not None and len(form.anchors) < FEWEST_ANCHORS:
            cause = f"The form has {len(form.anchors)} anchors; it needs at least {FEWEST_ANCHORS}."
            yield file.finding(line, cause, "Name under anchors: the items that every form has.")
        if file is first:
            continue
        if _anchors(file).keys() != _anchors(first).keys():
            cause = f"The anchors are not those of {first.path}."
            yield file.finding(line, cause, "Name the same items in both.")
        for anchor, source in _anchors(file).items():
            if _anchors(first).get(anchor, source) != source:
                cause = f"The anchor “{anchor}” is not word for word that of {first.path}."
                yield file.finding(file.lesson.step(anchor).line, cause, "Copy it from one form to the other.")
        if _items(file) != _items(first):
            cause = f"The form has {_items(file)} items and {first.path} has {_items(first)}."
            yield file.finding(line, cause, "Parallel forms ask equally much.")


def _anchors(file: LessonFile) -> dict[str, str]:
    """{step id: its text} of a form's anchors."""
    anchors = file.lesson.form.anchors if file.lesson.form else ()
    return {step.id: step.source.strip() for step in file.lesson.steps if step.id in anchors}


def _items(file: LessonFile) -> int:
    return sum(step.activity.possible > 0 for step in file.lesson.steps)
