"""Whether a module is worth its twenty minutes: enough to do, of several kinds, with hints, words and a job aid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.lesson.front_matter import DEFAULT_PERSONA, PRINCIPLES
from xblock_ai_tutor.lesson.lint.course import Course, LessonFile
from xblock_ai_tutor.lesson.lint.findings import Finding

MINUTES: Final = range(20, 26)
FEWEST_ACTIVITIES: Final = 4
FEWEST_KINDS: Final = 3
FEWEST_HINTS: Final = 3
JOB_AID: Final = "job-aid.md"
JOB_AID_WORDS: Final = 450  # what fits on one printed page with its tables
NOT_COUNTED: Final = ("reading", "reflect")
"""Kinds that every module may have as well: nothing is answered in them that could be right or wrong."""


def check(course: Course) -> Iterator[Finding]:
    """Each module by itself, then the principles and the words of all."""
    for file in course.modules:
        yield from _module(file)
        yield from _hints(file)
        yield from _job_aid(course, file)
    yield from _principles(course)
    yield from _one_word_for_one_thing(course)


def _module(file: LessonFile) -> Iterator[Finding]:
    lesson = file.lesson
    if lesson.minutes not in MINUTES:
        cause = f"The lesson takes {lesson.minutes} minutes; a module takes {MINUTES[0]} to {MINUTES[-1]}."
        yield file.finding(file.line_of("minutes:"), cause, "Divide it, or give it more to do; then correct minutes:.")
    kinds = [step.activity.kind for step in lesson.steps if step.activity.kind not in NOT_COUNTED]
    if len(kinds) < FEWEST_ACTIVITIES or len(set(kinds)) < FEWEST_KINDS:
        cause = f"The lesson has {len(kinds)} activities of {len(set(kinds))} kinds."
        cure = f"A module has at least {FEWEST_ACTIVITIES} of {FEWEST_KINDS}, beside readings and a closing reflect."
        yield file.finding(file.line_of("title:"), cause, cure)
    if not lesson.glossary:
        yield file.finding(
            1, "The lesson has no glossary.", "Add glossary: with the words that a newcomer may not know."
        )
    if lesson.tutor.persona == DEFAULT_PERSONA:
        cause = "The tutor has no persona of its own."
        yield file.finding(
            file.line_of("tutor:"), cause, "Add persona: with what this tutor talks about, and what not."
        )


def _hints(file: LessonFile) -> Iterator[Finding]:
    for step in file.lesson.steps:
        kind, count = step.activity.kind, len(step.activity.hints)
        if kind != "reading" and count < FEWEST_HINTS:
            cause = f"“{step.id}” has {count} hints."
            cure = f"Write at least {FEWEST_HINTS} lines “hint: …”, from a nudge to nearly there."
            yield file.finding(step.line, cause, cure)


def _job_aid(course: Course, file: LessonFile) -> Iterator[Finding]:
    path = file.folder / JOB_AID
    shown = path.relative_to(course.root).as_posix()
    if not path.exists():
        yield Finding(shown, 1, "The module has no job aid.", f"Write {JOB_AID}: one page to print.")
        return
    words = len(path.read_text(encoding="utf-8").split())
    if words > JOB_AID_WORDS:
        cause = f"The job aid has {words} words; it is to fit on one page, at most {JOB_AID_WORDS}."
        yield Finding(shown, 1, cause, "Cut it to what somebody needs at the desk.")


def _principles(course: Course) -> Iterator[Finding]:
    for file in course.modules:
        if not file.lesson.principles:
            cure = "Add principles: with those of P1 to P10 that it serves."
            yield file.finding(1, "The lesson is mapped to no principle.", cure)
    covered = {principle for file in course.modules for principle in file.lesson.principles}
    if course.modules and (missing := [one for one in PRINCIPLES if one not in covered]):
        cause = f"No module serves {', '.join(missing)}."
        yield Finding(".", 1, cause, "Add it to principles: of the module that teaches it.")


def _one_word_for_one_thing(course: Course) -> Iterator[Finding]:
    """A term means the same in every module."""
    first: dict[str, tuple[str, LessonFile]] = {}
    for file in course.modules:
        for term in file.lesson.glossary:
            meaning, where = first.setdefault(term.term.casefold(), (term.meaning, file))
            if meaning != term.meaning:
                cause = f"“{term.term}” has another meaning here than in {where.path}."
                yield file.finding(term.line, cause, "Use the same words for the meaning in both.")
