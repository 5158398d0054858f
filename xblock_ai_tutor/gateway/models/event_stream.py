"""Reading a server-sent event stream thinly: bytes in, the events' data out. Pure; `openai` is the caller.

The SDK's typed events cost ten times the CPU of this (measured; design notes, FACTS), and a tutor needs five of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

LIMIT_BYTES: Final = 1_000_000  # one event; a response object with a long answer is some 20 kB
# An event ends at a blank line, whichever of the three line ends the server writes.
_BLANK_LINE: Final = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_LONGEST_BLANK: Final = 4
_TEXT_HEAD: Final = b"event: response.output_text.delta"


class MalformedStreamError(ValueError):
    """The stream is not one of server-sent events, or one event is larger than the limit."""


def read_data(chunks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The `data` of the events that each chunk completes. What follows the last blank line was cut off: it is dropped.

    Raises `MalformedStreamError` for an event that does not end within `LIMIT_BYTES`.
    """
    buffer = bytearray()
    returns = False  # whether a carriage return was seen: few servers write one, and `rfind` is much faster
    for chunk in chunks:
        # The end of what was there may begin the blank line that this chunk completes.
        searched = max(0, len(buffer) - _LONGEST_BLANK)
        buffer += chunk
        returns = returns or b"\r" in chunk
        if end := _after_last_blank(buffer, searched, returns=returns):
            whole = bytes(buffer[:end])
            del buffer[:end]
            if events := (None if returns else _of_two_lines(whole)) or _of_any_lines(whole):
                yield events
        if len(buffer) > LIMIT_BYTES:
            raise MalformedStreamError(f"An event is longer than {LIMIT_BYTES} bytes.")


def _after_last_blank(buffer: bytearray, at: int, *, returns: bool) -> int:
    """Where the last blank line after `at` ends; 0 where there is none."""
    if returns:
        return max((found.end() for found in _BLANK_LINE.finditer(buffer, at)), default=0)
    start = buffer.rfind(b"\n\n", at)
    return start + 2 if start >= 0 else 0


def _of_two_lines(events: bytes) -> list[bytes] | None:
    """The data of events that are `event: …` and one line of data, as the API writes them all; None where one is not.

    The same as `_of_any_lines` would give, at a tenth of the cost.
    """
    lines = events.split(b"\n")
    lines.pop()
    heads, given, blanks = lines[0::3], lines[1::3], lines[2::3]
    if blanks.count(b"") != len(heads) or len(blanks) != len(heads):
        return None
    # Nearly all are deltas of text.
    if not all(head.startswith(b"event:") for head in [head for head in heads if head != _TEXT_HEAD]):
        return None
    found = [line[6:] for line in given if line[:6] == b"data: "]
    return found if len(found) == len(heads) and b"" not in found else None


def _of_any_lines(events: bytes) -> list[bytes]:
    """The data of any events; of some lines of data with the line ends between them."""
    found = []
    for event in _BLANK_LINE.split(events):
        lines = [line[5:].removeprefix(b" ") for line in _LINE_END.split(event) if line.startswith(b"data:")]
        if data := b"\n".join(lines):
            found.append(data)
    return found
