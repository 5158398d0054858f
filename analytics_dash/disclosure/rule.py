"""The 10-5 rule: what may be shown of a count, and of a rate made of two. The one place that decides it.

Hide 0 to 9 alike, round the rest to the nearest 5, and compute every rate from the rounded counts (the ONS's rule;
see `docs/method.md` for what it withstands). A true nought is hidden like a nine: showing it would say something
about everybody in the group. No person, table or database is known here. Called by `protect`, told to `attacker`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

MINIMUM: Final = 10
"""The smallest count that is shown: counts from 0 to MINIMUM − 1 are hidden and look alike."""

BASE: Final = 5
"""Shown counts are rounded to the nearest multiple of BASE; odd, so that there are no ties."""

ROUNDING: Final = BASE // 2
"""A shown count is at most this far from the true one."""


Count = Literal["numerator", "rest", "denominator"]
"""What there is to know of a cell: its two counts, and how many of the denominator are not in the numerator."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A numerator and a denominator that may be shown: multiples of BASE, at least MINIMUM."""

    numerator: int
    denominator: int


def show_count(count: int) -> int | None:
    """Return what may be shown of one count: None when it is below MINIMUM, else the nearest multiple of BASE."""
    if count < 0:
        raise ValueError(f"A count cannot be negative: {count}.")
    return None if count < MINIMUM else (count + ROUNDING) // BASE * BASE


def show_proportion(numerator: int, denominator: int) -> Shown | None:
    """Return what may be shown of `numerator` people out of `denominator`, or None when the cell must be hidden.

    Numerator, denominator and complement (those of the denominator who are not in the numerator) must each be at
    least MINIMUM: that nearly nobody, or nearly everybody, has a property tells on single people alike.
    """
    if numerator > denominator:
        raise ValueError(f"{numerator} of {denominator}: a part cannot exceed the whole.")
    parts = show_count(numerator), show_count(denominator), show_count(denominator - numerator)
    if parts[0] is None or parts[1] is None or parts[2] is None:
        return None
    return Shown(parts[0], parts[1])


def show_ratio(numerator: int, denominator: int) -> Shown | None:
    """Return what may be shown of two sums of magnitudes, or None when either is below MINIMUM.

    How many people stand behind them, and whether one of them dominates, is checked by `dominance`.
    """
    parts = show_count(numerator), show_count(denominator)
    return None if parts[0] is None or parts[1] is None else Shown(parts[0], parts[1])
