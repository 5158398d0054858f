"""Links and sources: what is linked is listed, once, and what is claimed says where it comes from.

What is listed and not linked is left alone: the tutor may give it. That an address is https is `lesson`'s own rule.
Whether a page is still there is not asked: the check works offline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.lesson.lint.course import Course, LessonFile
from xblock_ai_tutor.lesson.lint.findings import Finding
from xblock_ai_tutor.lesson.lint.words import links_in

# What a reading may not name without a source: an Act with its year, a neutral citation, a citation of a law report.
# Activities are left out, since a note that is to be checked may name what does not exist.
_AUTHORITY: Final = re.compile(
    r"(?:(?<=\s)|^)(?:(?:[A-Z][\w()]+|of|and|the|to) ){1,6}Act \d{4}"
    r"|\[\d{4}\] (?:UK[SH][CL]|EWHC|EWCA(?: Civ| Crim)?) \d+"
    r"|\[\d{4}\] \d{0,2} ?(?:AC|KB|QB|All ER|WLR) \d+"
)
_LEADING: Final = re.compile(r"^(?:(?:of|and|the|to|The|In|Under) )+")


def check(course: Course) -> Iterator[Finding]:
    """Every lesson by itself."""
    for file in (*course.modules, *course.translations, *course.forms):
        yield from _links(file)
    for file in course.modules:
        yield from _sources(file)
        yield from _authorities(file)


def _links(file: LessonFile) -> Iterator[Finding]:
    lesson = file.lesson
    for line, address in links_in(lesson):
        if address not in lesson.links:
            cause = f"{address} is linked here but not listed under links:."
            yield file.finding(line, cause, "List it, so that the tutor may give it too.")
    seen: dict[str, str] = {}
    for address in lesson.links:
        line = file.line_of(f"  - {address}")
        plain = address.rstrip("/").lower()
        if plain in seen:
            yield file.finding(line, f"{address} and {seen[plain]} are one address.", "Keep one of the two.")
        seen[plain] = address


def _sources(file: LessonFile) -> Iterator[Finding]:
    sources = file.lesson.sources
    if not sources:
        yield file.finding(1, "The lesson has no sources.", "Add sources: with title, supports and url of each.")
    titles = set()
    for source in sources:
        line = file.line_of(source.title[:60])
        if not source.supports:
            cause = f"Nothing is cited from “{source.title}”."
            yield file.finding(line, cause, "Say under supports: which claim rests on it, or take it out.")
        if source.title in titles:
            yield file.finding(line, f"“{source.title}” is given twice.", "Keep one, and join what they support.")
        titles.add(source.title)


def _authorities(file: LessonFile) -> Iterator[Finding]:
    """Laws and judgments that a reading names must be among the sources."""
    sources = " ".join(f"{source.title} {source.supports}" for source in file.lesson.sources)
    for step in file.lesson.steps:
        if step.activity.kind != "reading":
            continue
        for passage in step.passages:
            for found in _AUTHORITY.findall(passage.text):
                name = _LEADING.sub("", found)
                if name not in sources and _tail(name) not in sources:
                    cause = f"“{name}” is named here but is not among the sources."
                    yield file.finding(passage.line, cause, "Add it under sources:, with what it supports.")


def _tail(name: str) -> str:
    """The last words of an Act's name: a sentence may put a capital before it, as in “Section 6 Human Rights Act”."""
    return " ".join(name.split()[-4:])
