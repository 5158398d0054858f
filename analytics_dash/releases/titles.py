"""What lessons and their steps are called: a file that goes into a release when it is built.

Events carry ids alone, so nothing in the warehouse has a title. The course's author has them, and
`./scripts/build-course --titles FILE` writes them down. They become a part of the release, signed with it: a page, an
export and the API then say the same, a report of an old release stays the same byte for byte after a title is
corrected, and the server needs no course. Called by the command line and by the demonstration.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from analytics_dash.i18n import _
from analytics_dash.releases.errors import TitlesError

Titles = Mapping[str, Mapping[str, Any]]
"""{lesson: {"title": {language: text}, "steps": {step: {language: text}}}}; the first language is the author's."""

LONGEST: Final = 200
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def read_titles(path: Path) -> Titles:
    """Return what the file says. Raises `TitlesError` for a file that cannot be read or has another form."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise TitlesError(_("{path} cannot be read as a file of titles (JSON).").format(path=path)) from error
    if not isinstance(found, dict) or not all(_id(lesson) and _lesson(entry) for lesson, entry in found.items()):
        raise TitlesError(
            _("{path} is not a file of titles; ./scripts/build-course --titles FILE makes one.").format(path=path)
        )
    return found


def of_lessons(titles: Titles, lessons: Collection[str]) -> dict[str, Any]:
    """The titles of those lessons alone, by id."""
    return {lesson: titles[lesson] for lesson in sorted(titles) if lesson in lessons}


def _lesson(entry: object) -> bool:
    if not isinstance(entry, dict) or set(entry) != {"title", "steps"} or not isinstance(entry["steps"], dict):
        return False
    return _texts(entry["title"]) and all(_id(step) and _texts(texts) for step, texts in entry["steps"].items())


def _id(text: str) -> bool:
    return bool(_ID.fullmatch(text))


def _texts(found: object) -> bool:
    return (
        isinstance(found, dict)
        and bool(found)
        and all(
            _LANGUAGE.fullmatch(language) and isinstance(text, str) and 0 < len(text) <= LONGEST and text.isprintable()
            for language, text in found.items()
        )
    )
