"""What the readers of OpenAI's Admin API share: pages of daily buckets, who they are grouped by, names of projects.

A page comes as `adoption fetch` saves it (`fetched_pages`), or as the API itself answers. Figures of one
user or of one key are refused: the API platform's figures are by project, day and model, and by nothing narrower.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from analytics_dash.sources import checks
from analytics_dash.sources.fetched_pages import FORMAT, PageLine
from analytics_dash.sources.records import Rejected

UNATTRIBUTED: Final = "unattributed"
"""The project of what the platform gives no project for, in pages that were asked for by project."""
_DAY_S: Final = 86_400
_PROJECT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_LABEL: Final = re.compile(r"[^\x00-\x1f\x7f@]{1,120}")
_FIRST_DAY: Final = 16_436  # 2015
_LAST_DAY: Final = 47_481  # 2099


class Grouped(msgspec.Struct, gc=False):
    """What a result may be grouped by. Of those that are narrower than project and model only that they are there."""

    project_id: str | None = None
    user_id: Any = None
    api_key_id: Any = None
    batch: Any = None
    service_tier: Any = None
    api_source: Any = None


class Result(NamedTuple):
    """One result of a bucket: its day, when it was fetched (both as days since 1970), and its JSON text."""

    day: int
    as_of: int
    fetched: bool  # by `adoption fetch`, which asks by project
    text: bytes


class _Bucket(msgspec.Struct, gc=False):
    start_time: int
    end_time: int | None = None
    results: list[msgspec.Raw] | None = None
    result: list[msgspec.Raw] | None = None  # so in older descriptions


class _Page(msgspec.Struct, gc=False):
    data: list[_Bucket]


_KEYS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_PAGE: Final = msgspec.json.Decoder(_Page)
_FETCHED: Final = msgspec.json.Decoder(PageLine)


def unfold(text: bytes, feed: str) -> tuple[bytes, int | None]:
    """A page's own text, and when it was fetched (days since 1970, None where nobody says)."""
    if b'"fetched_at"' not in text or "fetched_at" not in _KEYS.decode(text):
        return text, None
    line = _FETCHED.decode(text)
    if line.feed != feed:
        raise Rejected(f"a page of another feed than {feed}")
    if line.format != FORMAT:
        raise Rejected(f"a page in another format than {FORMAT}")
    return bytes(line.page), checks.moment(line.fetched_at)[1]


def results(text: bytes, feed: str) -> Sequence[tuple[bytes, Result]]:
    """Every result of a page of daily buckets. Raises `Rejected` where a bucket is no day."""
    content, fetched = unfold(text, feed)
    page = _PAGE.decode(content)
    # Saved without its time: the latest that it can be of is the end of its last bucket.
    as_of = max((_ends(bucket) // _DAY_S for bucket in page.data), default=0) if fetched is None else fetched
    found = []
    for bucket in page.data:
        day, rest = divmod(bucket.start_time, _DAY_S)
        if rest or not bucket.start_time < _ends(bucket) <= bucket.start_time + _DAY_S:
            raise Rejected("bucket: must be one day, UTC")
        if not _FIRST_DAY <= day <= _LAST_DAY:
            raise Rejected("bucket: must be between 2015 and 2099")
        for raw in bucket.results or bucket.result or ():
            record = bytes(raw)
            found.append((record, Result(day, as_of, fetched is not None, record)))
    return found


def _ends(bucket: _Bucket) -> int:
    return bucket.start_time + _DAY_S if bucket.end_time is None else bucket.end_time


def project_of(grouped: Grouped, result: Result) -> str:
    """The project's id. Raises `Rejected` for a result that is about less than a project's day."""
    if grouped.user_id is not None or grouped.api_key_id is not None:
        raise Rejected("grouped by user or key: ask by project alone, so that nobody is in it")
    if (grouped.batch, grouped.service_tier, grouped.api_source) != (None, None, None):
        raise Rejected("grouped by more than project and model")
    if grouped.project_id is None:
        if not result.fetched:
            raise Rejected("project_id: must not be empty; ask by project")
        return UNATTRIBUTED
    return project_id(grouped.project_id)


def project_id(value: str) -> str:
    if not _PROJECT.fullmatch(value):
        raise Rejected("project: must be the id of a project")
    return value


def label(field: str, value: str | None) -> str | None:
    """The name of a model or of a line of the bill."""
    if value is None:
        return None
    if not _LABEL.fullmatch(value):
        raise Rejected(f"{field}: must be text of one line, at most 120 long, without @")
    return value
