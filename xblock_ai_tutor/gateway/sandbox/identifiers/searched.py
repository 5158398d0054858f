"""A view prepared for the search: what of it can hold an identifier at all, in small letters, its tables.

No identifier is here. Called by `identifiers.base` and the families with finders of their own.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.gateway.sandbox.tables import Tables
from xblock_ai_tutor.gateway.sandbox.view import small_letters

# Stands between the surroundings of digits. A view holds no such character, and no pattern matches it.
_BREAK: Final = "\0"
_NUMBER: Final = re.compile(rf"[0-9](?:[^A-Za-z0-9{_BREAK}]{{0,6}}[0-9])*")
# How often one stretch of numbers is looked at; bounded, so that a text of numbers alone costs linear time.
_TRIES: Final = 4
_NEXT_WORD: Final = re.compile(r"[\s|,;]+")
# How far an identifier reaches from one of its digits to its first or last letter.
_LEFT: Final = 18
_RIGHT: Final = 12
# A short number or a year between two words, an amount, a percentage: prose is full of them, and no identifier is
# written so. What follows is a word in small letters, or begins with one capital.
_DIGITS: Final = re.compile(
    r"(?P<plain>[ (](?=[0-9£])(?<=[a-z]{2}.)£?[0-9]{1,4}(?:[.,][0-9]{1,3}){0,2}(?:\([0-9a-z]{1,3}\)){0,3}%?"
    r"(?=[),.;:]{0,2}\s{1,2}[(A-Za-z]?[a-z]{2}))"
    r"|[0-9]+"
)


class Searched:
    """The text of a view, prepared for the search.

    Most of a message has no digits, and identifiers do: patterns that need one look through `dense`, the surroundings
    of digits strung together.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = small_letters(text)
        self._has: dict[tuple[str, ...], bool] = {}
        self._dense_starts: list[int] = []
        self._shifts: list[int] = []
        parts: list[str] = []
        length = 0
        for start, end in _windows(text):
            self._dense_starts.append(length)
            self._shifts.append(start - length)
            parts.append(text[start:end])
            length += end - start + len(_BREAK)
        self.dense = _BREAK.join(parts)
        # How many digits the longest number has, in whatever groups: shorter ones need not be looked for.
        self.longest = max((sum(map(str.isdigit, number)) for number in _NUMBER.findall(self.dense)), default=0)

    def has(self, stems: tuple[str, ...]) -> bool:
        """Tell whether the text holds one of `stems`."""
        known = self._has.get(stems)
        if known is None:
            known = self._has[stems] = any(stem in self.lower for stem in stems)
        return known

    def matches(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and text of the matches of a pattern that needs a digit."""
        at, region_end, tries = 0, 0, 0
        while match := pattern.search(self.dense, at):
            # What stands before a number may have reached into it: look again from the next words of what matched.
            if match.start() >= region_end:
                tries = 0
            tries += 1
            region_end = max(region_end, match.end())
            word = _NEXT_WORD.search(self.dense, match.start(), match.end()) if tries < _TRIES else None
            at = word.end() if word else region_end
            shift = self._shifts[bisect.bisect_right(self._dense_starts, match.start()) - 1]
            yield match.start() + shift, match.end() + shift, match[0]

    @functools.cached_property
    def tables(self) -> Tables:
        """The tables of the text."""
        return Tables(self.text)

    def is_near(self, context: re.Pattern[str], start: int, end: int, *, before: int, after: int) -> bool:
        """Tell whether `context` stands so many characters before or after, or at the head of the column."""
        text = self.text
        return bool(
            context.search(text, max(0, start - before), start)
            or context.search(text, end, end + after)
            or context.search(self.tables.head_of(start))
        )


def _windows(text: str) -> list[tuple[int, int]]:
    """Return the surroundings of the digits of `text`: whole words, in order, apart from each other."""
    windows: list[tuple[int, int]] = []
    for digits in _DIGITS.finditer(text):
        if digits.lastgroup:
            continue
        start, end = max(0, digits.start() - _LEFT), min(len(text), digits.end() + _RIGHT)
        if windows and start <= windows[-1][1]:
            start = windows.pop()[0]
        windows.append((start, end))
    whole: list[tuple[int, int]] = []
    for start, end in windows:
        first, last, leftmost = start, end, max(0, start - 40)
        while first > leftmost and text[first - 1].isalnum():
            first -= 1
        while last < len(text) and text[last].isalnum():
            last += 1
        if whole and first <= whole[-1][1]:
            first = whole.pop()[0]
        whole.append((first, last))
    return whole
