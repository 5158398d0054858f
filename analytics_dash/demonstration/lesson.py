"""The lesson that the demonstration's learners take: its ids, steps and marks, before and after it was rewritten.

Only what events carry; the text of a lesson has no place here. `behaviour` answers its steps, `feeds` name them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final

from analytics_dash.demonstration import planted

ORG: Final = "DemoGov"
COURSE: Final = f"course-v1:{ORG}+AI101+2026"
LESSON_ID: Final = "demonstration-sources"
LESSON_BLOCK: Final = f"block-v1:{ORG}+AI101+2026+type@ai_tutor+block@lesson1"
TEST_BLOCK: Final = f"block-v1:{ORG}+AI101+2026+type@problem+block@posttest1"
TEST_SECTION: Final = f"block-v1:{ORG}+AI101+2026+type@sequential+block@section1"
TEST_POSSIBLE: Final = 10


@dataclass(frozen=True, slots=True)
class Step:
    """A step as events see it. `items` are the ids of what is marked: one mark each, none for a reading."""

    id: str
    kind: str
    items: tuple[str, ...] = ()

    @property
    def possible(self) -> int:
        """Marks that can be earned."""
        return len(self.items)


STEPS: Final = (
    Step("what-it-is", "reading"),
    Step("before-you-paste", "choice", ("choice",)),
    Step("who-decides", "choice", ("choice",)),
    Step("check-the-note", "spot", ("case-1", "case-2", "case-3", "case-4")),
)
POSSIBLE: Final = sum(step.possible for step in STEPS)
OPTIONS: Final = {"choice": ("a", "b", "c"), "spot": ("reliable", "invented", "misused")}


def lesson_version(day: date) -> str:
    """Return the version that a learner who starts on `day` gets: 12 hex digits."""
    return lesson_address(day)[:12]


def lesson_address(day: date) -> str:
    """Return the content address (SHA-256) that the tutor gateway knows the lesson by on `day`."""
    text = "second" if day >= planted.LESSON_FIXED_ON else "first"
    return hashlib.sha256(f"{LESSON_ID}, {text} edition".encode()).hexdigest()
