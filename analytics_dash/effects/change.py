"""How a rate of magnitudes changed from one month to another. Pure; called by `figures`."""

from __future__ import annotations

from math import exp, hypot, sqrt

from analytics_dash.effects.gap import ROUNDING_VARIANCE, Counts
from analytics_dash.effects.standardised import Strata, residuals
from analytics_dash.learning.intervals import Z95, Interval
from analytics_dash.learning.precision import error_up


def rate_ratio(strata: Strata, later: Counts, earlier: Counts) -> Interval | None:
    """The rate y / n of arm 1 (the later month) over that of arm 0 (the earlier); 1 is no change.

    The figure is made of the months' protected counts, so it tells nothing new. Limits by the delta method on the
    logarithm, in which a person counts once: what one person pastes comes in clumps, so events are not independent.
    They allow for the rounding of the counts, and are so coarse that the largest clump cannot be told from them.
    `people` is the smaller month's. None where a month has no events.
    """
    whole = strata.merged()
    y1, y0 = float(whole.y1[0]), float(whole.y0[0])
    if not (y1 and y0):
        return None
    own1, own0, across = residuals(whole)
    error = sqrt(max(float((own1 / y1**2 + own0 / y0**2 - 2 * across / (y1 * y0))[0]), 0.0))
    by_rounding = sqrt(sum(ROUNDING_VARIANCE / count**2 for count in (*later, *earlier)))
    reach = Z95 * error_up(hypot(error, by_rounding))
    figure = later[0] / later[1] / (earlier[0] / earlier[1])
    people = int(min(whole.people1[0], whole.people0[0]))
    return Interval(figure, figure * exp(-reach), figure * exp(reach), people)
