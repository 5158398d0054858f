"""What a value must look like before it may enter the warehouse. Every check gives the value or raises `Rejected`.

Keys and ids are held to their grammar, not only for tidiness: a free text in a key column is how a name would slip in.
Reasons name the field and what is wanted, never what was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from analytics_dash.sources.records import Rejected
from analytics_dash.warehouse.schema import REPORTING_ZONE

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_EARLIEST: Final = (datetime(2012, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND  # the platform's first year
_LATEST: Final = (datetime(2100, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_SECOND: Final = 1_000_000
_HOUR: Final = 3600 * _SECOND
_DAY: Final = 24 * _HOUR
_ZONE: Final = ZoneInfo(REPORTING_ZONE)

_PART: Final = r"[\w\-~.]+"
_COURSE: Final = re.compile(
    rf"(?:course-v1:{_PART}\+{_PART}\+{_PART}|ccx-v1:{_PART}\+{_PART}\+{_PART}\+ccx@\d+"
    rf"|library-v1:{_PART}\+{_PART}|lib:{_PART}:{_PART}|{_PART}/{_PART}/{_PART})"
)
_BLOCK: Final = re.compile(
    rf"(?:(?:block|ccx-block|library-block)-v1:(?:{_PART}\+)+(?:ccx@\d+\+|branch@\w+\+|version@\w+\+)*"
    rf"type@{_PART}\+block@{_PART}|lb:{_PART}:{_PART}:{_PART}:{_PART}|i4x://{_PART}/{_PART}/{_PART}/{_PART}"
    r"|[\w\-~.:]+)"
)
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_ANSWER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9._:-]{0,99})?")
_LEARNER: Final = re.compile(r"[0-9a-f]{32}")
_USER_ID: Final = re.compile(r"[0-9]{1,18}")
_USER_IDS: Final = 10**18
_EMAIL: Final = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,255}")
_LOGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,99}(?:\[bot\])?")
_LIMIT: Final = 255
_MOST_MARKS: Final = 1e6
_ROUNDING: Final = 1e-9


T = TypeVar("T")


def each(check: Callable[[Any], object], values: Sequence[T]) -> Sequence[T]:
    """The values, when each different one among them has passed the check; None passes unseen."""
    for value in set(values):
        if value is not None:
            check(value)
    return values


def moment(value: datetime | None) -> tuple[int, int]:
    """Microseconds since 1970 (UTC), and the day in the reporting zone as days since 1970.

    A time without an offset is UTC: so the platform's documentation of its tracking log says.
    """
    (at,), (day,) = moments([value])
    return at, day


def moments(values: Sequence[datetime | None]) -> tuple[list[int], list[int]]:
    """The `moment` of each of many times, as two columns."""
    if None in values:
        raise Rejected("no time")
    whole: Any = values
    # By parts: half of what dividing by a microsecond costs.
    at: list[int] = [
        (since := (time if time.tzinfo is not None else time.replace(tzinfo=UTC)) - _EPOCH).days * _DAY
        + since.seconds * _SECOND
        + since.microseconds
        for time in whole
    ]
    if not at:
        return [], []
    first, last = min(at), max(at)
    if not _EARLIEST <= first <= last < _LATEST:
        raise Rejected("time: must be between 2012 and 2099")
    # What is read together is mostly of one day, and a later moment is never of an earlier day.
    day = _local_day(first)
    return at, [day] * len(at) if day == _local_day(last) else [_local_day(moment) for moment in at]


def _local_day(moment: int) -> int:
    return (moment + _offset(moment // _HOUR)) // _DAY


def iso_day(day: int) -> str:
    """Days since 1970 as YYYY-MM-DD."""
    return (_EPOCH + timedelta(days=day)).date().isoformat()


@lru_cache(maxsize=1 << 16)
def _offset(hour: int) -> int:
    """The reporting zone's offset in the given hour since 1970, microseconds; it changes on the hour only."""
    local = (_EPOCH + timedelta(hours=hour)).astimezone(_ZONE).utcoffset() or timedelta()
    return local // _MICROSECOND


@lru_cache(maxsize=1 << 12)
def course_key(value: str) -> str:
    if len(value) > _LIMIT or not _COURSE.fullmatch(value):
        raise Rejected("course: not a course key such as course-v1:Org+Course+Run")
    return value


@lru_cache(maxsize=1 << 14)
def usage_key(value: str) -> str:
    if len(value) > _LIMIT or not _BLOCK.fullmatch(value):
        raise Rejected("block: not a usage key such as block-v1:Org+Course+Run+type@problem+block@id")
    return value


@lru_cache(maxsize=1 << 14)
def short_id(field: str, value: str) -> str:
    """An id of ours (lesson, step): letters, digits and `._:-`, at most 100."""
    if not _ID.fullmatch(value):
        raise Rejected(f"{field}: must be an id of letters, digits and ._:-, at most 100 long")
    return value


@lru_cache(maxsize=1 << 14)
def answer_id(value: str) -> str:
    """The id of an authored answer, or two of them joined by `/` (where something was checked, and what was found)."""
    if not _ANSWER.fullmatch(value):
        raise Rejected("answer: must be the id of an authored answer, at most two ids joined by /")
    return value


def learner(value: str) -> str:
    if not _LEARNER.fullmatch(value):
        raise Rejected("learner: must be the gateway's pseudonym, 32 hex digits")
    return value


def marks(earned: float | None, possible: float | None) -> tuple[float | None, float | None]:
    """Marks earned and possible, either of which a platform may leave out."""
    if earned is not None and not 0 <= earned <= _MOST_MARKS:
        raise Rejected("grade: marks earned must be between 0 and 1,000,000")
    if possible is not None and not 0 <= possible <= _MOST_MARKS:
        raise Rejected("grade: marks possible must be between 0 and 1,000,000")
    if earned is not None and possible is not None and earned > possible + _ROUNDING:
        raise Rejected("grade: more marks earned than possible")
    return earned, possible


def all_marks(
    earned: Sequence[float | None], possible: Sequence[float | None]
) -> tuple[Sequence[float | None], Sequence[float | None]]:
    """Columns of marks, each different pair of them held to `marks`."""
    for mine, most in set(zip(earned, possible, strict=True)):
        marks(mine, most)
    return earned, possible


def share(field: str, value: float, most: float = 1) -> float:
    if not 0 <= value <= most:  # nor is it so of NaN
        raise Rejected(f"{field}: must be between 0 and {most:g}")
    return value


def count(field: str, value: int, most: int = 1 << 31) -> int:
    if not 0 <= value < most:
        raise Rejected(f"{field}: must be a whole number from 0 up, and no more than {most - 1}")
    return value


def username(value: str | None) -> str | None:
    """A platform username, or None for none."""
    text = (value or "").strip()
    if len(text) > _LIMIT:
        raise Rejected("username: longer than 255 characters")
    return text or None


def user_id(value: str | int | None) -> int | None:
    """A platform user id, or None for none; exports write it as a number or as its digits."""
    if type(value) is int and 0 < value < _USER_IDS:
        return value
    if value is None or value == "":
        return None
    text = str(value).strip()
    if not _USER_ID.fullmatch(text) or int(text) == 0:
        raise Rejected("user_id: must be a positive whole number")
    return int(text)


def email(value: str) -> str | None:
    """An e-mail address as it stands, or None for none."""
    text = value.strip()
    if not text:
        return None
    if len(text) > _LIMIT or not _EMAIL.fullmatch(text):
        raise Rejected("email: not an e-mail address")
    return text


def github_login(value: str | None) -> str | None:
    """A GitHub login as it stands, or None for none; accounts that an enterprise manages end in `_shortcode`."""
    text = (value or "").strip()
    if not text:
        return None
    if not _LOGIN.fullmatch(text):
        raise Rejected("github_login: must be a GitHub login: letters, digits, hyphens and _")
    return text
