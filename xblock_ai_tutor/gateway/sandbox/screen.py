"""A learner's message before it is used: invisible characters removed, and a verdict. Called by `gateway.turn`."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.sandbox.view import INVISIBLE

MAX_CHARS: Final = 4_000


class Verdict(enum.Enum):
    """What screening decides. A caller that meets anything else must stop."""

    ALLOW = "allow"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """`reason` is the rule that refused (None when allowed); `stripped` counts the characters removed from `text`."""

    verdict: Verdict
    reason: str | None
    text: str
    stripped: int


_EXTRACTION = re.compile(
    r"(?i)\b(?:repeat|print|show|reveal|output|display|tell|give|leak|what (?:is|are))\b[^.?!\n]{0,40}"
    r"\b(?:your|the) (?:system|initial|hidden|secret|original|developer) (?:prompt|instructions?|message)\b"
)


def screen(text: str) -> ScreenResult:
    """Judge a message of the learner's. Never raises on any string."""
    clean, stripped = INVISIBLE.subn("", text)
    reason = None
    if not clean.strip():
        reason = "empty"
    elif len(clean) > MAX_CHARS:
        reason = "too_long"
    elif _EXTRACTION.search(clean):
        reason = "instruction_extraction"
    return ScreenResult(Verdict.REFUSE if reason else Verdict.ALLOW, reason, clean, stripped)
