"""The answer on its way to the learner: nothing leaves that was not checked, sentence by sentence. Called by `gateway.turn`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from xblock_ai_tutor.gateway.sandbox.msgid import _
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders

LEFT_OUT = _("[A sentence was left out because it did not pass a check.]")


@dataclass(frozen=True, slots=True)
class GuardedText:
    """Markdown text that may be shown. The texts of an answer, joined, are the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class GuardedCitation:
    """A citation that stands between the texts before and after it; `marker` is its form in Markdown."""

    passage_id: str

    @property
    def marker(self) -> str:
        """`[p-1a2b3c4d]`, as `html.answer_html` reads it."""
        return f"[{self.passage_id}]"


@dataclass(frozen=True, slots=True)
class GuardAction:
    """Something was left out or removed: by which rule, and a detail that never holds text of the answer."""

    rule: str
    detail: str


Guarded: TypeAlias = GuardedText | GuardedCitation | GuardAction

_CITATION = re.compile(r"\s?\[(p-[0-9a-f]{8})\]")
_SENTENCE = re.compile(r"(?s).{0,600}?[.!?\n]\s+(?=[^\s\[])")


class Guard:
    """Checks one answer. Feed it what the model streams; show only what it yields."""

    def __init__(
        self,
        passages: Mapping[str, str],
        links: Collection[str],
        canary: str,
        secrets: Collection[str],
        placeholders: Placeholders,
        learner_text: str,
        gettext: Callable[[str], str] = str,
    ) -> None:
        self._passages = passages
        self._links = links
        self._canary = canary
        self._gettext = gettext
        self._buffer = ""
        self._said = False

    def feed(self, delta: str) -> Iterator[Guarded]:
        """Take the next piece of the answer and yield what has passed by now."""
        self._buffer += delta
        while match := _SENTENCE.match(self._buffer):
            self._buffer = self._buffer[match.end() :]
            yield from self._check(match[0])

    def finish(self) -> Iterator[Guarded]:
        """Yield what is left when the answer has ended."""
        rest, self._buffer = self._buffer, ""
        if rest:
            yield from self._check(rest)

    def _check(self, sentence: str) -> Iterator[Guarded]:
        if self._canary and self._canary in sentence:
            yield from self._drop("canary")
            return
        if any(m[1] not in self._passages for m in _CITATION.finditer(sentence)):
            yield from self._drop("unknown_citation")
            return
        at = 0
        for match in _CITATION.finditer(sentence):
            if match.start() > at:
                yield GuardedText(sentence[at : match.start()])
            yield GuardedCitation(match[1])
            at = match.end()
        if at < len(sentence):
            yield GuardedText(sentence[at:])

    def _drop(self, rule: str) -> Iterator[Guarded]:
        yield GuardAction(rule, "")
        if not self._said:
            self._said = True
            yield GuardedText(self._gettext(LEFT_OUT) + " ")
