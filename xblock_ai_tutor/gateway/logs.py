"""The gateway's log: one JSON object a line on stderr, without words. Every room calls `log`.

A field holds an id, a name of ours, a status or a number. Exceptions are logged by type: their messages may quote.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import sys
from typing import Any, Final

import msgspec

_logger: Final = logging.getLogger("xblock_ai_tutor.gateway")


class _JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _line(record.created, record.getMessage(), getattr(record, "fields", {}))


def _line(at_s: float, event: str, fields: dict[str, Any]) -> str:
    at = dt.datetime.fromtimestamp(at_s, dt.UTC).isoformat(timespec="milliseconds")
    line = {"at": at, "event": event, **fields}
    with contextlib.suppress(UnicodeEncodeError):  # half a character
        if (written := msgspec.json.encode(line)).isascii():
            return written.decode()
    return json.dumps(line, ensure_ascii=True)


def log(event: str, **fields: Any) -> None:
    """Write one line: what happened, and its fields."""
    if _logger.isEnabledFor(logging.INFO):
        # Not `info`, which would look through the stack for a place that no line names.
        record = logging.LogRecord(_logger.name, logging.INFO, "", 0, event, None, None)
        record.fields = fields
        _logger.handle(record)


def start_logging() -> None:
    """Send our lines to stderr. Other libraries' logs are left alone, and quiet by default."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLine())
    _logger.handlers = [handler]
    _logger.setLevel(logging.INFO)
    _logger.propagate = False
    # No line here or of gunicorn's names a thread; looking each time for which it is costs more than the line.
    logging.logThreads = logging.logMultiprocessing = False
