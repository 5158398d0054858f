"""Whether an answer gives the tutor's instructions away: the canary, or a run of words of the instructions.

Words are compared without case, accents, punctuation, emphasis, numbers of items and invisible characters, over the
ends of sentences too, and also when they are run together. A
sentence in whose end a leak may begin has to wait (`waiting`), so that its first words are not shown either. A
translation, a summary or a code is not seen. Called by `guard`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Final

from xblock_ai_tutor.gateway.sandbox.holding import settled
from xblock_ai_tutor.gateway.sandbox.view import View, view_of, words_of

# This many words of the instructions in a row are a leak; so is a whole short instruction of at least MIN_RUN words.
RUN: Final = 7
MIN_RUN: Final = 5

_EMPHASIS: Final = re.compile(r"[*`~\\]")
_DIGIT: Final = re.compile("[0-9]")
# The number of a list's item, or of a word.
_ITEM: Final = re.compile(r"(?<!\S)[0-9]{1,3}[.)](?:\s+|\Z)")
# Letters set apart.
_APART: Final = re.compile(r"(?<!\S)(?:\w[ \t\n]{1,5}){12,2000}\w?(?!\w)")
_SPACE: Final = re.compile(r"\s+")
_ACCENTS: Final = re.compile("[\u0300-\u036f]+")
# As long as no word is: words that were run together.
_RUN_TOGETHER: Final = 24
_CLAUSE: Final = re.compile(r"[.!?;:\n]")

_Run = tuple[str, ...]


class Leakage:
    """Watches one answer. `check` it sentence by sentence, in order."""

    def __init__(self, canary: str, secrets: Collection[str], public: Iterable[str]) -> None:
        """Watch for `canary` and for runs of words of `secrets` that are not also in a `public` text."""
        self._canary = "".join(_words(canary))
        self._runs, self._beginnings, self._first_words = _prepared(tuple(secrets), tuple(public))
        # How long the ends of what went by are that begin a run of words, and the canary.
        self._open_runs: list[int] = []
        self._open_spellings: list[int] = []
        self._letters = ""
        self._tail: list[str] = []
        # Words and letters of the latest sentences: how far back a run reaches.
        self._counts: list[tuple[int, int]] = []

    def check(self, sentence: str | View) -> str | None:
        """Return the rule that `sentence`, after those before it, breaks: `canary`, `instructions`, or None."""
        new = _words(sentence)
        spelt = "".join(new)
        self._counts = [*self._counts[-2 * RUN :], (len(new), len(spelt))]
        letters = self._letters + spelt
        self._letters = letters[-2 * len(self._canary) :] if self._canary else ""
        words = self._tail + new
        self._tail = words[-(RUN - 1) :]
        self._open_runs = [
            length
            for length in range(len(self._tail), 0, -1)
            if self._tail[-length] in self._first_words and tuple(self._tail[-length:]) in self._beginnings
        ]
        self._open_spellings = list(self._begun_spellings())
        if self._canary and (self._canary in letters or self._is_escaped(sentence)):
            return "canary"
        if new and len(max(new, key=len)) > _RUN_TOGETHER and any(map(self._holds_run, new)):
            return "instructions"
        # A run is looked for only where its first words are: mostly three of them tell.
        if (
            not self._beginnings.isdisjoint(zip(words, words[1:], words[2:], strict=False))
            and not self._beginnings.isdisjoint(_ngrams(words, MIN_RUN))
            and any(not self._runs.isdisjoint(_ngrams(words, length)) for length in range(MIN_RUN, RUN + 1))
        ):
            return "instructions"
        return None

    def _is_escaped(self, sentence: str | View) -> bool:
        """Tell whether the canary stands in the sentence with a backslash before letters that would be escapes."""
        given = sentence if isinstance(sentence, str) else sentence.given
        return "\\" in given and self._canary in "".join(words_of(given.replace("\\", "")))

    def _holds_run(self, word: str) -> bool:
        """Tell whether the words of a run stand in `word` with nothing between them."""
        return any(run[0] in word and "".join(run) in word for run in self._runs)

    def _begun_spellings(self) -> Iterator[int]:
        """Yield how long the ends of the letters are with which the canary begins, the longest first."""
        letters, canary = self._letters, self._canary
        at = letters.find(canary[:1], max(0, len(letters) - len(canary) + 1)) if canary else -1
        while at >= 0:
            if canary.startswith(letters[at:]):
                yield len(letters) - at
            at = letters.find(canary[0], at + 1)

    def waiting(self, ahead: str) -> int:
        """Return how many of the last sentences a leak may begin in that goes on in `ahead`, which may still grow."""
        if not self._open_runs and not self._open_spellings:
            return 0
        words = _words(settled(ahead))
        return max(self._sentences(0, self._open_words(words)), self._sentences(1, self._open_letters("".join(words))))

    def _open_words(self, ahead: list[str]) -> int:
        for length in self._open_runs:
            if (*self._tail[-length:], *ahead[: RUN - length]) in self._beginnings:
                return length
        return 0

    def _open_letters(self, ahead: str) -> int:
        for length in self._open_spellings:
            spelt = (self._letters[-length:] + ahead)[: len(self._canary)]
            if self._canary.startswith(spelt):
                return length
        return 0

    def _sentences(self, kind: int, reach: int) -> int:
        """Return how many sentences the last `reach` words (kind 0) or letters (kind 1) go back over."""
        if reach == 0:
            return 0
        for back, counts in enumerate(reversed(self._counts), 1):
            reach -= counts[kind]
            if reach <= 0:
                return back
        return len(self._counts)


@lru_cache(maxsize=64)
def _prepared(
    secrets: tuple[str, ...], public: tuple[str, ...]
) -> tuple[frozenset[_Run], frozenset[_Run], frozenset[str]]:
    """The runs of words that are a leak, every beginning of one, and their first words: the same for each turn."""
    runs: set[_Run] = set()
    for text in secrets:
        runs.update(_ngrams(_words(text), RUN))
        for clause in _CLAUSE.split(text):
            words = _words(clause)
            if MIN_RUN <= len(words) < RUN:
                runs.add(tuple(words))
    for text in public:
        words = _words(text)
        for length in range(MIN_RUN, RUN + 1):
            runs.difference_update(_ngrams(words, length))
    beginnings = frozenset(run[:length] for run in runs for length in range(1, len(run) + 1))
    return frozenset(runs), beginnings, frozenset(run[0] for run in runs)


def _words(text: str | View) -> list[str]:
    view = view_of(text)
    plain = _EMPHASIS.sub("", view.text)
    if _DIGIT.search(plain):
        plain = _ITEM.sub("", plain)
    if _APART.search(plain):
        plain = _APART.sub(lambda match: _SPACE.sub("", match[0]) + " ", plain)
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    return view.words if plain == view.text else words_of(plain)


def _ngrams(words: list[str], length: int) -> list[_Run]:
    return [tuple(words[i : i + length]) for i in range(len(words) - length + 1)]
