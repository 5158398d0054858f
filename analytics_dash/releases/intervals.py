"""Uncertainty of shares and rates, computed from protected counts alone.

The interval of one share is Wilson's score interval; that of a difference is Newcombe's hybrid of the two (Statistics
in Medicine 17, 1998, method 10). Where people count several times, `clumping` is the factor by which that makes a
variance larger (`effects.clumping`): a share then rests on so many times fewer, and a rate's limits are the factor's
root wider. Counts in a release are rounded to 5, so each is at most 2 from the true one: all limits are taken
at the least favourable true counts, which makes the intervals a little too wide rather than too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

Z95: Final = 1.959964
Z95_ONE_SIDED: Final = 1.644854
ROUNDING: Final = 2


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % limits. Shares lie in 0…1, differences in -1…1."""

    figure: float
    low: float
    high: float

    @property
    def excludes_nought(self) -> bool:
        return self.low > 0 or self.high < 0

    def overlaps(self, other: Interval) -> bool:
        """Whether the two share a value: then a difference between them may be chance."""
        return self.high >= other.low and other.high >= self.low


def share(numerator: int, denominator: int, clumping: float = 1.0) -> Interval:
    """The share `numerator / denominator` of two protected counts, with its limits."""
    few, many = max(numerator - ROUNDING, 0), min(numerator + ROUNDING, denominator - ROUNDING)
    return Interval(
        numerator / denominator,
        _wilson(few / clumping, (denominator + ROUNDING) / clumping, -1),
        _wilson(many / clumping, (denominator - ROUNDING) / clumping, +1),
    )


def difference(one: Interval, other: Interval) -> Interval:
    """`one` minus `other`, two independent shares, with its limits."""
    figure = one.figure - other.figure
    return Interval(
        figure,
        figure - sqrt((one.figure - one.low) ** 2 + (other.high - other.figure) ** 2),
        figure + sqrt((one.high - one.figure) ** 2 + (other.figure - other.low) ** 2),
    )


def alike(found: Sequence[Interval]) -> bool:
    """Whether chance may make independent figures as different as these: Cochran's test of homogeneity, at 5 %.

    Standard errors are taken from the intervals, which are a little too wide; the quantile of chi-squared is Wilson's
    and Hilferty's approximation (PNAS 17, 1931).
    """
    weights = [(2 * Z95 / (each.high - each.low)) ** 2 for each in found]
    mean = sum(weight * each.figure for weight, each in zip(weights, found, strict=True)) / sum(weights)
    spread = sum(weight * (each.figure - mean) ** 2 for weight, each in zip(weights, found, strict=True))
    free = len(found) - 1
    return spread <= free * (1 - 2 / (9 * free) + Z95_ONE_SIDED * sqrt(2 / (9 * free))) ** 3


def rate(events: int, base: int, clumping: float = 1.0) -> Interval:
    """The rate `events / base` of two protected counts, with limits: on the scale of the root, where spread is even."""
    few, many = max(events - ROUNDING, 0), events + ROUNDING
    reach = Z95 * sqrt(clumping) / 2
    return Interval(
        events / base,
        max(sqrt(few) - reach, 0.0) ** 2 / (base + ROUNDING),
        (sqrt(many) + reach) ** 2 / (base - ROUNDING),
    )


def _wilson(successes: float, trials: float, sign: int) -> float:
    p, z2 = successes / trials, Z95 * Z95
    centre = p + z2 / (2 * trials)
    spread = Z95 * sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials))
    return min(max((centre + sign * spread) / (1 + z2 / trials), 0.0), 1.0)
