"""The course's test as events see it: three parallel forms, their questions, items, authored answers and keys.

Repeats the ids of content/tests/*.md, which this wing does not read; a test compares. `sittings` answers it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from analytics_dash.demonstration import lesson, planted
from analytics_dash.demonstration.lesson import Step

TEST_ID: Final = "course-test"
FORMS: Final = ("pre", "post", "delayed")
SOUND: Final = "sound"
FLAGS: Final = ("omission", "wrong-date", "wrong-fact", "invented", "misused", "hidden-instruction")
BINS: Final = ("any", "own", "none")
OPTIONS: Final = ("a", "b", "c", "d")

# The key of each choice in the three forms; an anchor is the same question in all of them.
_KEYS: Final = {
    "anchor-exact-detail": "ccc",
    "task-for-a-model": "cbd",
    "surer": "acb",
    "anchor-unmarked-draft": "aaa",
    "still-a-person": "dac",
    "slip": "bda",
    "less-detail": "cbd",
    "new-tool": "acb",
    "anchor-backwards": "ddd",
    "checkable": "dac",
    "log": "bda",
    "keep": "cbd",
    "anchor-real-case": "bbb",
    "failed-check": "acb",
    "anchor-best-prompt": "ccc",
    "plain-rewrite": "dac",
    "tool-or-talk": "bda",
    "anchor-text-gives-orders": "bbb",
    "other-channel": "cbd",
    "strange-sentence": "acb",
    "reach": "dac",
    "anchor-real-control": "ddd",
    "fair-test": "bda",
    "say-so": "cbd",
    "figures": "acb",
}
# Items and keys of the two questions that have several, in each form, in their order there.
_SEVERAL: Final = {
    "where-to": (
        {"leaflet": "any", "rota": "own", "complaint": "none", "bid": "none"},
        {"petition": "none", "regulation": "any", "report": "none", "minutes": "own"},
        {"plan": "own", "price": "none", "claims": "none", "speech": "any"},
    ),
    "errors": (
        {"lend": "omission", "fee": "omission", "due": "wrong-date", "ringer": SOUND},
        {"checked": SOUND, "borrow": "omission", "ends": "wrong-date", "charge": "omission"},
        {"apply": "omission", "arrive": "wrong-date", "posts": SOUND, "repair": "omission"},
    ),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question of one form: its step, the key of each item, and the planted share of people right before."""

    step: Step
    keys: tuple[str, ...]
    right_before: tuple[float, ...]

    @property
    def is_anchor(self) -> bool:
        """Whether the other forms have the same question."""
        return self.step.id.startswith("anchor-")

    @property
    def asks_confidence(self) -> bool:
        """Whether learners say how sure they are; sorting does not ask."""
        return self.step.kind in {"choice", "spot"}

    @property
    def answers(self) -> tuple[str, ...]:
        """The authored answers that an item can have."""
        return {"choice": OPTIONS, "sort": BINS, "spot": (SOUND, *FLAGS)}[self.step.kind]


def _question(base: str, form: int) -> Question:
    right = planted.RIGHT_BEFORE[base]
    if base in _KEYS:
        name = base if base.startswith("anchor-") else f"{base}-{'abc'[form]}"
        return Question(Step(name, "choice", ("choice",)), (_KEYS[base][form],), right)
    keys = _SEVERAL[base][form]
    kind = "sort" if base == "where-to" else "spot"
    # Items of the forms are as hard as each other kind by kind: the sound statement is the last of `right`.
    wanted = sorted(keys, key=lambda item: keys[item] == SOUND)
    shares = dict(zip(wanted, right, strict=True))
    return Question(
        Step(f"{base}-{'abc'[form]}", kind, tuple(keys)), tuple(keys.values()), tuple(shares[item] for item in keys)
    )


READING: Final = Step("before-you-start", "reading")
QUESTIONS: Final = {
    form: tuple(_question(base, place) for base in planted.RIGHT_BEFORE) for place, form in enumerate(FORMS)
}


def lesson_id(form: str) -> str:
    """Return the id of a form: it is taken like a lesson."""
    return f"{TEST_ID}-{form}"


def lesson_version(form: str) -> str:
    """Return the form's version: 12 hex digits."""
    return hashlib.sha256(lesson_id(form).encode()).hexdigest()[:12]


def block(form: str) -> str:
    """Return the usage key of a form's block."""
    return f"block-v1:{lesson.ORG}+AI101+2026+type@ai_tutor+block@test-{form}"


def right_at(share: float, form: str) -> float:
    """Return the planted share of people right in `form`, for an item of which `share` were right before."""
    gained = planted.NORMALISED_GAIN * (1 - share)
    return share + {"pre": 0.0, "post": 1.0, "delayed": planted.RETAINED}[form] * gained
