"""What changed when something was rolled out step by step, compared with places that had yet to. Pure; see `figures`.

Group-time difference-in-differences with not-yet-treated places as controls, after Callaway & Sant'Anna (2021), Journal
of Econometrics 225, 200–230: unlike a regression with fixed effects it never uses a place that is treated already as a
control. Limits are a jackknife's over places with Student's t (G − 1): with a dozen to fifty places the usual clustered
variance is too small (Cameron, Gelbach & Miller 2008, Review of Economics and Statistics 90, 414–427), while leaving
one place out is at least large enough (MacKinnon, Nielsen & Webb 2023, Journal of Econometrics 232, 272–299).
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analytics_dash.learning.intervals import Interval

LEAST_PLACES: Final = 6
"""With fewer places there is no interval worth the name."""

Shares = NDArray[np.float64]
Months = NDArray[np.int64]
Compared = Callable[[int, int], list[int]]
"""Which months are compared with the one before roll-out, given the month of roll-out and how many months there are."""


def rollout_effect(shares: Shares, weights: Shares, rolled_out: Months) -> Interval | None:
    """The mean change since the month before roll-out, less that of places not yet rolled out; with 95 % limits.

    `shares` is places × months, NaN where too few people stand behind one; `weights` is one for each place (people);
    `rolled_out` is the first month (column) in which a place is treated, or the number of months where it never is.
    `people` of the interval counts places; `moved` is how far one of a place's `weights` people moves the effect who
    does something else in every month, `widened` how far such a person moves its limits. None where it cannot be told:
    fewer than `LEAST_PLACES` places of use, or one of them decides alone whether there is anything to compare.
    """
    return _jackknifed(shares, weights, rolled_out, _after)


def before_rollout(shares: Shares, weights: Shares, rolled_out: Months) -> Interval | None:
    """The same comparison for the month before the last one before roll-out: away from nought, trends differed before.

    Arguments and limits are as in `rollout_effect`.
    """
    return _jackknifed(shares, weights, rolled_out, _before)


def _after(rolled_out: int, months: int) -> list[int]:
    return list(range(rolled_out, months))


def _before(rolled_out: int, months: int) -> list[int]:  # noqa: ARG001 (one shape for both)
    return [rolled_out - 2] if rolled_out >= 2 else []


def _jackknifed(shares: Shares, weights: Shares, rolled_out: Months, compared: Compared) -> Interval | None:
    useful = (rolled_out > 0) & ~np.isnan(shares).any(axis=1)
    shares, weights, rolled_out = shares[useful], weights[useful], rolled_out[useful]
    places, months = shares.shape
    whole = _factors(weights, rolled_out, months, compared)
    if places < LEAST_PLACES or whole is None:
        return None
    without = [
        np.insert(factors, place, 0, axis=0)
        for place in range(places)
        if (factors := _factors(np.delete(weights, place), np.delete(rolled_out, place), months, compared)) is not None
    ]
    if len(without) < places:
        return None
    apart = np.array(without) - np.mean(without, axis=0)  # of each left out place, from the mean of all of them
    widens = float(stats.t.ppf(0.975, places - 1)) * sqrt((places - 1) / places)
    effect = float((whole * shares).sum())
    reach = widens * float(np.linalg.norm((apart * shares).sum(axis=(1, 2))))
    # One person at most changes a place's share by one part of its people, in every month, and each to the same end.
    moved = float((np.abs(whole).sum(axis=1) / weights).max())
    widened = widens * float((np.linalg.norm(apart, axis=0).sum(axis=1) / weights).max())
    return Interval(effect, effect - reach, effect + reach, places, moved, widened)


def _factors(weights: Shares, rolled_out: Months, months: int, compared: Compared) -> Shares | None:
    """The weighted mean over treated places and months as a sum of shares: the factor of each, places × months.

    None when there is no pair to compare.
    """
    factors, weight = np.zeros((len(weights), months)), 0.0
    for cohort in np.unique(rolled_out[rolled_out < months]).tolist():
        treated = weights * (rolled_out == cohort)
        for month in compared(cohort, months):
            controls = weights * (rolled_out > max(month, cohort))
            if controls.any():
                pulls = treated - controls / controls.sum() * treated.sum()
                factors[:, month] += pulls
                factors[:, cohort - 1] -= pulls
                weight += float(treated.sum())
    return factors / weight if weight else None
