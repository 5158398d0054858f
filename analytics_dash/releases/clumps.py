"""The factors by which a release's intervals are widened, as they stand in it: who reads a cell asks here.

A factor is published for an indicator and arm, for months and for all months together. Where there is none a person
counts once, or nothing is known, and limits are those of independent counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from analytics_dash.releases.types import Cell, LearningFigure

MEASURE: Final = "clumping"

Factors = Mapping[tuple[str, str | None, str], float]
"""The factor of the variance by indicator, arm, and `month` or `all`."""


def factors_of(figures: Iterable[LearningFigure]) -> Factors:
    """The factors among a release's figures."""
    return {
        (indicator, arm or None, each.item): each.value
        for each in figures
        if each.measure == MEASURE and each.value is not None
        for indicator, _blank, arm in (each.step.partition(" "),)
    }


def is_known(cell: Cell, factors: Factors) -> bool:
    """Whether the release says how much people who count several times widen the limits of a cell."""
    return (cell.indicator, cell.arm, "month" if cell.month else "all") in factors


def factor_of(cell: Cell, factors: Factors) -> float:
    """The factor of a cell: that of its indicator and arm, in a month or in all of them."""
    return factors.get((cell.indicator, cell.arm, "month" if cell.month else "all"), 1.0)
