"""A median read from the shares that reach each threshold: from protected counts, so nobody's own value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from analytics_dash.learning.intervals import Interval


def median_from_shares(reaching: Mapping[int, tuple[int, int]], *, most: int) -> Interval | None:
    """The median of a quantity between 0 and `most`, from (numerator, denominator) of those who reach each threshold.

    The limits are the thresholds between which the share falls below a half; the figure lies between them on a
    straight line. A share of exactly a half puts the median at that threshold. `people` is the smallest denominator.
    None without thresholds, or where shares rise with the threshold by more than rounding explains.
    """
    if not reaching:
        return None
    points = [
        (0, 1.0),
        *((threshold, part / whole) for threshold, (part, whole) in sorted(reaching.items())),
        (most, 0.0),
    ]
    people = min(whole for _part, whole in reaching.values())
    for (low, above), (high, below) in pairwise(points):
        if above >= 0.5 > below:
            figure = low + (above - 0.5) / (above - below) * (high - low)
            return Interval(figure, float(low), float(high), people)
    return None
