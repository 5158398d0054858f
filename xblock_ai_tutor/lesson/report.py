"""What every reader of a part of a lesson shares: numbered lines, the collection of problems, ids, suggestions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.lesson.model import Problem

MAX_ID: Final = 64  # characters
MAX_PROBLEMS: Final = 100
ID_CURE: Final = (
    f"Use small letters a–z, digits and single hyphens, starting with a letter, at most {MAX_ID} characters, "
    "like first-look."
)
_ID: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, without its newline, and its 1-based number."""

    number: int
    text: str


class Report:
    """Collects problems while a lesson is read, so that the author sees all of them at once."""

    def __init__(self) -> None:
        self._problems: set[Problem] = set()

    def add(self, line: int, cause: str, cure: str) -> None:
        """Note one problem at a 1-based line of the file."""
        self._problems.add(Problem(line, cause, cure))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems, ordered by line: all of them, or the first hundred and how many are left."""
        found = sorted(self._problems)
        if len(found) > MAX_PROBLEMS:
            more = f"From here on there are {len(found) - MAX_PROBLEMS:,} more problems."
            return (*found[:MAX_PROBLEMS], Problem(found[MAX_PROBLEMS].line, more, "Repair those above first."))
        return tuple(found)


def is_id(text: str) -> bool:
    """Whether a text can be the id of a lesson, step or item. No id holds two hyphens in a row."""
    return len(text) <= MAX_ID and _ID.fullmatch(text) is not None


def shortened(text: str, limit: int = 60) -> str:
    """A text short enough to show in a message."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def did_you_mean(written: str, known: Iterable[str], shape: str = "{}") -> str:
    """The words " Did you mean …?" for the nearest of the known names; "" when none is near."""
    near = difflib.get_close_matches(written[:60].lower(), [name for name in known if name], n=1, cutoff=0.5)
    return f" Did you mean {shape.format(near[0])}?" if near else ""
