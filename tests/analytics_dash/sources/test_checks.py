"""When something happened: to the microsecond, and on the day that the reporting zone's calendar had."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.sources.checks import moments
from analytics_dash.warehouse.schema import REPORTING_ZONE

FIRST, LAST = datetime.fromisoformat("2012-01-02"), datetime.fromisoformat("2099-12-30")
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(FIRST, LAST, timezones=st.none() | OFFSETS)
# Around the hours at which British clocks go forward and back.
TURNS = st.builds(
    lambda turn, seconds: turn + timedelta(seconds=seconds),
    st.sampled_from([datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]),
    st.integers(-40 * 3600, 40 * 3600),
)


@given(st.lists(TIMES | TURNS, max_size=5))
def test_times_are_exact_and_days_are_the_calendars_whatever_they_are_looked_at_with(times: list[datetime]) -> None:
    at, days = moments(times)
    for time, moment, day in zip(times, at, days, strict=True):
        exact = time if time.tzinfo else time.replace(tzinfo=UTC)
        assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment) == exact
        assert date(1970, 1, 1) + timedelta(days=day) == exact.astimezone(ZoneInfo(REPORTING_ZONE)).date()
