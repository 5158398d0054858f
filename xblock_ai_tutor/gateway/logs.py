"""The gateway's log: one JSON object a line on stderr, without words. Every room calls `log`.

A field holds an id, a name of ours, a status or a number. Exceptions are logged by type: their messages may quote.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import sys
from typing import Any, Final, TextIO

import msgspec

_logger: Final = logging.getLogger("xblock_ai_tutor.gateway")


class _Lines:
    """Where our lines go: to `logging` until `start_logging` opens a stream of their own."""

    out: TextIO | None = None


def _line(event: str, fields: dict[str, Any]) -> str:
    at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    line = {"at": at, "event": event, **fields}
    with contextlib.suppress(UnicodeEncodeError):  # half a character
        if (written := msgspec.json.encode(line)).isascii():
            return written.decode()
    return json.dumps(line, ensure_ascii=True)


def log(event: str, **fields: Any) -> None:
    """Write one line: what happened, and its fields."""
    if _Lines.out is not None:
        # Straight out: logging's way there (a record, its handlers, their locks) costs more than the line.
        _Lines.out.write(f"{_line(event, fields)}\n")
        _Lines.out.flush()
    elif _logger.isEnabledFor(logging.INFO):
        _logger.info(_line(event, fields))


def start_logging() -> None:
    """Send our lines to stderr. Other libraries' logs are left alone, and quiet by default."""
    _Lines.out = sys.stderr
