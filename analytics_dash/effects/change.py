"""How a rate of magnitudes changed from one month to another. Pure; called by `figures`."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, hypot, sqrt

from analytics_dash.effects.gap import ROUNDING_VARIANCE, Counts
from analytics_dash.learning.intervals import Z95, Interval
from analytics_dash.learning.precision import error_up


@dataclass(frozen=True, slots=True)
class TwoMonths:
    """Of the later month, 1, and the earlier, 0: people, events `y`, chances for one `n`, and sums by person.

    `yy1` is the sum over people of the square of their own y in month 1, `yn1` of y times n, `nn1` of n squared; the
    last four are products across the months, of people who were in both: `y1n0` of y in month 1 times n in month 0.
    """

    people1: float
    people0: float
    y1: float
    n1: float
    y0: float
    n0: float
    yy1: float
    yn1: float
    nn1: float
    yy0: float
    yn0: float
    nn0: float
    y1y0: float
    y1n0: float
    n1y0: float
    n1n0: float


def rate_ratio(sums: TwoMonths, later: Counts, earlier: Counts) -> Interval | None:
    """The rate y / n of the later month over that of the earlier; 1 is no change.

    The figure is made of the months' protected counts, so it tells nothing new. Limits by the delta method on the
    logarithm, in which a person counts once: what one person pastes comes in clumps, so events are not independent.
    They allow for the rounding of the counts, and are so coarse that the largest clump cannot be told from them.
    `people` is the smaller month's. None where a month has no events.
    """
    if not (sums.y1 and sums.y0):
        return None
    own1, own0, across = _residuals(sums)
    error = sqrt(max(own1 / sums.y1**2 + own0 / sums.y0**2 - 2 * across / (sums.y1 * sums.y0), 0.0))
    by_rounding = sqrt(sum(ROUNDING_VARIANCE / count**2 for count in (*later, *earlier)))
    reach = Z95 * error_up(hypot(error, by_rounding))
    figure = later[0] / later[1] / (earlier[0] / earlier[1])
    return Interval(figure, figure * exp(-reach), figure * exp(reach), int(min(sums.people1, sums.people0)))


def _residuals(s: TwoMonths) -> tuple[float, float, float]:
    """The sums of squares of people's residuals y − rate × n, by month, and of their products."""
    rate1, rate0 = s.y1 / s.n1, s.y0 / s.n0
    own1 = s.yy1 - 2 * rate1 * s.yn1 + rate1**2 * s.nn1
    own0 = s.yy0 - 2 * rate0 * s.yn0 + rate0**2 * s.nn0
    return own1, own0, s.y1y0 - rate0 * s.y1n0 - rate1 * s.n1y0 + rate1 * rate0 * s.n1n0
