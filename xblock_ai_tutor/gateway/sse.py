"""Server-sent events as the browser gets them: a type and JSON data. Control never travels inside text.

Types: `notice`, `rubric`, `text`, `citation`, `done`, `error`; an event without a type is a comment that keeps the
line alive.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `data` may hold the learner's words, so it is not shown by repr."""

    type: str
    data: dict[str, Any] = field(repr=False, default_factory=dict)

    def encode(self) -> bytes:
        if not self.type:
            return b": \n\n"
        # JSON escapes line ends, so that data is one line whatever is in it.
        try:
            data = msgspec.json.encode(self.data)
        except UnicodeEncodeError:  # half a character
            data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", errors="replace")
        return b"event: %b\ndata: %b\n\n" % (self.type.encode(), data)


HEARTBEAT: Final = Event("")
PAUSE: Final = Event("pause")
"""Never sent. What comes next may take its time: what is ready goes out now, in one piece."""


def notice(kind: str, message: str, entities: Iterable[dict[str, Any]] = ()) -> Event:
    """A sentence about the turn: kind `redacted`, `blocked`, `refused` or `info`."""
    return Event("notice", {"kind": kind, "message": message, "entities": list(entities)})


def error(code: str, message: str, *, retry: bool) -> Event:
    """The end of a stream that failed."""
    return Event("error", {"code": code, "message": message, "retry": retry})


def encoded(events: Iterable[Event]) -> Iterator[bytes]:
    """The stream's bytes, a piece for what comes between two pauses: each piece costs the server a write.

    Closing it closes `events`, which is how a turn learns that the browser went away.
    """
    iterator = iter(events)
    ready: list[bytes] = []
    try:
        for event in iterator:
            if event is not PAUSE:
                ready.append(event.encode())
            elif ready:
                yield b"".join(ready)
                ready = []
        if ready:
            yield b"".join(ready)
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
