"""What changed when something was rolled out step by step, compared with places that had yet to. Pure; see `figures`.

Group-time difference-in-differences with not-yet-treated places as controls, after Callaway & Sant'Anna (2021), Journal
of Econometrics 225, 200–230: unlike a regression with fixed effects it never uses a place that is treated already as a
control. Limits are a jackknife's over places with Student's t (G − 1): with a dozen to fifty places the usual clustered
variance is too small (Cameron, Gelbach & Miller 2008, Review of Economics and Statistics 90, 414–427), while leaving
one place out is at least large enough (MacKinnon, Nielsen & Webb 2023, Journal of Econometrics 232, 272–299).
"""

from __future__ import annotations

from collections.abc import Callable
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
    does something else in every month. None where it cannot be told: fewer than `LEAST_PLACES` places of use, or one of
    them decides alone whether there is anything to compare.
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
    places = len(shares)
    whole = _effect(shares, weights, rolled_out, compared)
    if places < LEAST_PLACES or whole is None:
        return None
    without = [
        _effect(np.delete(shares, place, 0), np.delete(weights, place), np.delete(rolled_out, place), compared)
        for place in range(places)
    ]
    left = np.array([effect for effect in without if effect is not None])
    if len(left) < places:
        return None
    error = float(np.sqrt((places - 1) / places * ((left - left.mean()) ** 2).sum()))
    reach = float(stats.t.ppf(0.975, places - 1)) * error
    return Interval(whole, whole - reach, whole + reach, places, _moved(weights, rolled_out, shares.shape[1], compared))


def _moved(weights: Shares, rolled_out: Months, months: int, compared: Compared) -> float:
    """How far one person moves the effect at most: it is a sum of shares, each with a factor of its own."""
    shape = len(weights), months
    factors = np.array(
        [_effect(each.reshape(shape), weights, rolled_out, compared) for each in np.eye(shape[0] * months)]
    )
    return float((np.abs(factors.astype(float)).reshape(shape).sum(axis=1) / weights).max())


def _effect(shares: Shares, weights: Shares, rolled_out: Months, compared: Compared) -> float | None:
    """The weighted mean over treated places and months; None when there is no pair to compare."""
    months = shares.shape[1]
    total = weight = 0.0
    for cohort in np.unique(rolled_out[rolled_out < months]).tolist():
        treated = rolled_out == cohort
        for month in compared(cohort, months):
            controls = rolled_out > max(month, cohort)
            if not controls.any():
                continue
            change = shares[:, month] - shares[:, cohort - 1]
            trend = np.average(change[controls], weights=weights[controls])
            total += float((weights[treated] * (change[treated] - trend)).sum())
            weight += float(weights[treated].sum())
    return total / weight if weight else None
