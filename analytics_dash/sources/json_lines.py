"""What the JSON-lines readers share: from a line to its JSON text, and from any failure to a reason.

A reader gives `read_json_lines` a function for one line; whatever that function meets, the line is accounted for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from analytics_dash.sources.records import BATCH_LINES, BATCH_PARTS, Batch, Reject, Rejected
from analytics_dash.sources.streams import LINE_LIMIT, Damage, Line, Overlong

_BOM: Final = b"\xef\xbb\xbf"
_BLANKS: Final = b" \t\r\n"
_HEAD_END: Final = b"- {"

TakeLine = Callable[[bytes, Batch], Any]

REFUSALS: Final = (Rejected, msgspec.DecodeError, UnicodeError, RecursionError)
"""What a line that is not taken raises; `reason_of` says why."""


def read_json_lines(lines: Iterable[Line], take: TakeLine) -> Iterator[Batch]:
    """Batches of what `take` makes of each line: a row, None (ignored), or a raised `Rejected` or decoding error."""
    batch = Batch()
    for number, line in enumerate(lines, start=1):
        batch.lines += 1
        if isinstance(line, bytes):
            try:
                row = take(line, batch)
            except REFUSALS as error:
                batch.rejects.append(Reject(number, reason_of(error)))
            else:
                put(row, batch)
        else:
            batch.rejects.append(Reject(number, why_not_read(line)))
            batch.damage = line.reason if isinstance(line, Damage) else batch.damage
        if batch.lines >= BATCH_LINES or len(batch.parts) >= BATCH_PARTS:
            yield batch
            batch = Batch()
    if batch.lines:
        yield batch


def why_not_read(line: Overlong | Damage) -> str:
    """Why there are no bytes of this line."""
    return line.reason if isinstance(line, Damage) else f"the line is longer than {LINE_LIMIT >> 20} MiB"


def json_text(line: bytes) -> bytes:
    """The JSON object of a line: all of it, or what follows a log prefix that ends in ` - `."""
    text = line.removeprefix(_BOM).strip(_BLANKS)
    if not text.isascii():
        text.decode()  # the JSON decoder skips over bytes that nobody asks for, also over invalid ones
    if text.startswith(b"{"):
        return text
    if not text:
        raise Rejected("the line is empty")
    start = text.find(_HEAD_END)
    if start < 0:
        raise Rejected("not a JSON object, and no log prefix that ends in ' - ' before one")
    return text[start + 2 :]


def put(row: Any, batch: Batch) -> None:
    """Account for a line that was understood: None is one that is nothing to us."""
    if row is None:
        batch.ignored += 1
    else:
        batch.rows.append(row)


def reason_of(error: Exception) -> str:
    """Why a line is not taken, in words that hold nothing of the line."""
    if isinstance(error, Rejected):
        return str(error)
    if isinstance(error, RecursionError):
        return "bad JSON: nested too deeply"
    if isinstance(error, UnicodeError):
        return "not valid UTF-8"
    if isinstance(error, msgspec.ValidationError):
        # msgspec names types and our own fields' paths, never values: "Expected `str`, got `int` - at `$.name`".
        return f"wrong field: {error}"
    return f"bad JSON: {str(error).removeprefix('JSON is malformed: ')}"
