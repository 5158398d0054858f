"""95 % intervals that the measures share: of a share, of a correlation, of a mean whose observations come by person.

Called by the cores beside it. Every function gives limits that a reader may quote; where there are too few people for
any, the measure itself is absent.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, sqrt, tanh
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Z95: Final = 1.959964
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % limits, in the figure's own unit, and how many people it rests on.

    `moved` is how far one person moves the figure at most; `precision.told` takes it for one part of `people` at least.
    `widened` is how far one person moves a limit away from the figure, where that is known.
    """

    figure: float
    low: float
    high: float
    people: int
    moved: float = 0.0
    widened: float = 0.0

    def holds(self, value: float) -> bool:
        """Whether `value` lies within the limits."""
        return self.low <= value <= self.high


def wilson(part: int, whole: int, *, unsure: int = 0) -> Interval:
    """The share `part / whole` with the score interval of Wilson (1927), Journal of the American Statistical
    Association 22, 209–212; it stays inside 0…1.

    `unsure`: by how much each count may be off (2 where counts are rounded to 5); the limits then are those of the
    least favourable true counts. Raises `ValueError` unless 0 ≤ part ≤ whole and whole > 0.
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"{part} of {whole} is no share")
    low = _wilson(max(part - unsure, 0), whole + unsure, -1)
    fewest = max(whole - unsure, 1)
    high = _wilson(min(part + unsure, fewest), fewest, +1)
    return Interval(part / whole, min(low, part / whole), max(high, part / whole), whole)


def _wilson(part: int, whole: int, side: int) -> float:
    share, z2 = part / whole, Z95 * Z95
    spread = Z95 * sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    return min(1.0, max(0.0, (share + z2 / (2 * whole) + side * spread) / (1 + z2 / whole)))


def fisher(correlation: float, people: int) -> Interval:
    """A correlation with limits by Fisher's z transformation (1921), Metron 1, 3–32; needs at least 4 people.

    It supposes two normal variables; with one of 0 and 1 it is an approximation, good from some 50 people on.
    """
    if people < 4:
        raise ValueError("a correlation's interval needs at least 4 people")
    bounded = min(max(correlation, -1 + 1e-12), 1 - 1e-12)
    reach = Z95 / sqrt(people - 3)
    return Interval(correlation, tanh(atanh(bounded) - reach), tanh(atanh(bounded) + reach), people)


def of_influences(figure: float, influences: Numbers) -> Interval:
    """`figure` with limits from one influence for each person: their standard error, and Student's t.

    An influence says by how much a person moves the figure, times the number of people; that of a plain mean is the
    person's deviation from it. So the interval of a ratio or a clustered mean is the delta method's (Efron & Tibshirani
    1993, *An Introduction to the Bootstrap*, ch. 21). Needs at least 2 people.
    """
    people = len(influences)
    error = float(np.sqrt(np.sum(influences**2) / (people - 1) / people))
    reach = float(stats.t.ppf(0.975, people - 1)) * error
    moved = float(np.abs(influences).max()) / people
    return Interval(figure, figure - reach, figure + reach, people, moved)


def rounded(found: Interval, decimals: int, *, scale: int = 1) -> tuple[float, float, float]:
    """Figure, low and high, `scale` times as large, as a release writes them.

    Nought is added: −0.0 is another number to a digest, and SQLite gives it back as 0.0.
    """
    figure, low, high = (round(value * scale, decimals) + 0.0 for value in (found.figure, found.low, found.high))
    return figure, low, high
