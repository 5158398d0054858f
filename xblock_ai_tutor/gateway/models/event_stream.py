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


class MalformedStreamError(ValueError):
    """The stream is not one of server-sent events, or one event is larger than the limit."""


def read_data(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The `data` of each event, complete ones only: what follows the last blank line was cut off and is dropped."""
    buffer = bytearray()
    for chunk in chunks:
        searched = max(0, len(buffer) - _LONGEST_BLANK)
        buffer += chunk
        while found := _BLANK_LINE.search(buffer, searched):
            event = bytes(buffer[: found.start()])
            del buffer[: found.end()]
            searched = 0
            if data := _data(event):
                yield data
        if len(buffer) > LIMIT_BYTES:
            raise MalformedStreamError(f"An event is longer than {LIMIT_BYTES} bytes.")


def _data(event: bytes) -> bytes:
    lines = (line for line in re.split(rb"\r\n|\n|\r", event) if line.startswith(b"data:"))
    return b"\n".join(line[5:].removeprefix(b" ") for line in lines)
