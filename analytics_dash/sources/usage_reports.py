"""What the readers of usage reports share: the loop over a table's records, flags, days, counts, sums in dicts.

Each tool's reader (`chatgpt_users`, `m365_copilot`, `github_copilot`) gives `read_table` a function for one record. The
reports say of a person and a period how much a tool was used, never for what.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from analytics_dash.identity import Identity
from analytics_dash.sources import tables
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.records import BATCH_LINES, Batch, Reject, Rejected, UsageRecord
from analytics_dash.sources.streams import Line

TakeRecord = Callable[[dict[str, str], Batch], UsageRecord | None]

DICT_LIMIT: Final = 1 << 16
"""Longest Python-dict text that is parsed, in characters: a person's list of tools or projects is far below it."""
LONGEST_PERIOD: Final = 366
_TRUE: Final = frozenset({"true", "1", "1.0", "yes", "t"})
_FALSE: Final = frozenset({"false", "0", "0.0", "no", "f"})
_NOTHING: Final = frozenset({"", "none", "null"})
_MOMENT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
)
_EPOCH: Final = date(1970, 1, 1)


def read_table(
    lines: Iterable[Line],
    take: TakeRecord,
    *,
    schema: FeedSchema,
    what: str,
    about: Callable[[tables.Header], Sequence[str]] = lambda _header: (),
    spelling: Callable[[str], str] = lambda name: name,
    required: Sequence[str] = (),
) -> Iterator[Batch]:
    """The table's batches. `about` says what is to be told of the file's columns, `spelling` makes their names one.

    `required` are columns that a file must have, where they are not the schema's own.

    Raises `FeedError` for a table that lacks required columns; a bad record is a reject.
    """
    found = tables.records(lines)
    first = next(found, None)
    if first is not None:
        first = replace(first, fields=[spelling(name) for name in first.fields])
    read = [field.name for field in schema.reads]
    header = tables.header(
        first,
        required=required or [field.name for field in schema.reads if field.required],
        known=[*read, *(never.name for never in schema.never)],
        what=what,
    )
    batch = Batch()
    batch.notes += about(header)
    # What is known and never read does not even come out of its record.
    header = replace(header, places={name: header.places[name] for name in read if name in header.places})
    if header.unknown:
        batch.notes.append(f"columns that are not known and were not read: {', '.join(header.unknown)}")
    taken, refused = 0, Counter[str]()  # reasons hold nothing of a record, so there are few
    for record in found:
        batch.lines += 1
        try:
            if record.problem is not None:
                raise Rejected(record.problem)
            row = take(header.values(record.fields), batch)
        except Rejected as rejected:
            batch.rejects.append(Reject(record.line, str(rejected)))
            refused[str(rejected)] += 1
        else:
            taken += 1
            if row is None:
                batch.ignored += 1
            else:
                batch.rows.append(row)
        if record.damage:
            batch.damage = record.problem
        if batch.lines >= BATCH_LINES:
            yield batch
            batch = Batch()
    if refused and not taken:
        ((reason, _times),) = refused.most_common(1)
        batch.notes.append(f"no record could be taken; has the form of the export changed? Most often: {reason}")
    yield batch


def usage_record(identity: Identity, kept: tuple[Any, ...]) -> UsageRecord:
    """The row of the kept fields, known by them: an export that repeats a record repeats its digest."""
    return UsageRecord(identity.digest(repr(kept).encode()), *kept)


def flag(field: str, value: str) -> bool:
    """True or false, as exports and spreadsheets write them."""
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise Rejected(f"{field}: must be true or false")


def day_of(field: str, value: str) -> int:
    """The date of an ISO date or time, as days since 1970; a time's date is the one that it writes."""
    found = _MOMENT.fullmatch(value)
    return tables.day(field, found.group(1) if found is not None else value)


def optional_day_of(field: str, value: str) -> int | None:
    """As `day_of`; nothing, and what stands for nothing, is None."""
    return None if value.lower() in _NOTHING else day_of(field, value)


def optional_whole(field: str, value: str) -> int | None:
    """A count, or None where the report does not say."""
    return None if value.lower() in _NOTHING else tables.whole(field, value)


def sum_of_dict(field: str, text: str) -> int | None:
    """The sum of the counts in a Python-dict text such as `{'gpt-4o': 25}`; None for nothing. The keys are dropped.

    `literal_eval` builds literals alone and runs nothing; the limits keep it from being made to work for nothing.
    """
    if text.lower() in _NOTHING:
        return None
    if len(text) > DICT_LIMIT:
        raise Rejected(f"{field}: longer than {DICT_LIMIT} characters")
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise Rejected(f"{field}: must be a dict of counts") from error
    if not isinstance(found, Mapping):
        raise Rejected(f"{field}: must be a dict of counts")
    total = 0
    for number in found.values():
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise Rejected(f"{field}: counts must be whole numbers from 0 up")
        total += number
    if total > tables.MOST:
        raise Rejected(f"{field}: must be a whole number from 0 to {tables.MOST}")
    return total


def cadence_of(start: int, end: int) -> str:
    """Daily, weekly or monthly, from a period that is exactly a day, seven days or a calendar month."""
    first, last = _EPOCH + timedelta(days=start), _EPOCH + timedelta(days=end)
    if start == end:
        return "daily"
    if end - start == 6:
        return "weekly"
    if first.day == 1 and (last + timedelta(days=1)).day == 1 and (first.year, first.month) == (last.year, last.month):
        return "monthly"
    raise Rejected("period: a range that is no day, week or calendar month; export by week or by month")


def checked_period(start: int, end: int) -> None:
    if not 0 <= end - start <= LONGEST_PERIOD:
        raise Rejected("period_end: must be on or after period_start, and within a year of it")
