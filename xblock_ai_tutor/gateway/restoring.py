"""A stored turn in the learner's own words again: opened, and their own values in the place of the placeholders.

Only for the learner themselves: `transcript` shows it, `records` hands it over, `settlement` tells an answer again.
What others may see (`opinions`) keeps its placeholders.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from xblock_ai_tutor.gateway.sandbox.redact import Placeholders
from xblock_ai_tutor.gateway.services import Services
from xblock_ai_tutor.gateway.store.tables import Turn


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """Both sides of a turn; empty where nothing was kept. The answer has its citation markers (`[p-1a2b3c4d]`)."""

    at: str  # when it was asked: ISO 8601, UTC
    question: str
    answer: str


def placeholders_of(services: Services, sealed: bytes | None) -> Placeholders:
    """A conversation's placeholders, as they are stored."""
    return Placeholders.from_json(services.decrypt(sealed)) if sealed else Placeholders()


def restored(services: Services, turn: Turn, placeholders: Placeholders) -> Words:
    """What was said in `turn`; `placeholders` are its conversation's."""
    return Words(
        at=dt.datetime.fromtimestamp(turn.at_ms / 1000, dt.UTC).isoformat(timespec="seconds"),
        question=placeholders.restore(services.decrypt(turn.question_cipher)),
        answer=placeholders.restore(services.decrypt(turn.answer_cipher)),
    )
