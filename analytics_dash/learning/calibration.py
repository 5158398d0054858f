"""Whether people are as right as they are sure. Pure; called by `figures`.

One entry for each answer at a first attempt for which the learner said how sure they were: who (`people`, any whole
number), how sure (`confidence`, 0–1), whether right (`hits`). One person's answers go together, so intervals count
people, not answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics_dash.learning.intervals import Interval, Numbers, of_influences
from analytics_dash.learning.items import Flags

LEVELS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""How sure a learner can say that they are; a value between two levels counts with the nearer."""

People = NDArray[np.int64]


def brier(people: People, confidence: Numbers, hits: Flags) -> Interval | None:
    """The mean of (confidence − right)², 0–1: 0 is always sure and right, 0.25 is always "half and half".

    Brier (1950), Monthly Weather Review 78, 1–3. None for fewer than 2 people.
    """
    return _mean_by_person(people, (confidence - hits) ** 2)


def over_confidence(people: People, confidence: Numbers, hits: Flags) -> Interval | None:
    """Mean confidence less the share right, −1…1: above 0 people are surer than they are right.

    The "bias" of Lichtenstein, Fischhoff & Phillips (1982), in *Judgment under Uncertainty*, 306–334. None for fewer
    than 2 people. Over-confidence shrinks when items get easier, whatever people have learnt (the hard–easy effect).
    """
    return _mean_by_person(people, confidence - hits)


@dataclass(frozen=True, slots=True)
class Level:
    """The answers given at one `level` of confidence: how many, how many right, how many people behind each kind."""

    level: float
    answers: int
    right: int
    people_right: int
    people_wrong: int


def reliability(people: People, confidence: Numbers, hits: Flags) -> tuple[Level, ...]:
    """For each level of confidence, how often people were right: calibrated people are right as often as they say.

    The table behind a reliability diagram (Murphy & Winkler 1977, Applied Statistics 26, 41–47); levels without an
    answer are there with noughts.
    """
    nearest = np.abs(confidence[:, None] - np.array(LEVELS)[None, :]).argmin(axis=1)
    return tuple(
        Level(
            level,
            answers=int(at.sum()),
            right=int(hits[at].sum()),
            people_right=len(np.unique(people[at & hits])),
            people_wrong=len(np.unique(people[at & ~hits])),
        )
        for place, level in enumerate(LEVELS)
        for at in [nearest == place]
    )


def _mean_by_person(people: People, values: Numbers) -> Interval | None:
    """The mean over answers, with an interval in which a person counts once (a ratio of sums by person)."""
    _everyone, who = np.unique(people, return_inverse=True)
    if len(_everyone) < 2:
        return None
    sums, answers = np.bincount(who, weights=values), np.bincount(who)
    mean = float(values.mean())
    return of_influences(mean, (sums - mean * answers) / answers.mean())
