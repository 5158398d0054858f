"""How much more chance does where a person counts several times than where each count were somebody else's. Pure.

Kish's design effect (1965, *Survey Sampling*, ch. 5): the variance of a rate or share in which a person counts once,
over that of as many counts of different people. It is worked out within departments, so that what differs between them
is not taken for chance, and told for all people of the roster together: limits of any cell are widened by it. Called by
`figures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from analytics_dash.disclosure.rule import BASE, ROUNDING, show_count
from analytics_dash.learning.precision import enough

LEAST: Final = 10
"""A group of fewer people says too little of how they differ."""

FINEST: Final = 0.05
"""The finest step on which a factor is told; coarser ones are its doubles, so that two roundings never cross."""

Sums = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Groups:
    """One entry a group (a department, or a department's month): its people, and sums over them of their own counts.

    `y` are numerators, `n` denominators, `yy`, `yn`, `nn` their squares and product, each of one person. `most_y` and
    `most_n` are over all groups: the largest sum of one person's squares of either.
    """

    people: Sums
    y: Sums
    n: Sums
    yy: Sums
    yn: Sums
    nn: Sums
    most_y: float
    most_n: float


@dataclass(frozen=True, slots=True)
class Clumping:
    """The factor of the variance, 1 or more, and how far one person moves it at most."""

    factor: float
    moved: float


def clumping(groups: Groups, kind: Literal["proportion", "ratio"], *, most: float | None = None) -> Clumping | None:
    """The factor of a share (`proportion`) or of a rate of events; None where no group has people enough.

    `most` is the largest that there can be: of a share of months it is their number, a person being one in each.
    """
    kept = (groups.people >= LEAST) & (groups.n > 0)
    people, y, n = groups.people[kept], groups.y[kept], groups.n[kept]
    rate = y / n
    apart = y * (1 - rate) if kind == "proportion" else y  # the variance of so many counts of different people
    whole = float(apart.sum())
    if whole <= 0:
        return None
    own = groups.yy[kept] - 2 * rate * groups.yn[kept] + rate**2 * groups.nn[kept]
    factor = max(float((own * people / (people - 1)).sum()) / whole, 1.0)
    # One person's part is (y − rate × n)², of a share ((1 − rate) × y − rate × (n − y))²: neither is more than this.
    of_y = float(1 - rate.min()) ** 2 if kind == "proportion" else 1.0
    moved = (of_y * groups.most_y + float(rate.max()) ** 2 * groups.most_n) / whole
    return Clumping(factor if most is None else min(factor, most), moved)


def told_factor(found: Clumping, people: int) -> float | None:
    """A factor as a release may tell it: rounded up to a step that five of so many people can make; None of too few."""
    if not enough(show_count(people)):
        return None
    step = step_of(max(found.moved, 1 / people))
    return round(ceil(found.factor / step - 1e-9) * step, 2)


def step_of(moved: float) -> float:
    """The first step that is not below what five people can make."""
    step = FINEST
    while step < BASE * moved * (1 - 1e-9):
        step *= 2
    return step


def is_told(factor: float, shown: int) -> bool:
    """Whether `told_factor` can have given this of so many people, as their number is shown."""
    step = step_of(1 / (shown + ROUNDING))
    return enough(shown) and factor >= 1 and abs(factor / step - round(factor / step)) < 1e-6
