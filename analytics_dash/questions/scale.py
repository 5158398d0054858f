"""Where the marks of a scale stand, on a page and on paper alike."""

from __future__ import annotations

from math import floor, log10
from typing import Final

MOST: Final = 6


def ticks(top: float) -> list[float]:
    """Four to six round steps from nought to the top of a scale."""
    step = 10.0 ** floor(log10(top / 2))
    while top / step > MOST:
        step *= 2.5 if f"{step:e}".startswith("2") else 2
    return [step * n for n in range(int(top / step + 1e-9) + 1)]


def steps(low: float, high: float) -> list[float]:
    """The marks under rows of groups: both ends, the middle and nought where values may be below it."""
    if low < 0:
        return [low, low / 2, 0, high / 2, high]
    return [0, 50, 100] if high == 100 else ticks(high)
