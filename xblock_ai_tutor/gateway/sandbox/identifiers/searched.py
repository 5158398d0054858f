"""A view prepared for the search: what of it can hold an identifier at all, the signs that it holds, its tables.

No identifier is here. Called by `identifiers`, `identifiers.base` and the families with finders of their own.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.sandbox.tables import Tables
from xblock_ai_tutor.gateway.sandbox.view import View

# Stands between the surroundings of numbers where they are strung together. A view holds no such character.
_BREAK: Final = "\0"
_NUMBER: Final = re.compile(r"[0-9](?:[^A-Za-z0-9]{0,6}[0-9])*")
# How often one stretch of numbers is looked at; bounded, so that a text of numbers alone costs linear time.
_TRIES: Final = 4
_NEXT_WORD: Final = re.compile(r"[\s|,;]+")
_WORD: Final = re.compile(r"[^\W_]*")
# How far before a number the label of what it belongs to may begin: the longest label, and what links it (`base.LINK`).
_LABEL_REACH: Final = 160
# How far an identifier reaches from one of its digits to its first or last letter.
_LEFT: Final = 18
_RIGHT: Final = 12
# A short number or a year between two words, an amount, a percentage: prose is full of them, and no identifier is
# written so. What follows is a word in small letters, or begins with one capital.
_DIGITS: Final = re.compile(
    r"[0-9](?:(?P<plain>(?:(?<=[a-z][a-z][ (].)|(?<=[a-z][a-z][ (]£.))"
    # Two letters, two figures and three letters are a plate; three times two figures a sort code.
    r"(?!(?<=[^A-Za-z][a-z]{2} .)[0-9] [a-z]{3}(?![a-z])|[0-9]\.[0-9]{2}\.[0-9]{2}(?![0-9]))"
    r"[0-9]{0,3}(?![0-9])(?:[.,][0-9]{1,3}){0,2}"
    r"(?:\([0-9a-z]{1,3}\)){0,3}%?(?=[),.;:]{0,2}\s{1,2}[(A-Za-z]?[a-z]{2}))|[0-9]*)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """What a text must hold for an identifier to be sought in it. Each is a sign of its own."""

    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a field. Every text in which `pattern` matches holds one of `signs`."""

    pattern: re.Pattern[str]
    signs: tuple[Sign, ...]


class Searched:
    """The text of a view, prepared for the search.

    Most of a message has no digits, and identifiers do: patterns that need one look through the surroundings of numbers
    alone, and those that need many through the surroundings of long ones.
    """

    def __init__(self, view: View, signs: frozenset[Sign]) -> None:
        """`signs` are those of the identifiers' that the view holds."""
        self.text = view.text
        self.lower = view.lower
        self._signs = signs
        # Start, end, and how many digits the longest number there has, in whatever groups.
        self._windows = [(*window, _most_digits(self.text, *window)) for window in _windows(self.text)]
        self.longest = max((digits for _start, _end, digits in self._windows), default=0)

    @property
    def dense(self) -> str:
        """The surroundings of numbers, strung together."""
        return _BREAK.join([self.text[start:end] for start, end, _digits in self._windows])

    def has(self, signs: tuple[Sign, ...]) -> bool:
        """Tell whether the text holds one of `signs`."""
        return not self._signs.isdisjoint(signs)

    def matches(self, pattern: re.Pattern[str], digits: int) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and text of the matches of a pattern that needs a number of so many digits."""
        for start, end, longest in self._windows:
            if longest < digits:
                continue
            at, region_end, tries = start, start, 0
            while match := pattern.search(self.text, at, end):
                # What stands before a number may have reached into it: look again from the next words of what matched.
                if match.start() >= region_end:
                    tries = 0
                tries += 1
                region_end = max(region_end, match.end())
                word = _NEXT_WORD.search(self.text, match.start(), match.end()) if tries < _TRIES else None
                at = word.end() if word else region_end
                yield match.start(), match.end(), match[0]

    def begins_before(self, starts: tuple[str, ...], digits: int) -> Iterator[int]:
        """Yield where one of `starts` stands so near before a number of so many digits that it may be its label."""
        find = self.lower.find
        for word in starts:
            first = find(word)
            if first < 0:
                continue
            at = 0
            for start, end, longest in self._windows:
                if longest < digits or end <= first:
                    continue
                at = find(word, max(at, start - _LABEL_REACH), end)
                while at >= 0:
                    yield at
                    at = find(word, at + 1, end)
                at = end

    @functools.cached_property
    def tables(self) -> Tables:
        """The tables of the text."""
        return Tables(self.text)

    def is_near(self, context: Words, start: int, end: int, *, before: int, after: int) -> bool:
        """Tell whether `context` stands so many characters before or after, or at the head of the column."""
        text, search = self.text, context.pattern.search
        return self.has(context.signs) and bool(
            search(text, max(0, start - before), start)
            or search(text, end, end + after)
            or search(self.tables.head_of(start))
        )


def _most_digits(text: str, start: int, end: int) -> int:
    """Return how many digits the number of most digits in `start:end` has."""
    most = 0
    for number in _NUMBER.findall(text, start, end):
        if len(number) > most:
            most = max(most, len(number) if number.isdigit() else sum(map(str.isdigit, number)))
    return most


def _windows(text: str) -> list[tuple[int, int]]:
    """Return the surroundings of the digits of `text`: whole words, in order, apart from each other."""
    windows: list[tuple[int, int]] = []
    start, end = 0, -1
    for digits in _DIGITS.finditer(text):
        if digits.lastgroup:
            continue
        first, last = digits.span()
        if first - _LEFT > end:
            if end > 0:
                windows.append((start, end))
            start = max(0, first - _LEFT)
        end = last + _RIGHT
    if end > 0:
        windows.append((start, min(len(text), end)))
    whole: list[tuple[int, int]] = []
    for start, end in windows:
        first, last, leftmost = start, end, max(0, start - 40)
        while first > leftmost and text[first - 1].isalnum():
            first -= 1
        last = _WORD.match(text, last).end()  # type: ignore[union-attr]  # matches nothing too
        if whole and first <= whole[-1][1]:
            first = whole.pop()[0]
        whole.append((first, last))
    return whole
