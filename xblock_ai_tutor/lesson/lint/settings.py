"""`lint.yaml` beside the modules: which lessons may be harder to read than the others, how much, and why.

Read by `course`, used by `reading`. Without the file the defaults hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from xblock_ai_tutor.lesson import yaml_tree
from xblock_ai_tutor.lesson.lint.findings import Finding
from xblock_ai_tutor.lesson.report import Report
from xblock_ai_tutor.lesson.yaml_tree import List, Map, Node, Text

SETTINGS: Final = "lint.yaml"
READING_GRADE: Final = 7.0  # a school year of the United States; a reading age of 12
_SHAPE: Final = "Write “exceptions:” and below it items with lesson:, grade: and reason:."


@dataclass(frozen=True, slots=True)
class Settings:
    """The limit for every lesson, and {lesson id: its own limit}."""

    reading_grade: float = READING_GRADE
    exceptions: Mapping[str, float] = field(default_factory=dict)

    def grade_for(self, lesson_id: str) -> float:
        """The limit of one lesson."""
        return self.exceptions.get(lesson_id, self.reading_grade)


def read_settings(path: Path, findings: list[Finding]) -> Settings:
    """The settings of a course. What is wrong in the file is a finding, and the default holds there."""
    if not path.exists():
        return Settings()
    report = Report()
    tree = yaml_tree.read(path.read_text(encoding="utf-8"), 0, report)
    exceptions: dict[str, float] = {}
    for name, value in tree.entries.items() if tree else ():
        if name == "exceptions" and isinstance(value, List):
            for item in value.items:
                _exception(item, exceptions, report)
        else:
            report.add(value.line, f"“{name}” cannot be used in {SETTINGS}.", _SHAPE)
    findings.extend(Finding(path.name, one.line, one.cause, one.cure) for one in report.problems)
    return Settings(exceptions=exceptions)


def _exception(item: Node, found: dict[str, float], report: Report) -> None:
    entries = item.entries if isinstance(item, Map) else {}
    values = {name: value.text for name, value in entries.items() if isinstance(value, Text)}
    if set(values) != {"lesson", "grade", "reason"} or not all(values.values()):
        cause = "An exception names its lesson, the grade that it may have, and the reason."
        report.add(item.line, cause, _SHAPE)
        return
    try:
        found[values["lesson"]] = float(values["grade"])
    except ValueError:
        report.add(item.line, f"The grade cannot be {values['grade']}.", "Write a number, such as 8.5.")
