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
_LONGEST_BLANK: Final = 4
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")


class MalformedStreamError(ValueError):
    """The stream is not one of server-sent events, or one event is larger than the limit."""


def read_data(chunks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The `data` of the events that each chunk completes. What follows the last blank line was cut off: it is dropped.

    Raises `MalformedStreamError` for an event that does not end within `LIMIT_BYTES`.
    """
    buffer = bytearray()
    for chunk in chunks:
        # The end of what was there may begin the blank line that this chunk completes.
        searched = max(0, len(buffer) - _LONGEST_BLANK)
        buffer += chunk
        events: list[bytes] = []
        start = 0
        for blank in _BLANK_LINE.finditer(buffer, searched):
            if data := _data(bytes(buffer[start : blank.start()])):
                events.append(data)
            start = blank.end()
        del buffer[:start]
        if events:
            yield events
        if len(buffer) > LIMIT_BYTES:
            raise MalformedStreamError(f"An event is longer than {LIMIT_BYTES} bytes.")


def _data(event: bytes) -> bytes:
    lines = [line[5:].removeprefix(b" ") for line in _LINE_END.split(event) if line.startswith(b"data:")]
    return lines[0] if len(lines) == 1 else b"\n".join(lines)
