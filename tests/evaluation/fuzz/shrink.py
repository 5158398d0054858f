"""The shortest text that shows a miss: parts of the message are taken away in turn, while it still goes out.

Every try is a turn of its own through the same gateway, in a conversation of its own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from tests.evaluation.fuzz.conversations import Conversation, Message, conversation
from tests.evaluation.fuzz.drive import Run
from tests.evaluation.fuzz.recorder import WentOut

MOST_TRIES: Final = 120
_FIRST: Final = 10_000_000  # numbers of conversations that no run has
_PARTS: Final = (r"(?<=\n\n)", r"(?<=\n)", r"(?<=[.!?;] )", r"(?<= )")


class Shrinker:
    """Tries texts on a running gateway."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._tries = 0

    def shortest(self, miss: WentOut) -> tuple[str, ...]:
        """The messages that show the miss: as a rule one, else all of its conversation up to it."""
        whole = conversation(self._run.seed, miss.conversation)
        before, last = whole.messages[: miss.message], whole.messages[miss.message]
        self._tries = 0
        if not self._goes_out(whole, miss, (last.text,)):
            return tuple(message.text for message in (*before, last))
        text = last.text
        for parts in _PARTS:
            text = self._without(whole, miss, text, re.compile(parts))
        return (text,)

    def _without(self, whole: Conversation, miss: WentOut, text: str, parts: re.Pattern[str]) -> str:
        """The text without each part that it does not need, larger runs of parts first."""
        pieces = parts.split(text)
        size = max(1, len(pieces) // 2)
        while size and self._tries < MOST_TRIES:
            at = 0
            while at < len(pieces) and self._tries < MOST_TRIES:
                shorter = pieces[:at] + pieces[at + size :]
                if miss.planted.written in "".join(shorter) and self._goes_out(whole, miss, ("".join(shorter),)):
                    pieces = shorter
                else:
                    at += size
            size //= 2
        return "".join(pieces)

    def _goes_out(self, whole: Conversation, miss: WentOut, texts: tuple[str, ...]) -> bool:
        self._tries += 1
        number = _FIRST + miss.conversation * 1000 + self._tries
        like = whole.messages[miss.message]
        # Not as a look for a passage, which asks no model: what it leaves in the history goes out a message later.
        intent = "ask" if like.intent == "where" else like.intent
        messages = tuple(Message(text, intent, like.step, (miss.planted,)) for text in texts)
        quiet = replace(self._run, planted=self._run.planted.copy(), failures=[])  # a try is no turn of the run
        quiet.converse(replace(whole, number=number, usage="shrink", messages=messages))
        found = (number, miss.planted.kind, miss.planted.value)
        return self._run.ledger.went_out.pop(found, None) is not None
