"""How a rate of magnitudes changed from one month to another. Pure; called by `figures`."""

from __future__ import annotations

from math import exp, log, sqrt

from analytics_dash.effects.standardised import Strata, residuals
from analytics_dash.learning.intervals import Z95, Interval


def rate_ratio(strata: Strata) -> Interval | None:
    """The rate y / n of arm 1 (the later month) over that of arm 0 (the earlier); 1 is no change.

    Limits by the delta method on the logarithm, in which a person counts once: what one person pastes comes in clumps,
    so events are not independent. `people` is the smaller month's. None where a month has no events.
    """
    whole = strata.merged()
    y1, y0 = float(whole.y1[0]), float(whole.y0[0])
    if not (y1 and y0):
        return None
    own1, own0, across = residuals(whole)
    error = sqrt(max(float((own1 / y1**2 + own0 / y0**2 - 2 * across / (y1 * y0))[0]), 0.0))
    middle = log(y1 / float(whole.n1[0])) - log(y0 / float(whole.n0[0]))
    people = int(min(whole.people1[0], whole.people0[0]))
    return Interval(exp(middle), exp(middle - Z95 * error), exp(middle + Z95 * error), people)
