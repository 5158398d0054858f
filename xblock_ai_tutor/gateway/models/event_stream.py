"""Reading a server-sent event stream thinly: bytes in, `(event, data)` out. Pure; `openai` is the caller.

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


class MalformedStreamError(ValueError):
    """The stream is not one of server-sent events, or one event is larger than the limit."""


def read_data(chunks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The `data` of the events that each chunk completes. What follows the last blank line was cut off: it is dropped.

    Raises `MalformedStreamError` for an event that does not end within `LIMIT_BYTES`.
    """
    buffer = bytearray()
    returns = False  # whether a carriage return was seen: few servers write one, and `find` is much faster
    for chunk in chunks:
        # The end of what was there may begin the blank line that this chunk completes.
        searched = max(0, len(buffer) - _LONGEST_BLANK)
        buffer += chunk
        returns = returns or b"\r" in chunk
        events: list[bytes] = []
        start = 0
        while blank := _next_blank(buffer, max(start, searched), returns=returns):
            if data := _data(bytes(buffer[start : blank[0]]), returns=returns):
                events.append(data)
            start = blank[1]
        del buffer[:start]
        if events:
            yield events
        if len(buffer) > LIMIT_BYTES:
            raise MalformedStreamError(f"An event is longer than {LIMIT_BYTES} bytes.")


def _next_blank(buffer: bytearray, at: int, *, returns: bool) -> tuple[int, int] | None:
    """Where the first blank line from `at` begins and ends."""
    if returns:
        found = _BLANK_LINE.search(buffer, at)
        return found.span() if found else None
    start = buffer.find(b"\n\n", at)
    return None if start < 0 else (start, start + 2)


def _data(event: bytes, *, returns: bool) -> bytes:
    head, found, data = event.partition(b"\ndata: ")
    if found and not returns and b"\n" not in head and b"\n" not in data and not head.startswith(b"data:"):
        return data  # `event: …` and one line of data, which is how the API writes them all
    lines = _LINE_END.split(event)
    return b"\n".join(line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:"))
