"""A learner's message before it is used: what cannot be seen is removed, and what cannot be answered is refused.

A learner's words go to the model as data, so most of what looks like an attack may pass: on a course about prompt
injection people ask about it and paste it. Only a plain demand for the tutor's own instructions is refused
(`extraction`), in the learner's own words and not in what they pasted (`pasted`). What else was noticed is named in
`signals`. Called by `gateway.turn`.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.errors import ScreenError
from xblock_ai_tutor.gateway.sandbox.extraction import demands_instructions, tries_override
from xblock_ai_tutor.gateway.sandbox.pasted import take_apart
from xblock_ai_tutor.gateway.sandbox.smuggling import tries_to_instruct
from xblock_ai_tutor.gateway.sandbox.view import INVISIBLE, view_of

# The longest message, in characters, after what cannot be seen is removed.
MAX_CHARS: Final = 4_000

# Tag characters spell ASCII that nobody sees.
_TAGS: Final = re.compile("[\U000e0020-\U000e007e]")


class Verdict(enum.Enum):
    """What screening decides. A caller that meets anything else must stop: see `may_go_on`."""

    ALLOW = "allow"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """The verdict on a message.

    `reason` is the rule that refused: `empty`, `too_long` or `instruction_extraction`; None when allowed. `stripped`
    counts the characters removed to make `text`. `signals` names what was noticed and let pass: `override`,
    `hidden_text`, `smuggling` (a pasted document tries to instruct an AI).
    """

    verdict: Verdict
    reason: str | None
    text: str
    stripped: int
    signals: tuple[str, ...] = ()


def screen(text: str) -> ScreenResult:
    """Judge a message of the learner's. Never raises on any string."""
    clean = INVISIBLE.sub("", text)
    message = take_apart(clean[:MAX_CHARS])
    # A document without a question is looked at as a question too: there is nothing else that it could be for.
    question = view_of(message.question or clean[:MAX_CHARS]).text
    reason = _reason(clean, question)
    noticed = {
        "override": tries_override(question),
        "hidden_text": _TAGS.search(text) is not None,
        "smuggling": any(tries_to_instruct(view_of(document.text).text) for document in message.documents),
    }
    signals = [name for name, found in noticed.items() if found]
    verdict = Verdict.ALLOW if reason is None else Verdict.REFUSE
    return ScreenResult(verdict, reason, clean, len(text) - len(clean), tuple(signals))


def may_go_on(verdict: Verdict) -> bool:
    """Return whether the turn may go on. Raises `ScreenError` for a verdict that no rule gives: never a pass."""
    if verdict is Verdict.ALLOW:
        return True
    if verdict is Verdict.REFUSE:
        return False
    raise ScreenError("Screening gave an unknown verdict: the turn is stopped.")


def _reason(clean: str, read: str) -> str | None:
    if not clean.strip():
        return "empty"
    if len(clean) > MAX_CHARS:
        return "too_long"
    return "instruction_extraction" if demands_instructions(read) else None
