"""The difference between two arms, like with like: within a department, grade band and month. Pure; see `figures`.

In each such cell the arms' shares are subtracted, and the differences averaged with the weights of Mantel and Haenszel,
n1 × n0 / n (Greenland & Robins 1985, Biometrics 41, 55–68): where an arm is empty there is nothing to compare. So what
a month does to everybody in a place, trained or not, is in no difference, however use grows while people are trained.
People stay the same people over the months and may change arm, so the variance is a person's (Liang & Zeger 1986,
Biometrika 73, 13–22): of each stratum, a department's grade band, sums of squares and products by person are enough.
In small cells a mean follows those it is made of, so a person's residuals are divided by the root of 1 − leverage:
nearly as Bell & McCaffrey do (2002, Survey Methodology 28, 169–181), and n / (n − 1) exactly where people count once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics_dash.learning.intervals import Z95, Interval

LEAST: Final = 10
"""A stratum is left out if an arm has fewer people than that in months in which there is somebody in the other."""

_DIGITS: Final = 9
"""Engines add floating-point numbers in any order: what differs beyond these digits must not decide how one rounds."""

Sums = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """One entry for each stratum and month: the stratum's number from 0 on, people `n` and active ones `y` by arm.

    Arm 1 are the trained.
    """

    stratum: NDArray[np.int64]
    y1: Sums
    n1: Sums
    y0: Sums
    n0: Sums


@dataclass(frozen=True, slots=True)
class Strata:
    """`cells` by month; all else one entry a stratum, by person.

    A person *pulls* in a month by 1 (arm 1) or 0 less the cell's share of arm 1: by nothing where an arm is empty.
    `a` is the sum over a person's months of pull × (active − the cell's share of active), `b` that of pull², each
    divided by the root of 1 − leverage; `aa` is the sum over people of a², and so on. Leverage is 1 / the people of a
    cell (the mean over the person's months, by pull²) + their part in the stratum's sum of pull². `people1` are those
    who pull in that arm, `people0` in the other.
    """

    cells: Cells
    people1: Sums
    people0: Sums
    aa: Sums
    ab: Sums
    bb: Sums


@dataclass(frozen=True, slots=True)
class Difference:
    """Arm 1 less arm 0, with limits; `people` are those in the smaller arm.

    `left_out` is the share of licence-months in strata with fewer than `LEAST` people in an arm, or in a month without
    anybody in one; `people_left_out` how many people are in these at least.
    """

    interval: Interval
    left_out: float
    people_left_out: int


def standardised(strata: Strata) -> Difference | None:
    """The difference, −1…1; None when no stratum has enough people in both arms.

    `moved` of the interval is how far somebody moves the figure by doing otherwise: in all their months in a stratum's
    smaller arm, with as many as people have there on average, or in any one month.
    """
    kept = (strata.people1 >= LEAST) & (strata.people0 >= LEAST)
    if not kept.any():
        return None
    cells = strata.cells
    n = cells.n1 + cells.n0
    above = _by_stratum(strata, (cells.y1 * cells.n0 - cells.y0 * cells.n1) / n)
    weight = _by_stratum(strata, cells.n1 * cells.n0 / n)
    whole = float(weight[kept].sum())
    figure = round(float(above[kept].sum()) / whole, _DIGITS)
    difference = np.divide(above, weight, out=np.zeros_like(above), where=kept)
    squares = strata.aa - 2 * difference * strata.ab + difference**2 * strata.bb
    reach = Z95 * sqrt(max(float(squares[kept].sum()), 0.0)) / whole
    in_all = weight[kept] / np.minimum(strata.people1, strata.people0)[kept]
    in_one = (np.maximum(cells.n1, cells.n0) / n)[kept[cells.stratum]]
    moved = max(float(in_all.max()), float(in_one.max())) / whole
    people = int(min(strata.people1[kept].sum(), strata.people0[kept].sum()))
    return Difference(Interval(figure, figure - reach, figure + reach, people, moved), *_left_out(strata, kept))


def _left_out(strata: Strata, kept: NDArray[np.bool_]) -> tuple[float, int]:
    """The share of licence-months of which nothing is compared, and how many people they are of at least."""
    cells = strata.cells
    n = cells.n1 + cells.n0
    out = ~kept[cells.stratum] | (cells.n1 == 0) | (cells.n0 == 0)
    at_once = np.zeros_like(strata.people1)  # the most in one month: those of another may be the same people
    np.maximum.at(at_once, cells.stratum[out], n[out])
    return float(n[out].sum() / n.sum()), int(at_once.sum())


def _by_stratum(strata: Strata, values: Sums) -> Sums:
    sums: Sums = np.zeros_like(strata.people1)
    np.add.at(sums, strata.cells.stratum, values)
    return sums
