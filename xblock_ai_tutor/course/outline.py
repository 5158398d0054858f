"""What a course holds and in which order, read from `course.yaml`. Every mistake in it is told at once.

A chapter holds units; a unit is one lesson or one page (a Markdown file such as a job aid). In the platform each unit
is a subsection with one page of its own, so that a learner's place and a due date belong to one thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from xblock_ai_tutor.lesson import Lesson, LessonError, parse_lesson

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_KEY_PART: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_FIGURE: Final = re.compile(r"/static/([A-Za-z0-9][A-Za-z0-9._-]*)")


class CourseError(ValueError):
    """The course cannot be built. `problems` says everything that is wrong and what to do; never empty."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Unit:
    """One lesson (`lesson` is set) or one page. `graded` is an assignment type of the grading policy, or ""."""

    id: str
    title: str
    path: Path
    text: str
    graded: str = ""
    lesson: Lesson | None = None

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the files under /static/ that it shows."""
        return tuple(dict.fromkeys(_FIGURE.findall(self.text)))


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the course, with its units in order."""

    id: str
    title: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A whole course. `weights` are the grading policy's: {assignment type: share of the grade}, together 1."""

    org: str
    number: str
    run: str
    title: str
    language: str
    about: str
    passing: float
    weights: Mapping[str, float]
    chapters: tuple[Chapter, ...]

    @property
    def units(self) -> Iterator[Unit]:
        """Every unit, in order."""
        for chapter in self.chapters:
            yield from chapter.units


@dataclass(slots=True)
class _Reader:
    """Reads one `course.yaml` and collects what is wrong with it."""

    folder: Path
    language: str
    problems: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def add(self, where: str, cause: str) -> None:
        self.problems.append(f"{where}: {cause}")

    def text(self, data: Mapping[str, Any], name: str, where: str, pattern: re.Pattern[str] | None = None) -> str:
        value = data.get(name)
        if not isinstance(value, str) or not value.strip():
            self.add(where, f"{name} is missing; write `{name}: …` as a text.")
            return ""
        if pattern and not pattern.fullmatch(value):
            self.add(where, f"{name} cannot be {value!r}; it must match {pattern.pattern}.")
        return value.strip()

    def entries(self, data: Mapping[str, Any], name: str, where: str) -> list[Mapping[str, Any]]:
        value = data.get(name)
        if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
            self.add(where, f"{name} must be a list of at least one entry with names and values.")
            return []
        return value

    def id(self, data: Mapping[str, Any], where: str) -> str:
        value = self.text(data, "id", where, _ID)
        if value in self.seen:
            self.add(where, f"the id {value!r} is used twice; give each chapter and unit its own.")
        self.seen.add(value)
        return value

    def chapter(self, data: Mapping[str, Any], where: str) -> Chapter:
        found = self.id(data, where)
        units = [
            self.unit(one, f"{where}, unit {number}")
            for number, one in enumerate(self.entries(data, "units", where), 1)
        ]
        return Chapter(found, self.text(data, "title", where), tuple(unit for unit in units if unit))

    def unit(self, data: Mapping[str, Any], where: str) -> Unit | None:
        unknown = sorted(set(data) - {"id", "title", "lesson", "page", "graded"})
        if unknown:
            self.add(where, f"{', '.join(unknown)} is not known; a unit has id, title, lesson or page, and graded.")
        kind = [name for name in ("lesson", "page") if name in data]
        if len(kind) != 1:
            self.add(where, "name one file, as `lesson: …` or as `page: …`.")
            return None
        found = self.id(data, where)
        path = self.file(self.text(data, kind[0], where), where)
        if path is None:
            return None
        text = path.read_text(encoding="utf-8")
        lesson = self.lesson(path, text) if kind[0] == "lesson" else None
        title = str(data.get("title") or (lesson.title if lesson else ""))
        if not title:
            self.add(where, "a page needs a title.")
        return Unit(found, title, path, text, str(data.get("graded") or ""), lesson)

    def file(self, name: str, where: str) -> Path | None:
        """The file, in the wanted language where there is one."""
        if not name:
            return None
        path = self.folder / name
        translated = path.with_suffix(f".{self.language}{path.suffix}")
        for candidate in (translated, path):
            if candidate.is_file() and candidate.resolve().is_relative_to(self.folder.resolve()):
                return candidate
        self.add(where, f"there is no file {name} in {self.folder.name}/.")
        return None

    def lesson(self, path: Path, text: str) -> Lesson | None:
        try:
            return parse_lesson(text)
        except LessonError as error:
            self.problems.extend(f"{path.relative_to(self.folder)}: {problem}" for problem in error.problems)
            return None


def read_course(folder: Path, *, language: str = "") -> Course:
    """Read `course.yaml` in `folder` and the files that it names.

    With a `language` (such as "cy"), `lesson.cy.md` is taken for `lesson.md` where it exists. Raises `CourseError`
    with every problem of the course and of its lessons.
    """
    source = folder / "course.yaml"
    if not source.is_file():
        raise CourseError((f"There is no {source}. It names the course's chapters and their files.",))
    try:
        data = yaml.safe_load(source.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CourseError((f"course.yaml is not YAML in UTF-8: {error}",)) from None
    if not isinstance(data, dict):
        raise CourseError(("course.yaml must be names and values, such as `title: …`.",))
    reader = _Reader(folder, language)
    course = Course(
        org=reader.text(data, "org", "course.yaml", _KEY_PART),
        number=reader.text(data, "number", "course.yaml", _KEY_PART),
        run=reader.text(data, "run", "course.yaml", _KEY_PART),
        title=reader.text(data, "title", "course.yaml"),
        language=language or reader.text(data, "language", "course.yaml", _LANGUAGE),
        about=reader.text(data, "about", "course.yaml"),
        passing=_share(reader, data.get("passing"), "passing"),
        weights=_weights(reader, data.get("grading")),
        chapters=tuple(
            reader.chapter(one, f"chapter {number}")
            for number, one in enumerate(reader.entries(data, "chapters", "course.yaml"), 1)
        ),
    )
    _check_grading(reader, course)
    if reader.problems:
        raise CourseError(tuple(reader.problems))
    return course


def _share(reader: _Reader, value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        reader.add("course.yaml", f"{name} must be a number above 0 and at most 1, such as 0.6.")
        return 1.0
    return float(value)


def _weights(reader: _Reader, value: Any) -> dict[str, float]:
    if not isinstance(value, dict) or not value:
        reader.add("course.yaml", "grading must name at least one assignment type with its share of the grade.")
        return {}
    weights = {str(name): _share(reader, share, f"grading: {name}") for name, share in value.items()}
    if abs(sum(weights.values()) - 1) > 1e-9:
        reader.add("course.yaml", f"the shares under grading add up to {sum(weights.values()):g}; they must make 1.")
    return weights


def _check_grading(reader: _Reader, course: Course) -> None:
    used = {unit.graded for unit in course.units if unit.graded}
    for name in sorted(used - set(course.weights)):
        reader.add("course.yaml", f"a unit is graded as {name!r}, which has no share under grading.")
    for name in sorted(set(course.weights) - used):
        reader.add("course.yaml", f"no unit is graded as {name!r}; nobody could reach the whole grade.")
