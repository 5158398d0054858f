"""Which column's head stands over a place in a pasted table: pipes, tabs, commas or semicolons. Judges nothing.

A label can be many rows above its value; the words beside it in the text are then those of other columns. Called by
`identifiers.base`.
"""

from __future__ import annotations

import bisect
from typing import Final

_SIGNS: Final = ("\t", "|", ";", ",")
# Longer lines are prose or are not for people.
_LINE_MAX: Final = 2_000


class Tables:
    """The lines of a text, and for each its table's head."""

    def __init__(self, text: str) -> None:
        self._lines: list[str] = text.split("\n")
        self._starts: list[int] = []
        at = 0
        for line in self._lines:
            self._starts.append(at)
            at += len(line) + 1
        # Of each line: the head's cells and the sign between them; filled from the top when first asked.
        self._heads: list[tuple[list[str], str] | None] = []

    def head_of(self, at: int) -> str:
        """Return the head of the column in which the place `at` stands, or an empty text."""
        if len(self._lines) < 2:
            return ""
        if not self._heads:
            self._find_heads()
        number = bisect.bisect_right(self._starts, at) - 1
        head = self._heads[number]
        if head is None:
            return ""
        cells, sign = head
        column = len(_cells(self._lines[number][: at - self._starts[number]], sign)) - 1
        return cells[column] if column < len(cells) else ""

    def _find_heads(self) -> None:
        """A table is a run of lines with as many cells as its first one."""
        head: tuple[list[str], str] | None = None
        for line in self._lines:
            if len(line) > _LINE_MAX:
                head = None
            elif head is None or _count(line, head[1]) != len(head[0]):
                sign = next((sign for sign in _SIGNS if sign in line), None)
                head = None if sign is None else (_cells(line, sign), sign)
                self._heads.append(None)
                continue
            self._heads.append(head)


def _count(line: str, sign: str) -> int:
    """Return how many cells a line has."""
    return line.count(sign) + 1 if '"' not in line else len(_cells(line, sign))


def _cells(line: str, sign: str) -> list[str]:
    """Split a line; a sign between quotation marks does not count."""
    if '"' not in line:
        return line.split(sign)
    cells = [""]
    for place, part in enumerate(line.split('"')):
        if place % 2:
            cells[-1] += part
            continue
        first, *rest = part.split(sign)
        cells[-1] += first
        cells += rest
    return cells
