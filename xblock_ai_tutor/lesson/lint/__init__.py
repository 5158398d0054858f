"""What a course promises beyond lessons that can be read: outcomes, sources, plain words, hints, evaluation sets.

`course` reads the folder, each module beside it checks one promise, `CHECKS` lists them, `cli` is the command
`lint-content`. Works in the light install, on files alone; nothing here is called while a learner is served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from xblock_ai_tutor.lesson.lint import (
    activities,
    evaluation,
    figures,
    forms,
    guessing,
    links,
    outcomes,
    reading,
    translations,
)
from xblock_ai_tutor.lesson.lint.course import Course, read_course
from xblock_ai_tutor.lesson.lint.findings import Finding

__all__ = ["CHECKS", "Finding", "lint"]

CHECKS: Final[tuple[Callable[[Course], Iterator[Finding]], ...]] = (
    activities.check,
    outcomes.check,
    forms.check,
    guessing.check,
    links.check,
    reading.check,
    figures.check,
    translations.check,
    evaluation.check,
)
"""Each looks at one promise of the course. They do not depend on each other's order."""


def lint(root: Path) -> tuple[Finding, ...]:
    """Everything that is wrong with the course in a folder, ordered by file and line; () when nothing is.

    Never raises for what authors wrote. Raises `OSError` when the folder cannot be read.
    """
    course = read_course(root)
    found = set(course.findings)
    for check in CHECKS:
        found.update(check(course))
    return tuple(sorted(found))
