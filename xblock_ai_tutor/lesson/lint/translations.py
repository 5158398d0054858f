"""Translations that have fallen behind: made from an older English version, or with other steps, answers or marks.

Words may differ, and nothing else. What must be the same is read from the source of each step, line by line: what opens
it, what is marked how, where a scenario leads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from xblock_ai_tutor.lesson import Step
from xblock_ai_tutor.lesson.lint.course import Course, LessonFile
from xblock_ai_tutor.lesson.lint.findings import Finding

_TITLE: Final = re.compile(r'\s+title="[^"]*"')
# What stands at the start of a line and is no word: an item's mark and id, a place, an id, a scene, a wrong place.
_MARKS: Final = (
    re.compile(r"- \[[^\]]*\]\s*\{[^}]*\}"),
    re.compile(r"- \([a-z0-9-]+\)"),
    re.compile(r"- \{[a-z0-9-]+\}"),
    re.compile(r"###\s*\{[^}]*\}"),
    re.compile(r"\s+- \([a-z0-9-]+\)(?:\s+[1-5](?=\s))?"),
    re.compile(r"\s*(?:where|found):.*"),
    re.compile(r"hint:"),
)
_INSIDE: Final = re.compile(r"(?:->|→)\s*[a-z0-9-]+\s*$|/static/[\w.-]+|(?<![\w$])\{[a-z0-9-]+\}")


def check(course: Course) -> Iterator[Finding]:
    """Each translation beside its English lesson."""
    for file in course.translations:
        original = course.original(file)
        if original is None:
            cause = f"There is no English lesson with the id “{file.lesson.id}”."
            yield file.finding(
                file.line_of("id:"), cause, "Give the translation the id of the lesson it was made from."
            )
            continue
        yield from _version(file, original)
        yield from _head(file, original)
        yield from _steps(file, original)


def _version(file: LessonFile, original: LessonFile) -> Iterator[Finding]:
    line = file.line_of("translation_of:")
    current = original.lesson.version
    if not file.lesson.translation_of:
        yield file.finding(1, "The translation does not say what it was made from.", f"Add translation_of: {current}")
    elif file.lesson.translation_of != current:
        cause = f"The English lesson is now version {current}."
        cure = f"Bring the translation up to date with {original.path}, then change translation_of:."
        yield file.finding(line, cause, cure)
    if not file.lesson.status:
        yield file.finding(1, "The translation does not say who made it.", "Add status: machine-drafted or reviewed.")
    if file.lesson.language == original.lesson.language:
        yield file.finding(
            file.line_of("language:"), "The translation has the language of its original.", "Write its own."
        )


def _head(file: LessonFile, original: LessonFile) -> Iterator[Finding]:
    for name, here, there in (
        ("objectives:", tuple(file.lesson.outcomes), tuple(original.lesson.outcomes)),
        ("principles:", file.lesson.principles, original.lesson.principles),
        ("minutes:", file.lesson.minutes, original.lesson.minutes),
    ):
        if here != there:
            cause = f"{name} has not what it has in {original.path}."
            yield file.finding(file.line_of(name), cause, "Translate the words, and keep ids, order and numbers.")


def _steps(file: LessonFile, original: LessonFile) -> Iterator[Finding]:
    here, there = [[step.id for step in one.lesson.steps] for one in (file, original)]
    if here != there:
        first = next((a or b for a, b in zip_longest(here, there) if a != b), "")
        cause = f"The steps are not those of {original.path}, from “{first}” on."
        yield file.finding(file.line_of(f'id="{first}"'), cause, "Give it the same steps in the same order.")
        return
    for step, english in zip(file.lesson.steps, original.lesson.steps, strict=True):
        yield from _same(file, step, english)


def _same(file: LessonFile, step: Step, english: Step) -> Iterator[Finding]:
    """The first thing in a step that differs and is no word."""
    language = file.lesson.language
    pairs = zip_longest(_skeleton(step, language), _skeleton(english, ""), fillvalue=(step.line, "nothing"))
    for (line, here), (_, there) in pairs:
        if here != there:
            cause = f"Here stands “{here}” where the English “{english.id}” has “{there}”."
            yield file.finding(line, cause, "Translate the words alone: ids, marks, targets and hints stay.")
            return


def _skeleton(step: Step, language: str) -> list[tuple[int, str]]:
    """(line, what it holds beside words) of a step, in order; between two marks in any, as grammar and wrapping ask.

    A figure with words in it has its own file in each language: `dial-cy.svg` is the Welsh `dial.svg`.
    """
    body = step.source.lstrip("\n").split("\n")
    found = [(step.line, _TITLE.sub("", body[0]).strip())]
    waiting: list[tuple[int, str]] = []
    for number, line in enumerate(body[1:], step.line + 1):
        mark = next((fits[0] for mark in _MARKS if (fits := mark.match(line))), "")
        if mark:
            found += sorted(waiting, key=_what)
            found.append((number, " ".join(mark.split())))
            waiting.clear()
        inside = _INSIDE.findall(line.removeprefix(mark))
        waiting += [(number, re.sub(rf"-{re.escape(language)}(\.\w+)$", r"\1", one)) for one in inside]
    return found + sorted(waiting, key=_what)


def _what(one: tuple[int, str]) -> str:
    return one[1]
