"""When things happen: days and times of day of people at work, in the reporting zone, given as UTC.

Pure functions of a random stream. `staff` and `behaviour` call them; the feeds only format what comes out.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from analytics_dash.demonstration import planted

_ZONE = ZoneInfo(planted.REPORTING_ZONE)
_EVENING = 0.03  # a few work late, and a few of those past midnight UTC in summer: the month's edge gets used


def working_day(rng: Random, first: date, last: date, *, weekends: float = 0.1) -> date:
    """Draw a day from `first` to `last`; one that falls on a weekend is kept only with probability `weekends`.

    After eight refusals the day stands, so that a range made only of a weekend still has an answer.
    """
    days = (last - first).days
    for _ in range(8):
        day = first + timedelta(days=rng.randint(0, days))
        if day.weekday() < 5 or rng.random() < weekends:
            break
    return day


def working_time(rng: Random, day: date) -> datetime:
    """Draw a moment on `day` in the reporting zone, mostly between 08:00 and 18:00; returned in UTC."""
    hour = rng.uniform(18.0, 23.9) if rng.random() < _EVENING else 8.0 + 10.0 * rng.betavariate(1.6, 1.8)
    local = datetime.combine(day, time(), _ZONE) + timedelta(seconds=int(hour * 3600))  # wall-clock arithmetic
    return local.replace(microsecond=rng.randrange(1_000_000)).astimezone(UTC)


def local_day(at: datetime) -> date:
    """Return the day on which a UTC moment falls in the reporting zone."""
    return at.astimezone(_ZONE).date()


def local_month(at: datetime) -> str:
    """Return the month, YYYY-MM, in which a UTC moment falls in the reporting zone."""
    return local_day(at).isoformat()[:7]
