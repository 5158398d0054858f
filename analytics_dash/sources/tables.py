"""What the CSV readers share: records over bounded lines, columns by name, and reasons that quote nothing.

A record may span lines (quoted line feeds), so a CSV's `lines` count records, without the header; a reject gives the
physical line on which its record starts, the header being line 1.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from analytics_dash.errors import FeedError
from analytics_dash.i18n import _
from analytics_dash.sources.records import Rejected
from analytics_dash.sources.streams import Damage, Line, Overlong

FIELD_LIMIT: Final = 1 << 17
MOST: Final = 10_000_000
"""The largest count of a period: nobody sends so many messages, so a larger one is a broken column."""
NO_RECORD: Final = "not a CSV record: check quotes, separators and length"
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_DATE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?)?")
_WHOLE: Final = re.compile(r"[0-9]{1,12}(?:\.0+)?")
_SHOWABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{0,39}")


@dataclass(frozen=True, slots=True)
class Record:
    """A record: the physical line where it starts, and its fields, or why it has none."""

    line: int
    fields: Sequence[str] = ()
    problem: str | None = None
    damage: bool = False  # the file's wrapping is broken here; nothing follows


class _Lines:
    """Physical lines as text for `csv`, which goes on after an error when its iterator does (a generator could not)."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._again: deque[Line] = deque()
        self._taken: list[Line] = []  # since the record began
        self.number = 0
        self.damage: str | None = None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self._taken.append(line)
        self.number += 1
        if isinstance(line, Overlong):
            raise csv.Error("a line is too long")
        if isinstance(line, Damage):
            self.damage = line.reason
            raise csv.Error(line.reason)
        raw = line.removeprefix(b"\xef\xbb\xbf") if self.number == 1 else line
        # Invalid bytes become lone surrogates, so that they spoil their own record and no other.
        return raw.decode("utf-8", errors="surrogateescape") + "\n"

    def begin(self) -> int:
        """A record begins: the number of its first line."""
        self._taken.clear()
        return self.number + 1

    def only_the_first(self) -> None:
        """The record that was read is none; all of its lines but the first are read again."""
        again = self._taken[1:]
        self._again.extendleft(reversed(again))
        self.number -= len(again)
        if again:
            self.damage = None  # where it was met, it will be met again


def records(lines: Iterable[Line]) -> Iterator[Record]:
    """Every record, the header too; blank lines between records are no records.

    A quote that nobody closed would take the records after it along, up to the next quote or the file's end. So where
    several lines give no record as wide as the header, only the first of them is rejected.
    """
    source = _Lines(lines)
    # Strict: a stray quote is a reject, not a guess.
    parser = csv.reader(source, strict=True)
    limit = csv.field_size_limit(FIELD_LIMIT)
    width: int | None = None
    try:
        while True:
            start = source.begin()
            try:
                fields = next(parser)
            except StopIteration:
                return
            except csv.Error:
                if width is not None:
                    source.only_the_first()
                reason = source.damage or NO_RECORD
                yield Record(start, problem=reason, damage=source.damage is not None)
                continue
            if not fields:
                continue
            if width is None:
                width = len(fields)
            elif len(fields) != width and source.number > start:
                source.only_the_first()
                yield Record(start, problem=NO_RECORD)
                continue
            if not _sound("".join(fields)):
                yield Record(start, problem="not valid UTF-8")
            else:
                yield Record(start, fields)
    finally:
        csv.field_size_limit(limit)


def _sound(text: str) -> bool:
    """Whether no byte of it was invalid UTF-8: such bytes have become lone surrogates, which cannot be written out."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Header:
    """Where each known column is, and the columns that nobody asked for."""

    places: Mapping[str, int]
    width: int
    unknown: tuple[str, ...]

    def values(self, fields: Sequence[str]) -> dict[str, str]:
        """A record's known columns, trimmed; a column that the file lacks is empty."""
        if len(fields) != self.width:
            raise Rejected(f"{len(fields)} fields where the header has {self.width}")
        return {name: fields[place].strip() for name, place in self.places.items()}


def header(found: Record | None, *, required: Sequence[str], known: Iterable[str], what: str) -> Header:
    """The header of a file of `what`. Raises `FeedError` that names what is missing; it never quotes the file."""
    if found is None:
        raise FeedError(_("The file is empty; {what} begins with a header line.").format(what=what))
    if found.problem is not None:
        raise FeedError(_("The header line cannot be read: {reason}.").format(reason=found.problem))
    names = [name.strip().lower() for name in found.fields]
    wanted = {*required, *known}
    twice = sorted({name for name in names if name in wanted and names.count(name) > 1})
    if twice:
        raise FeedError(_("Columns that occur twice: {columns}. Keep one of each.").format(columns=", ".join(twice)))
    missing = [name for name in required if name not in names]
    if missing:
        message = _("Missing columns: {columns}. Is this {what}?").format(columns=", ".join(missing), what=what)
        if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
            message += " " + _("The columns must be separated by commas.")
        raise FeedError(message)
    unknown = [name for name in names if name not in wanted]
    shown = [name if _SHOWABLE.fullmatch(name) else "(unreadable)" for name in unknown]
    return Header({name: names.index(name) for name in wanted if name in names}, len(names), tuple(shown))


@lru_cache(maxsize=1 << 14)
def day(field: str, value: str) -> int:
    """An ISO date, also written as its midnight, as days since 1970."""
    found = _DATE.fullmatch(value)
    try:
        if found is None:
            raise ValueError
        moment = date.fromisoformat(found.group(1))
    except ValueError as error:
        raise Rejected(f"{field}: must be a date, YYYY-MM-DD") from error
    if not 2000 <= moment.year < 2100:
        raise Rejected(f"{field}: must be between 2000 and 2099")
    return moment.toordinal() - _EPOCH_DAY


def whole(field: str, value: str, most: int = MOST) -> int:
    """A count; exports write some as `12.0`, and nothing for none."""
    if not value:
        return 0
    if not _WHOLE.fullmatch(value) or (number := int(value.partition(".")[0])) > most:
        raise Rejected(f"{field}: must be a whole number from 0 to {most}")
    return number
