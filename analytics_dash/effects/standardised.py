"""The difference between two arms, as it would be if both had the same mix of strata. Pure; called by `figures`.

Direct standardisation: within each stratum (department and grade band) the arms' shares are subtracted, and the
differences averaged with the weight of where the licences are. People stay the same people over the months and may
change arm, so the variance is a person's: of each stratum the sums of squares and products by person are enough.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics_dash.learning.intervals import Z95, Interval

LEAST: Final = 10
"""A stratum with fewer people than that in either arm is left out."""

Sums = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Strata:
    """One entry a stratum. Of arm 1 (trained) and arm 0: people, licence-months `n`, active ones `y`, sums by person.

    `yy1` is the sum over people of the square of their own y in arm 1, `yn1` of y times n, `nn1` of n squared; the
    last four are products across the arms, of people who were in both: `y1n0` of y in arm 1 times n in arm 0.
    """

    people1: Sums
    people0: Sums
    y1: Sums
    n1: Sums
    y0: Sums
    n0: Sums
    yy1: Sums
    yn1: Sums
    nn1: Sums
    yy0: Sums
    yn0: Sums
    nn0: Sums
    y1y0: Sums
    y1n0: Sums
    n1y0: Sums
    n1n0: Sums

    def those(self, kept: NDArray[np.bool_]) -> Strata:
        """The strata that are kept."""
        return Strata(*(getattr(self, field.name)[kept] for field in fields(self)))

    def merged(self) -> Strata:
        """All as one stratum."""
        return Strata(*(np.array([getattr(self, field.name).sum()]) for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Difference:
    """Arm 1 less arm 0, with limits; `people` are those in the smaller arm, `left_out` the share of licence-months in
    strata where an arm has fewer than `LEAST` people, and `people_left_out` how many people are in these at least."""

    interval: Interval
    left_out: float
    people_left_out: int


def standardised(strata: Strata) -> Difference | None:
    """The standardised difference, −1…1; None when no stratum has enough people in both arms.

    Weights are a stratum's share of the licence-months in strata that count, taken as given (Rothman, Greenland & Lash
    2008, *Modern Epidemiology*, ch. 15). Limits are the normal ones of the delta method, clustered by person.
    """
    enough = (strata.people1 >= LEAST) & (strata.people0 >= LEAST)
    if not enough.any():
        return None
    kept = strata.those(enough)
    months = kept.n1 + kept.n0
    weights = months / months.sum()
    figure = float((weights * (kept.y1 / kept.n1 - kept.y0 / kept.n0)).sum())
    reach = Z95 * sqrt(float((weights**2 * _variances(kept)).sum()))
    people = int(min(kept.people1.sum(), kept.people0.sum()))
    moved = float((weights / np.minimum(kept.people1, kept.people0)).max())
    left_out = 1 - float(months.sum() / (strata.n1 + strata.n0).sum())
    people_left_out = int(np.maximum(strata.people1, strata.people0)[~enough].sum())
    return Difference(Interval(figure, figure - reach, figure + reach, people, moved), left_out, people_left_out)


def residuals(s: Strata) -> tuple[Sums, Sums, Sums]:
    """Of each stratum the sums of squares of people's residuals y − share × n, by arm, and of their products."""
    share1, share0 = s.y1 / s.n1, s.y0 / s.n0
    own1 = s.yy1 - 2 * share1 * s.yn1 + share1**2 * s.nn1
    own0 = s.yy0 - 2 * share0 * s.yn0 + share0**2 * s.nn0
    across = s.y1y0 - share0 * s.y1n0 - share1 * s.n1y0 + share1 * share0 * s.n1n0
    return own1, own0, across


def _variances(s: Strata) -> Sums:
    """The variance of each stratum's difference."""
    own1, own0, across = residuals(s)
    corrected = own1 / s.n1**2 * s.people1 / (s.people1 - 1) + own0 / s.n0**2 * s.people0 / (s.people0 - 1)
    variances: Sums = np.maximum(corrected - 2 * across / (s.n1 * s.n0), 0)
    return variances
