"""Whether an answer gives the tutor's instructions away: the canary, or a run of words of the instructions.

Words are compared without case, punctuation, emphasis and invisible characters, over the ends of sentences too. A
translation, a summary or a code is not seen. Called by `guard`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable
from typing import Final

from xblock_ai_tutor.gateway.sandbox.view import view_of

# This many words of the instructions in a row are a leak; so is a whole short instruction of at least MIN_RUN words.
RUN: Final = 7
MIN_RUN: Final = 5

_WORD: Final = re.compile(r"[^\W_]+")
_EMPHASIS: Final = re.compile(r"[*_`~\\]")
_CLAUSE: Final = re.compile(r"[.!?;:\n]")


class Leakage:
    """Watches one answer. `check` it sentence by sentence, in order."""

    def __init__(self, canary: str, secrets: Collection[str], public: Iterable[str]) -> None:
        """Watch for `canary` and for runs of words of `secrets` that are not also in a `public` text."""
        self._canary = "".join(_words(canary))
        self._runs = _runs(tuple(secrets), tuple(public))
        self._letters = ""
        self._tail: list[str] = []

    def check(self, sentence: str) -> str | None:
        """Return the rule that `sentence`, after those before it, breaks: `canary`, `instructions`, or None."""
        words = _words(sentence)
        letters = self._letters + "".join(words)
        self._letters = letters[-2 * len(self._canary) :] if self._canary else ""
        words = self._tail + words
        self._tail = words[-(RUN - 1) :]
        if self._canary and self._canary in letters:
            return "canary"
        if any(not runs.isdisjoint(_ngrams(words, length)) for length, runs in self._runs.items()):
            return "instructions"
        return None


def _words(text: str) -> list[str]:
    return _WORD.findall(_EMPHASIS.sub("", view_of(text).text).casefold())


def _ngrams(words: list[str], length: int) -> list[str]:
    return [" ".join(words[i : i + length]) for i in range(len(words) - length + 1)]


@functools.lru_cache(maxsize=64)
def _runs(secrets: tuple[str, ...], public: tuple[str, ...]) -> dict[int, set[str]]:
    """Return the runs of words that are a leak, by their length. Kept: they are the same at each turn of a lesson."""
    runs: dict[int, set[str]] = {RUN: set()}
    for text in secrets:
        runs[RUN].update(_ngrams(_words(text), RUN))
        for clause in _CLAUSE.split(text):
            words = _words(clause)
            if MIN_RUN <= len(words) < RUN:
                runs.setdefault(len(words), set()).add(" ".join(words))
    for text in public:
        for length in runs:
            runs[length] -= set(_ngrams(_words(text), length))
    return runs
