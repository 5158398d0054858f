"""Personal data in an answer that is neither the learner's nor the lesson's. Called by `guard`.

A sentence in whose end an identifier may begin has to wait (`waiting`), so that its first part is not shown either.

An identifier may stand in an answer when the learner's text, a passage or one of the conversation's placeholders holds
it. A name may when each of its words does. A placeholder may when it was given out.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from xblock_ai_tutor.gateway.sandbox.holding import REACH, Border
from xblock_ai_tutor.gateway.sandbox.placeholders import LOOK_ALIKE, Placeholders
from xblock_ai_tutor.gateway.sandbox.redact import ENTITY_LABELS, Entity, entity_key, find_entities
from xblock_ai_tutor.gateway.sandbox.view import View, view_of

_SPACE: Final = re.compile(r"\s+")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "lord", "lady"})
_TYPES: Final = frozenset(kind.replace("_", " ") for kind in ENTITY_LABELS)
_BRACKETS: Final = re.compile(r"[\[{<【〔]")
# What a model may take a type to be called.
_SHORT: Final = frozenset({"name", "phone number", "nino", "ni number", "card", "passport number", "address"})
_PLACEHOLDER_WORDS: Final = _TYPES | _SHORT | {"text"}
# Written like a placeholder, or nearly: in other brackets, with other signs.
_WRITTEN_LIKE: Final = re.compile(
    r"[\[{<【〔]{1,2}[ *_]{0,3}((?:[Ee]-)?[A-Za-z]{2,10}(?:[ _][A-Za-z]{2,12}){0,2})"
    r"[ _\-:#*]{0,3}([0-9]{1,9})[ *_]{0,3}[\]}>】〕]"
)


class Ownership:
    """Knows what one conversation may mention. `check` its answer sentence by sentence, in order."""

    def __init__(self, said: str, lesson: Iterable[str], placeholders: Placeholders) -> None:
        """What the learner has `said`, and the texts of the `lesson` that were sent."""
        self._placeholders = placeholders
        self._said, self._lesson = said, tuple(lesson)
        self._tail = ""
        self._before = ""  # the tail as it was before the last sentence: where a placeholder may have begun
        self._view = view_of("")  # of the tail and the last sentence
        self._lengths: list[int] = []
        # The tail's end, and whether an identifier goes over it; None while that is not known.
        self._border: Border | None = None
        self.goes_on: bool | None = None
        # How many sentences before the last one hold the beginning of what was found in it.
        self.reached = 0

    @functools.cached_property
    def _held(self) -> tuple[_HeldBy, _HeldBy]:
        """What the learner's text and the lesson hold. Asked for when an answer holds something: most hold nothing."""
        return _held_by(self._said), _held_by_all(self._lesson)

    def check(self, sentence: str) -> str | None:
        """Return the type of the first identifier in `sentence` that the conversation does not hold, or None."""
        text = self._tail + sentence
        shown = len(self._tail)
        self._before, self._tail = self._tail, text[-REACH:]
        self._lengths = [*self._lengths[-REACH:], len(sentence)]
        self.reached = 0
        self._view, self._border, self.goes_on = view_of(text), None, None
        for entity in find_entities(self._view):
            if entity.end > shown and not self._is_known(entity, text[entity.start : entity.end]):
                self.reached = self._sentences(shown - entity.start)
                return entity.type
        return None

    def invents_placeholder(self) -> bool:
        """Tell whether the sentence just checked completes a placeholder that was never given out and nobody typed."""
        if not _BRACKETS.search(self._view.text):
            return False
        before = _plain(self._before)
        for match in _WRITTEN_LIKE.finditer(_plain(self._view)):
            exact = LOOK_ALIKE.fullmatch(match[0]) is not None
            kind = re.sub("e-?mail", "email", match[1].lower().replace("_", " "))
            meant = match[0] if exact else f"[{kind} {match[2]}]"
            # "[Text 1]" is what a template's gaps are called.
            words = _PLACEHOLDER_WORDS if exact else _TYPES
            invented = kind in words and not self._placeholders.gave(meant)
            if match.end() > len(before) and invented and not any(meant in held.typed for held in self._held):
                self.reached = max(self.reached, self._sentences(len(before) - match.start()))
                return True
        return False

    def waiting(self, ahead: str) -> int:
        """Return how many of the last sentences an identifier may begin in that goes on in `ahead`, still growing."""
        if self.goes_on is None:
            if self._border is None:
                self._border = Border(self._tail)
            self.goes_on = self._border.is_crossed(ahead)
        if self.goes_on is False:
            return 0
        return 1 + self._sentences(REACH - self._lengths[-1])

    def _sentences(self, reach: int) -> int:
        """Return how many sentences before the last one the `reach` characters before it go back over."""
        back = 0
        for length in reversed(self._lengths[:-1]):
            if reach <= 0:
                break
            reach -= length
            back += 1
        return back

    def _is_known(self, entity: Entity, value: str) -> bool:
        if entity.type == "person_name":
            words = set(_words(value)) - _TITLES
            if words <= self._held[0].words | (words & self._held[1].words):
                return True
        key = (entity.type, entity_key(entity.type, value))
        return any(key in held.known for held in self._held) or self._placeholders.knows(entity.type, value)


class _HeldBy(NamedTuple):
    """What texts hold: identifiers by type and key, words, and what is typed like a placeholder."""

    known: frozenset[tuple[str, str]]
    words: frozenset[str]
    typed: frozenset[str]


def _held_by(text: str) -> _HeldBy:
    return _HeldBy(
        frozenset((e.type, entity_key(e.type, text[e.start : e.end])) for e in find_entities(text)),
        frozenset(_words(text)),
        frozenset(match[0] for match in LOOK_ALIKE.finditer(text)),
    )


@functools.lru_cache(maxsize=256)
def _held_by_all(texts: tuple[str, ...]) -> _HeldBy:
    """The same of several texts. Kept: a lesson's passages come with every turn."""
    held = [_held_by(text) for text in texts]
    return _HeldBy(*(frozenset().union(*each) for each in zip(*held, strict=True))) if held else _held_by("")


def _plain(text: str | View) -> str:
    return _SPACE.sub(" ", view_of(text).text)


def _words(text: str) -> list[str]:
    return _WORD.findall(view_of(text).text.casefold())
