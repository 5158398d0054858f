"""Figures: each file that a lesson shows is there and described in words, and none lies about unused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from xblock_ai_tutor.lesson.lint.course import Course, LessonFile
from xblock_ai_tutor.lesson.lint.findings import Finding
from xblock_ai_tutor.lesson.lint.words import images_in

STATIC: Final = "static"
SHORTEST_ALT: Final = 20  # characters: less names a picture and does not say what it shows


def check(course: Course) -> Iterator[Finding]:
    """Every lesson's figures, then the files in each `static` folder."""
    shown: set[Path] = set()
    for file in (*course.modules, *course.translations, *course.forms):
        for line, address, alt in images_in(file.lesson):
            path = file.folder / address.lstrip("/")
            shown.add(path)
            yield from _figure(file, line, path, alt)
    for folder in sorted({file.folder / STATIC for file in (*course.modules, *course.forms)}):
        for path in sorted(folder.glob("*")):
            if path not in shown:
                cure = "Show it in the lesson, or delete it."
                yield Finding(path.relative_to(course.root).as_posix(), 1, "No lesson shows this file.", cure)


def _figure(file: LessonFile, line: int, path: Path, alt: str) -> Iterator[Finding]:
    if not path.exists():
        yield file.finding(line, f"There is no file {STATIC}/{path.name}.", "Put it into the folder beside the lesson.")
    if len(alt.strip()) < SHORTEST_ALT or alt.strip() == path.name:
        cause = f"The alt text “{alt.strip()}” does not say what the figure shows."
        yield file.finding(line, cause, "Say in one or two sentences what somebody who cannot see it would miss.")
