"""What the course's lessons and steps are called, in every language there is: for the dashboard, which knows ids alone.

`./scripts/build-course --titles FILE` writes it, `adoption release build --titles FILE` takes it into a release.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from xblock_ai_tutor.course.outline import read_course

_TRANSLATED: Final = re.compile(r"\.([a-z]{2,3}(?:-[A-Z]{2})?)\.md")


def titles_json(folder: Path) -> str:
    """Return {lesson: {"title": {language: text}, "steps": {step: {language: text}}}} as JSON.

    The course's own language comes first, the others in alphabetical order. Raises as `read_course`.
    """
    found: dict[str, dict[str, Any]] = {}
    names = (_TRANSLATED.search(file.name) for file in folder.rglob("*.md"))
    for language in ("", *sorted({name[1] for name in names if name})):
        for unit in read_course(folder, language=language).units:
            if unit.lesson is None:
                continue
            lesson = unit.lesson
            entry = found.setdefault(lesson.id, {"title": {}, "steps": {}})
            entry["title"].setdefault(lesson.language, lesson.title)
            for step in lesson.steps:
                if step.title:
                    entry["steps"].setdefault(step.id, {}).setdefault(lesson.language, step.title)
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
