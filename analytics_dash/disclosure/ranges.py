"""What a range is, and when it tells too much of a hidden count or sum. Pure; used by `search` and `bounds`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics_dash.disclosure.dominance import P_PERCENT
from analytics_dash.disclosure.equations import Flags, Numbers
from analytics_dash.disclosure.programme import TOLERANCE
from analytics_dash.disclosure.rule import MINIMUM, ROUNDING

NARROWEST: Final = 2 * ROUNDING + 1
"""A hidden count must be able to differ by at least this much: a range of ±ROUNDING is what only shown counts have."""

Tells = Callable[[Numbers, Numbers], Flags]


@dataclass(frozen=True, slots=True)
class Range:
    """Between which whole numbers a hidden count lies, and, when it is narrow, the cells that make it so.

    `pinned_by` are rows of the system: shown cells, and hidden ones that others' shown cells bound.
    """

    low: int
    high: int
    pinned_by: tuple[int, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether the count is known as closely as a shown one."""
        return self.high - self.low < NARROWEST

    @property
    def is_estimable(self) -> bool:
        """Whether the middle of the range is within `P_PERCENT` of a sum, or the sum is known like a shown one.

        A sum is hidden because few people, or one above all, stand behind it: who knows the sum knows the person.
        """
        return self.is_narrow or (self.high - self.low) * 100 < P_PERCENT * (self.high + self.low)


def whole(low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    """Return the whole numbers between which ranges lie."""
    return np.ceil(low - TOLERANCE), np.floor(high + TOLERANCE)


def narrow(low: Numbers, high: Numbers) -> Flags:
    """Return which counts are known as closely as a shown one."""
    least, most = whole(low, high)
    return np.asarray(most - least < NARROWEST)


def narrow_if_small(low: Numbers, high: Numbers) -> Flags:
    """Return which would be, were they below ten."""
    return narrow(low, np.minimum(high, MINIMUM - 1))


def estimable(low: Numbers, high: Numbers) -> Flags:
    """Return which sums can be estimated to within `P_PERCENT`, or are known like a shown count."""
    least, most = whole(low, high)
    return np.asarray((most - least < NARROWEST) | ((most - least) * 100 < P_PERCENT * (most + least)))
