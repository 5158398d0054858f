"""Pages that a fetcher wrote, as readers take them: one JSON object a line, its records one by one.

A line is `{"feed", "format", "request", "fetched_at", "cursor", "done", "page"}`; `sources.fetching` writes it. What
is counted as `lines` are the page's records (a page without any, or one that cannot be read, counts as one).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from analytics_dash.sources import checks
from analytics_dash.sources.json_lines import json_text, reason_of
from analytics_dash.sources.records import BATCH_LINES, BATCH_PARTS, Batch, Reject, Rejected
from analytics_dash.sources.streams import LINE_LIMIT, Damage, Line, Overlong

FORMAT: Final = 1


class PageLine(msgspec.Struct, kw_only=True):
    """A line as it is written."""

    feed: str
    format: int
    request: dict[str, str]
    fetched_at: datetime
    cursor: str | None
    done: bool
    page: msgspec.Raw


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page with what is known of its fetching. `as_of` is its day in the reporting zone, days since 1970."""

    content: bytes  # JSON
    request: Mapping[str, str]
    as_of: int
    line: int


class _Known(msgspec.Struct):
    feed: str | None = None


_LINE: Final = msgspec.json.Decoder(PageLine)
_KNOWN: Final = msgspec.json.Decoder(_Known)

Records = Callable[[FetchedPage], Iterable[Any]]
"""The records of a page. Raises `Rejected`, or a decoding error, where it is none."""
Take = Callable[[Any, FetchedPage, Batch], Any]
"""A record's row; None where it is of no interest; raises `Rejected`."""


def read_pages(
    lines: Iterable[Line], feed: str, records: Records, take: Take, *, bare: int | None = None
) -> Iterator[Batch]:
    """Batches of what `take` makes of each record of each page.

    `bare` is the day of pages that were saved by other means, as the server gave them, one a line.
    """
    batch = Batch()
    for number, line in enumerate(lines, start=1):
        try:
            page = _page(line, number, feed, bare)
            found = list(records(page))
        except Rejected as rejected:
            batch.lines += 1
            batch.rejects.append(Reject(number, str(rejected)))
            if isinstance(line, Damage):
                batch.damage = line.reason
            continue
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            batch.lines += 1
            batch.rejects.append(Reject(number, reason_of(error)))
            continue
        if not found:
            batch.lines += 1
            batch.ignored += 1
        for record in found:
            _record(batch, record, page, take)
        if batch.lines >= BATCH_LINES or len(batch.parts) >= BATCH_PARTS:
            yield batch
            batch = Batch()
    if batch.lines:
        yield batch


def _page(line: Line, number: int, feed: str, bare: int | None) -> FetchedPage:
    if isinstance(line, Overlong):
        raise Rejected(f"the line is longer than {LINE_LIMIT >> 20} MiB")
    if isinstance(line, Damage):
        raise Rejected(line.reason)
    text = json_text(line)
    if bare is not None and _KNOWN.decode(text).feed is None:
        return FetchedPage(text, {}, bare, number)
    found = _LINE.decode(text)
    if found.feed != feed:
        raise Rejected(f"a page of another feed than {feed}")
    if found.format != FORMAT:
        raise Rejected(f"a page in another format than {FORMAT}")
    _at, as_of = checks.moment(found.fetched_at)
    return FetchedPage(bytes(found.page), found.request, as_of, number)


def _record(batch: Batch, record: Any, page: FetchedPage, take: Take) -> None:
    batch.lines += 1
    try:
        row = take(record, page, batch)
    except Rejected as rejected:
        batch.rejects.append(Reject(page.line, str(rejected)))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        batch.rejects.append(Reject(page.line, reason_of(error)))
    else:
        if row is None:
            batch.ignored += 1
        else:
            batch.rows.append(row)
