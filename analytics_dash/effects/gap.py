"""How far a group's share is from that of all others, from protected counts alone. Pure; called by `figures`."""

from __future__ import annotations

from math import sqrt

from analytics_dash.disclosure.rule import BASE
from analytics_dash.learning.intervals import Z95, Interval

ROUNDING_VARIANCE = (BASE**2 - 1) / 12
"""Of the difference between a count and its nearest multiple of BASE, each of the BASE differences as likely."""

Counts = tuple[int, int]
"""A numerator and a denominator, as they are shown."""


def gap(group: Counts, whole: Counts, clumping: float = 1.0) -> Interval | None:
    """The share of `group` less the share of those of `whole` who are not in it, −1…1, with 95 % limits.

    Wald's limits with one more success and failure in each part (Agresti & Caffo 2000, The American Statistician 54,
    280–288), and with the variance that rounding the counts adds. `clumping` is the factor by which the variance of the
    counts is larger for people who count several times. `people` is the smaller part. None where the rest is too small
    to be told from the rounding.
    """
    rest = whole[0] - group[0], whole[1] - group[1]
    if min(*rest, rest[1] - rest[0], group[1] - group[0]) < 2 * BASE:
        return None
    figure = group[0] / group[1] - rest[0] / rest[1]
    # The rest is a difference of two rounded counts, and its rounding goes against the group's.
    variance = _variance(*group, clumping, roundings=1) + _variance(*rest, clumping, roundings=2)
    middle = (group[0] + 1) / (group[1] + 2) - (rest[0] + 1) / (rest[1] + 2)
    reach = Z95 * sqrt(variance)
    return Interval(figure, min(middle - reach, figure), max(middle + reach, figure), min(group[1], rest[1]))


def _variance(part: int, whole: int, clumping: float, *, roundings: int) -> float:
    share = (part + 1) / (whole + 2)
    return clumping * share * (1 - share) / (whole + 2) + roundings * ROUNDING_VARIANCE * (1 + share**2) / whole**2
