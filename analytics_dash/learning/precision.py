"""How closely a figure made of exact sums may be told: never more closely than the counts that it is made of.

A shown count is one of five (`disclosure.rule`). So a figure is rounded to a step that five people can make, and its
limits are laid about the rounded figure: rounded by themselves, three ends of one quantity would place it between them.
Called by the walls, `learning.figures` and `effects.figures`; docs/method.md and decision 0019 say why.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, hypot, isclose, log10, sqrt
from typing import Final

from analytics_dash.disclosure.rule import BASE
from analytics_dash.learning.intervals import Z95, Interval

LEAST_PEOPLE: Final = 50
"""With fewer people in its smaller part nothing is told: the step would be more than a tenth of the scale."""

_STEPS: Final = ((1.0, 0.5), (2.0, 1.0), (5.0, 2.0))
"""Steps of a figure within a power of ten, and those of its limits: no more than half as wide, with round numbers."""

_ERRORS: Final = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
"""What an error of sums of magnitudes is rounded up to, within a power of ten: half as much again at most."""


def told(found: Interval, decimals: int, *, scale: int = 1) -> tuple[float, float, float] | None:
    """Figure, low and high, `scale` times as large, as a release may tell them; None where too few people are behind.

    The limits allow for the rounding of the figure, each value within a step as likely.
    """
    if found.people < LEAST_PEOPLE:
        return None
    step, step_of_limits = _steps(scale * max(found.moved, 1 / found.people), decimals)
    figure = round(scale * found.figure / step) * step
    by_rounding = Z95 * step / sqrt(12)
    below, above = (
        ceil(hypot(scale * reach, by_rounding) / step_of_limits - 1e-9) * step_of_limits
        for reach in (found.figure - found.low, found.high - found.figure)
    )
    # Nought is added: −0.0 is another number to a digest, and SQLite gives it back as 0.0.
    value, low, high = (round(each, decimals) + 0.0 for each in (figure, figure - below, figure + above))
    return value, low, high


def error_up(error: float) -> float:
    """An error of sums of magnitudes, rounded up so far that one person's part in it cannot be told to within 10 %."""
    if error <= 0:
        return 0.0
    power = 10.0 ** floor(log10(error))
    return next(each for each in _ERRORS if each * power >= error * (1 - 1e-9)) * power


def _steps(moved: float, decimals: int) -> tuple[float, float]:
    """The steps of the figure and of its limits, given how far one person moves it at most."""
    least, finest = BASE * moved, 10.0**-decimals
    step = next(each for each in _series(finest) if each >= least * (1 - 1e-9))
    power = 10.0 ** floor(log10(step) + 1e-9)
    return step, max(finest, next(limits for own, limits in _STEPS if isclose(own * power, step)) * power)


def _series(first: float) -> Iterator[float]:
    """1, 2, 5, 10, 20, … from the first of them that is not below `first`."""
    power = 10.0 ** floor(log10(first) + 1e-9)
    while True:
        yield from (step * power for step, _limits in _STEPS if step * power >= first * (1 - 1e-9))
        power *= 10
