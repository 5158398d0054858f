"""How well a group tells what is wrong from what is sound, and how readily it flags. Pure; called by `figures`.

The block's own `lesson.detection` says the same of one person; this pools a group's counts, and gives limits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analytics_dash.learning.intervals import Z95, Interval, Numbers

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Detection:
    """d′ and criterion of a group, in standard deviations of the noise."""

    sensitivity: Interval
    criterion: Interval


def detection(counts: Counts) -> Detection | None:
    """d′ = z(H) − z(F), and c = −(z(H) + z(F)) / 2, from the pooled counts of first attempts.

    `counts` is people × (hits, false alarms, targets, non-targets). d′ 0 is guessing; c below 0 is flagging readily.
    Stanislaw & Todorov (1999), Behavior Research Methods 31, 137–149; the log-linear correction (0.5 to each count, 1
    to each total) is Hautus's (1995, same journal, 27, 46–51). Limits are a jackknife's over people. None for fewer
    than 2 people, and where there are no targets or no non-targets.
    """
    people = len(counts)
    if people < 2 or not (counts[:, 2].sum() and counts[:, 3].sum()):
        return None
    whole = counts.sum(axis=0)
    figures = _figures(whole[None, :])[0]
    without_one = _figures(whole[None, :] - counts)
    errors = np.sqrt((people - 1) / people * ((without_one - without_one.mean(axis=0)) ** 2).sum(axis=0))
    moved = np.abs(without_one - figures).max(axis=0)
    sensitivity, criterion = (
        Interval(float(figure), float(figure - Z95 * error), float(figure + Z95 * error), people, float(most))
        for figure, error, most in zip(figures, errors, moved, strict=True)
    )
    return Detection(sensitivity, criterion)


def _figures(counts: Counts) -> Numbers:
    """(d′, c) of each row of counts."""
    rates = (counts[:, :2] + 0.5) / (counts[:, 2:] + 1)
    z = stats.norm.ppf(rates)
    figures: Numbers = np.column_stack([z[:, 0] - z[:, 1], -(z[:, 0] + z[:, 1]) / 2])
    return figures
