"""Outcomes, what teaches them and what tests them: none without an activity, none without an item, none made up.

`lesson.policy` has checked that a step names objectives of its own lesson; here the lessons are looked at together.
"""

from __future__ import annotations

from collections.abc import Iterator

from xblock_ai_tutor.lesson.lint.activities import NOT_COUNTED
from xblock_ai_tutor.lesson.lint.course import Course, LessonFile
from xblock_ai_tutor.lesson.lint.findings import Finding


def check(course: Course) -> Iterator[Finding]:
    """Modules first, then what the forms of tests ask."""
    taught_in: dict[str, LessonFile] = {}
    for file in course.modules:
        yield from _taught(file, taught_in)
    yield from _tested(course, taught_in)


def _taught(file: LessonFile, taught_in: dict[str, LessonFile]) -> Iterator[Finding]:
    lesson = file.lesson
    for text in lesson.objectives:
        if text not in lesson.outcomes.values():
            cause = f"The objective “{text}” has no id."
            yield file.finding(file.line_of(text[:40]), cause, "Write “- id: text”, and name the id in outcome=.")
    if not lesson.objectives:
        yield file.finding(1, "The lesson has no objectives.", "Add objectives: with “- id: text” lines.")
    served = {one for step in lesson.steps if step.activity.kind not in NOT_COUNTED for one in step.outcomes}
    for outcome in lesson.outcomes:
        line = file.line_of(f"- {outcome}:")
        if outcome not in served:
            cause = f"No activity teaches “{outcome}”."
            yield file.finding(line, cause, f'Add outcome="{outcome}" to the one that does, or write one.')
        if outcome in taught_in:
            cause = f"The id “{outcome}” is already an objective of {taught_in[outcome].path}."
            yield file.finding(line, cause, "Give it another id: tests name outcomes of the whole course.")
        taught_in.setdefault(outcome, file)
    yield from _without_outcome(file)


def _without_outcome(file: LessonFile) -> Iterator[Finding]:
    for step in file.lesson.steps:
        if step.activity.kind not in NOT_COUNTED and not step.outcomes:
            cause = f"“{step.id}” serves no outcome."
            yield file.finding(step.line, cause, 'Add outcome="…" with the id of an objective.')


def _tested(course: Course, taught_in: dict[str, LessonFile]) -> Iterator[Finding]:
    tested: set[str] = set()
    for file in course.forms:
        yield from _without_outcome(file)
        for step in file.lesson.steps:
            tested.update(step.outcomes)
            for outcome in step.outcomes:
                if outcome not in taught_in:
                    cause = f"“{step.id}” tests “{outcome}”, which no module teaches."
                    yield file.finding(step.line, cause, "Use the id of an objective of a module.")
        for outcome, text in file.lesson.outcomes.items():
            if outcome in taught_in and text != taught_in[outcome].lesson.outcomes[outcome]:
                cause = f"“{outcome}” is worded differently in {taught_in[outcome].path}."
                yield file.finding(file.line_of(f"- {outcome}:"), cause, "Copy the objective from there.")
    for outcome, file in taught_in.items():
        if outcome not in tested:
            cause = f"No item of a test asks for “{outcome}”."
            cure = f'Add outcome="{outcome}" to an item of the pre- or post-test, or write one.'
            yield file.finding(file.line_of(f"- {outcome}:"), cause, cure)
