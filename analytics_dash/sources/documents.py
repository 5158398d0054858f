"""JSON records however a tool saved them: one object a line, one array, or an answer of an API with its list inside.

The readers of API answers and reports share this. A file whose first line is a whole JSON value is read line by line
and may be of any size; anything else is taken as one document of at most `DOCUMENT_LIMIT` bytes and, where it is none,
line by line again, so that every line of rubbish is accounted for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import msgspec

from analytics_dash.sources.json_lines import REFUSALS, reason_of
from analytics_dash.sources.records import BATCH_LINES, Batch, Reject, Rejected
from analytics_dash.sources.streams import LINE_LIMIT, Damage, Line

DOCUMENT_LIMIT: Final = 32 << 20
_BOM: Final = b"\xef\xbb\xbf"
_BLANKS: Final = b" \t\r\n"
_ANYTHING: Final = msgspec.json.Decoder(msgspec.Raw)
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_MANY: Final = msgspec.json.Decoder(list[msgspec.Raw])

# What a JSON value holds: of each record its text, which says where it is, and what `Take` is to be given of it.
Unwrap = Callable[[bytes], Sequence[tuple[bytes, Any]]]
# What one record of a feed becomes: a row, or None where it is of no interest. Raises `Rejected`.
Take = Callable[[Any, Batch], Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A record and the line on which it starts, or why there is none."""

    line: int
    record: Any = None
    problem: str | None = None
    nothing: bool = False  # a page without records
    damage: bool = False


def read_documents(lines: Iterable[Line], unwrap: Unwrap, take: Take) -> Iterator[Batch]:
    """Batches of what `take` makes of each record; a batch's `lines` counts records, and lines that hold none."""
    batch = Batch()
    for found in _found(lines, unwrap):
        batch.lines += 1
        try:
            if found.problem is not None:
                raise Rejected(found.problem)
            row = None if found.nothing else take(found.record, batch)
        except Rejected as rejected:
            batch.rejects.append(Reject(found.line, str(rejected)))
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            batch.rejects.append(Reject(found.line, reason_of(error)))
        else:
            if row is None:
                batch.ignored += 1
            else:
                batch.rows.append(row)
        if found.damage:
            batch.damage = found.problem
        if batch.lines >= BATCH_LINES:
            yield batch
            batch = Batch()
    yield batch


def looks_like_json(lines: Iterable[Line]) -> tuple[bool, Iterator[Line]]:
    """Whether the first line that is not blank begins an object or an array; and the lines, none of them lost."""
    held: list[Line] = []
    rest = iter(lines)
    for line in rest:
        held.append(line)
        if not isinstance(line, bytes) or _text(line):
            break
    first = held[-1] if held else b""
    return isinstance(first, bytes) and _text(first).startswith((b"{", b"[")), chain(held, rest)


def listed(text: bytes, *names: str) -> Sequence[tuple[bytes, bytes]]:
    """The records of an array, of an object's list under one of `names`, or the one that the object itself is."""
    array = text
    if not text.startswith(b"["):
        envelope = _OBJECT.decode(text)
        lists = (bytes(envelope[name]) for name in names if name in envelope)
        array = next((value for value in lists if value.startswith(b"[")), b"")
        if not array:
            return [(text, text)]
    return [(record, record) for record in map(bytes, _MANY.decode(array))]


def _found(lines: Iterable[Line], unwrap: Unwrap) -> Iterator[Found]:
    held: list[Line] = []
    size = 0
    rest = iter(lines)
    for line in rest:
        held.append(line)
        if not isinstance(line, bytes):
            break
        text = _text(line)
        if size == 0 and text and _is_value(text):
            break  # one value a line
        size += len(text)
        if size > DOCUMENT_LIMIT:
            break
    else:
        whole = b"\n".join(line for line in held if isinstance(line, bytes))
        try:
            yield from _of_document(whole, unwrap)
        except REFUSALS:
            pass
        else:
            return
    for number, line in enumerate(chain(held, rest), start=1):
        yield from _of_line(number, line, unwrap)


def _of_document(whole: bytes, unwrap: Unwrap) -> list[Found]:
    """The document's records, each with the line on which it starts. Raises where it is no document."""
    text = _text(whole)
    if not text:
        raise Rejected("empty")
    whole.decode()
    records = unwrap(text)
    found, place, line = [], 0, 1
    for raw, record in records:
        start = whole.index(raw, place)
        line += whole.count(b"\n", place, start)
        place = start
        found.append(Found(line, record))
    return found or [Found(1, nothing=True)]


def _of_line(number: int, line: Line, unwrap: Unwrap) -> Iterator[Found]:
    if isinstance(line, Damage):
        yield Found(number, problem=line.reason, damage=True)
    elif not isinstance(line, bytes):
        yield Found(number, problem=f"the line is longer than {LINE_LIMIT >> 20} MiB")
    elif not (text := _text(line)):
        yield Found(number, problem="the line is empty")
    else:
        try:
            text.decode()  # the decoder skips over bytes that nobody asks for, also over invalid ones
            records = unwrap(text)
        except Rejected as rejected:
            yield Found(number, problem=str(rejected))
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            yield Found(number, problem=reason_of(error))
        else:
            for _raw, record in records:
                yield Found(number, record)
            if not records:
                yield Found(number, nothing=True)


def _text(line: bytes) -> bytes:
    return line.strip(_BLANKS).removeprefix(_BOM).strip(_BLANKS)


def _is_value(text: bytes) -> bool:
    try:
        _ANYTHING.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
