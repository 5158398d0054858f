"""Reads a content folder into what the checks look at: modules, their translations and neighbours, forms of tests.

A lesson is any Markdown file that starts with front matter. One with `form:` is a form of a test; one in another
language is a translation and stands beside its English lesson; every other one is a module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from xblock_ai_tutor.lesson import Lesson, LessonError, parse_lesson
from xblock_ai_tutor.lesson.lint.findings import Finding
from xblock_ai_tutor.lesson.lint.settings import SETTINGS, Settings, read_settings


@dataclass(frozen=True)
class LessonFile:
    """A lesson and where it stands: `path` is below the content folder, `folder` on the disk."""

    path: str
    folder: Path
    lesson: Lesson

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of the file."""
        return tuple(self.lesson.source.split("\n"))

    def line_of(self, *signs: str) -> int:
        """The 1-based line on which the first of the signs that occurs stands; 1 when none does."""
        for sign in signs:
            for number, line in enumerate(self.lines, 1):
                if sign in line:
                    return number
        return 1

    def finding(self, line: int, cause: str, cure: str) -> Finding:
        """A finding in this file."""
        return Finding(self.path, line, cause, cure)


@dataclass(frozen=True)
class Course:
    """All lessons that could be read, and what was wrong with those that could not."""

    root: Path
    modules: tuple[LessonFile, ...] = ()
    translations: tuple[LessonFile, ...] = ()
    forms: tuple[LessonFile, ...] = ()
    settings: Settings = field(default_factory=Settings)
    findings: tuple[Finding, ...] = ()

    def original(self, translation: LessonFile) -> LessonFile | None:
        """The English lesson of a translation: the one with its id, in the same folder if there are several."""
        same = [one for one in (*self.modules, *self.forms) if one.lesson.id == translation.lesson.id]
        beside = [one for one in same if one.folder == translation.folder]
        return next(iter([*beside, *same]), None)


def read_course(root: Path) -> Course:
    """Read every lesson below a folder. Files that cannot be read as lessons become findings."""
    findings: list[Finding] = []
    files = list(_lesson_files(root, findings))
    translations = tuple(one for one in files if _is_translation(one))
    forms = tuple(one for one in files if one.lesson.form is not None and one not in translations)
    modules = tuple(one for one in files if one not in translations and one not in forms)
    settings = read_settings(root / SETTINGS, findings)
    if not modules:
        cure = "Put each lesson into modules/NN-name/lesson.md, and give lint-content the folder above modules."
        findings.append(Finding(".", 1, "There is no lesson here.", cure))
    return Course(root, modules, translations, forms, settings, tuple(findings))


def _is_translation(file: LessonFile) -> bool:
    return bool(file.lesson.translation_of) or file.lesson.language.split("-")[0] != "en"


def _lesson_files(root: Path, findings: list[Finding]) -> Iterator[LessonFile]:
    for path in sorted(root.rglob("*.md")):
        shown = path.relative_to(root).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            findings.append(Finding(shown, 1, "This file is not UTF-8 text.", "Save it as UTF-8."))
            continue
        if not (text.startswith("---") or path.name == "lesson.md"):
            continue  # a page for people, such as a job aid
        try:
            yield LessonFile(shown, path.parent, parse_lesson(text))
        except LessonError as error:
            findings.extend(Finding(shown, one.line, one.cause, one.cure) for one in error.problems)
