"""On how many days of a month somebody uses the tool, and on which: the planted habits. Called by `behaviour`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.staff import month_days


def draw_days(rng: Random, opens: date, closes: date, drawn: Sequence[date]) -> tuple[date, ...]:
    """Draw the active days between two days of one month, in order: those `drawn` already first, then other weekdays.

    Of a whole month as many people reach each number of days a week as planted; where the licence begins or ends in it
    there may not be days enough.
    """
    _first, last = month_days(opens.isoformat()[:7])
    chance = rng.random()
    reached = sum(chance < share for share in planted.REACHES_DAYS_A_WEEK.values())
    count = rng.randint(max(1, _least(last.day, reached)), _least(last.day, reached + 1) - 1)
    days = list(dict.fromkeys(drawn))[:count]
    span = (opens + timedelta(days=number) for number in range((closes - opens).days + 1))
    others = [day for day in span if day.weekday() < 5 and day not in days]
    return tuple(sorted((*days, *rng.sample(others, min(count - len(days), len(others))))))


def _least(length: int, days_a_week: int) -> int:
    """The fewest days of a month of `length` that are so many a week."""
    return -(-length * days_a_week // 7)
