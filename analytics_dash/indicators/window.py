"""The months that a release covers. Called by the release builder and by every indicator."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

MONTHS: Final = 6
"""How many months a release covers, the last being the month named by `--through`."""

_FORM: Final = re.compile(r"(?P<year>[1-9]\d{3})-(?P<month>0[1-9]|1[0-2])")


class MonthError(ValueError):
    """A text is not a month of the form YYYY-MM."""


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive calendar months (`YYYY-MM`, reporting zone), oldest first."""

    months: tuple[str, ...]

    @classmethod
    def ending(cls, through: str, *, months: int = MONTHS) -> Window:
        """Return the window of `months` months that ends with `through`; `MonthError` when that is no month."""
        match = _FORM.fullmatch(through)
        if match is None:
            raise MonthError(f"“{through}” is not a month; write it as YYYY-MM, for instance 2026-10.")
        last = int(match["year"]) * 12 + int(match["month"]) - 1
        return cls(tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(last - months + 1, last + 1)))

    @property
    def first_day(self) -> date:
        """The first day of the first month."""
        return first_day(self.months[0])

    @property
    def last_day(self) -> date:
        """The last day of the last month."""
        return last_day(self.months[-1])


def first_day(month: str) -> date:
    """Return the first day of a month `YYYY-MM`."""
    return date.fromisoformat(f"{month}-01")


def last_day(month: str) -> date:
    """Return the last day of a month `YYYY-MM`."""
    first = first_day(month)
    return first.replace(day=monthrange(first.year, first.month)[1])
