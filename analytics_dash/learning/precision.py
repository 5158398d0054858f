"""How closely a figure made of exact sums may be told: never more closely than the counts that it is made of.

A shown count is one of five (`disclosure.rule`). So a figure is rounded to a step that five people can make, and its
limits are laid about the rounded figure: rounded by themselves, three ends of one quantity would place it between them.
Called by the walls, `learning.figures` and `effects.figures`, and by `releases.estimate_checks`, which asks of a figure
whether the rule can have made it; docs/method.md and decision 0019 say why.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from math import ceil, floor, hypot, isclose, log10, sqrt
from typing import Final

from analytics_dash.disclosure.rule import BASE, ROUNDING, show_count
from analytics_dash.learning.intervals import Z95, Interval

LEAST_PEOPLE: Final = 50
"""With fewer people in its smaller part nothing is told: the step would be more than a tenth of the scale.

The number that is shown has to prove that many (`enough`), so that whoever publishes or audits can see it too.
"""

_STEPS: Final = ((1.0, 0.5), (2.0, 1.0), (5.0, 2.0))
"""Steps of a figure within a power of ten, and those of its limits: no more than half as wide, with round numbers."""

_ERRORS: Final = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
"""What an error of sums of magnitudes is rounded up to, within a power of ten: half as much again at most."""


ERRORS: Final = (0.0, *(error * 10.0**power for power in range(-6, 1) for error in _ERRORS[:-1]))
"""What `error_up` gives, from too small to be seen to too large to be of use."""


def told(found: Interval, decimals: int, *, scale: int = 1) -> tuple[float, float, float] | None:
    """Figure, low and high, `scale` times as large, as a release may tell them; None where too few people are behind.

    The limits allow for the rounding of the figure, each value within a step as likely.
    """
    if not enough(show_count(found.people)):
        return None
    step, step_of_limits = _steps(scale * max(found.moved, 1 / found.people), decimals)
    if found.widened:
        step_of_limits = max(step_of_limits, _first(BASE * scale * found.widened, 10.0**-decimals))
    figure = round(scale * found.figure / step) * step
    below, above = (
        ceil(hypot(scale * reach, _by_rounding(step)) / step_of_limits - 1e-9) * step_of_limits
        for reach in (found.figure - found.low, found.high - found.figure)
    )
    # Nought is added: −0.0 is another number to a digest, and SQLite gives it back as 0.0.
    value, low, high = (round(each, decimals) + 0.0 for each in (figure, figure - below, figure + above))
    return value, low, high


def enough(shown: int | None) -> bool:
    """Whether a number of people, as it is shown, proves that there are `LEAST_PEOPLE`: 50 may be 48."""
    return shown is not None and shown - ROUNDING >= LEAST_PEOPLE


def steps_of(limits: tuple[float, float, float], shown: int, decimals: int, *, scale: int = 1) -> Iterator[float]:
    """Yield each step, the finest first, on which the rule can have told figure, low and high of so many people.

    `shown` is their number as it is shown. None at all: then they say more than these people allow. Which step it was
    is not published, nor how far one person moves the figure.
    """
    unit = 10.0**-decimals
    value, low, high = (round(each / unit) for each in limits)
    if any(abs(each / unit - whole) > 1e-6 for each, whole in zip(limits, (value, low, high), strict=True)):
        return
    below, above = value - low, high - value
    most = max(abs(value), below, above)

    def laid(least: float) -> bool:
        steps = takewhile(lambda step: step <= most * unit, _series(least))
        return any(below % whole == above % whole == 0 for whole in (round(step / unit) for step in steps))

    least = _first(BASE * scale / (shown + ROUNDING), unit)
    for step in takewhile(lambda step: step <= 2 * most * unit, _series(least)):
        own = round(step / unit)
        if value % own == 0 and min(below, above) >= _by_rounding(own) - 1e-9 and laid(_of_limits(step, unit)):
            yield step


def error_up(error: float) -> float:
    """An error of sums of magnitudes, rounded up so far that one person's part in it cannot be told to within 10 %."""
    if error <= 0:
        return 0.0
    power = 10.0 ** floor(log10(error))
    return next(each for each in _ERRORS if each * power >= error * (1 - 1e-9)) * power


def _steps(moved: float, decimals: int) -> tuple[float, float]:
    """The steps of the figure and of its limits, given how far one person moves it at most."""
    step = _first(BASE * moved, 10.0**-decimals)
    return step, _of_limits(step, 10.0**-decimals)


def _first(least: float, finest_: float) -> float:
    """The first step of the series that is not below `least`."""
    return next(each for each in _series(finest_) if each >= least * (1 - 1e-9))


def _of_limits(step: float, finest_: float) -> float:
    power = 10.0 ** floor(log10(step) + 1e-9)
    return max(finest_, next(limits for own, limits in _STEPS if isclose(own * power, step)) * power)


def _by_rounding(step: float) -> float:
    """How far the limits must reach for the rounding of the figure alone."""
    return Z95 * step / sqrt(12)


def _series(first: float) -> Iterator[float]:
    """1, 2, 5, 10, 20, … from the first of them that is not below `first`."""
    power = 10.0 ** floor(log10(first) + 1e-9)
    while True:
        yield from (step * power for step, _limits in _STEPS if step * power >= first * (1 - 1e-9))
        power *= 10
