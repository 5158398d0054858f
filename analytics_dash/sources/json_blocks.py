"""Whole blocks of JSON lines in one call of the decoder: several times faster than line by line, and never other.

A decoder of lines takes its values wherever they lie, so a block is taken only where its lines show that each is one
value by itself; of anything else (a malformed line, a blank one, other bytes around) the slow way tells, line by line.
Readers call `decode_block`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import msgspec

_OPEN, _CLOSE, _HEAD_END = ord("{"), ord("}"), b"- {"
_FIRST_OF_PREFIX: Final = range(ord("!"), 0x80)  # neither a blank nor a byte order mark

T = TypeVar("T")


def decode_block(block: bytes, decode_lines: Callable[[bytes], Sequence[T]]) -> Sequence[T] | None:
    """The values of a block of whole lines, one a line; None where that cannot be said of every line."""
    text = block if block.startswith(b"{") else _without_prefixes(block)
    lines = _lines(text)
    if lines is None:
        return None
    try:
        if not text.isascii():
            text.decode()  # the decoder skips over bytes that nobody asks for, also over invalid ones
        values = decode_lines(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    # Each line begins with a brace and ends with one. No value can go on from one line to the next, as nothing in
    # JSON has a closing brace, a line feed and an opening brace in a row; so as many values as lines is one a line.
    return values if len(values) == lines else None


def _lines(text: bytes) -> int | None:
    """How many lines there are; None where one does not begin with `{` or not end with `}`."""
    if not text.endswith(b"}\n") or text[0] != _OPEN:
        return None
    lines, end, last, find = 1, 0, len(text), text.find
    while (end := find(b"\n", end) + 1) < last:
        if text[end] != _OPEN or text[end - 2] != _CLOSE:
            return None
        lines += 1
    return lines


def _without_prefixes(block: bytes) -> bytes:
    """The block without its lines' log prefixes, as `json_lines.json_text` takes them off; a strange line stays."""
    view, find, pieces = memoryview(block), block.find, []
    start, last = 0, len(block)
    while start < last:
        end = find(b"\n", start) + 1 or last
        first = block[start]
        if first in _FIRST_OF_PREFIX and first != _OPEN and (head := find(_HEAD_END, start, end)) >= 0:
            start = head + 2
        pieces.append(view[start:end])
        start = end
    return b"".join(pieces)
