"""An attacker who enumerates: every set of counts of one department that gives exactly the roll-out estimates.

It has the pages that say how they are made and rounded (docs/effects.md), and shares no code with us. It knows far more
than a reader: of all other departments exactly how many were licensed and active in each month, when each was rolled
out, and of its victim how many were licensed. A shown count of people all but some of whom are known tells of these
some to within ±2, so an estimate may tell as much, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.stats import t as student

Z95 = 1.959964
STEPS = np.array([0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000])
OF_LIMITS = np.array([0.1, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500])

Shares = np.ndarray
"""Possibilities × departments × months."""

Compared = Callable[[int, int], Sequence[int]]
"""Which months are compared with the one before roll-out, given its month and how many there are."""


def after(rolled_out: int, months: int) -> Sequence[int]:
    """What `rollout_effect` compares."""
    return range(rolled_out, months)


def before(rolled_out: int, _months: int) -> Sequence[int]:
    """What `rollout_before` compares."""
    return [rolled_out - 2] if rolled_out >= 2 else []


COMPARED: Mapping[str, Compared] = {"rollout_effect": after, "rollout_before": before}


@dataclass(frozen=True)
class Places:
    """What is known: people of each department, and the month of its roll-out (the number of months: never)."""

    people: np.ndarray
    rolled_out: np.ndarray


Told = Mapping[str, tuple[float, ...]]
"""Value, low and high of each estimate."""

Printed = Callable[[Shares, Places, Compared], np.ndarray]
"""Value, low and high (columns) of each possibility, as they would be printed."""


def effects(shares: Shares, places: Places, compared: Compared) -> np.ndarray:
    """The difference-in-differences of each possibility, in points."""
    months = shares.shape[2]
    total, weight = np.zeros(len(shares)), 0.0
    for place, begins in enumerate(places.rolled_out):
        for month in compared(begins, months) if begins < months else ():
            controls = np.flatnonzero(places.rolled_out > max(month, begins))
            if len(controls):
                change = shares[:, :, month] - shares[:, :, begins - 1]
                trend = change[:, controls] @ places.people[controls] / places.people[controls].sum()
                total += places.people[place] * (change[:, place] - trend)
                weight += places.people[place]
    return 100 * total / weight if weight else np.full(len(shares), np.nan)


def leaving_out(shares: Shares, places: Places, compared: Compared) -> np.ndarray:
    """The effects without each department in turn: departments × possibilities."""
    every = np.arange(len(places.people))
    left = [every[every != place] for place in every]
    return np.array(
        [effects(shares[:, own], Places(places.people[own], places.rolled_out[own]), compared) for own in left]
    )


def to_a_tenth(shares: Shares, places: Places, compared: Compared) -> np.ndarray:
    """Value, low and high of each possibility as they must not be printed."""
    value, reach = exact(shares, places, compared)
    return np.round(np.column_stack([value, value - reach, value + reach]), 1)


def limits_as_of_the_figure(shares: Shares, places: Places, compared: Compared) -> np.ndarray:
    """Nor so: rounded as the figure is, though a person moves the jackknife's limits two or three times as far."""
    return rounded(*exact(shares, places, compared), _moved(shares, places, compared), 0.0)


def as_documented(shares: Shares, places: Places, compared: Compared) -> np.ndarray:
    """As docs/method.md and docs/effects.md say that they are rounded."""
    moved, widened = (each(shares, places, compared) for each in (_moved, _widened))
    return rounded(*exact(shares, places, compared), moved, widened)


def exact(shares: Shares, places: Places, compared: Compared) -> tuple[np.ndarray, np.ndarray]:
    """The estimate in points and how far its limits reach."""
    without = leaving_out(shares, places, compared)
    spread = np.sqrt(((without - without.mean(axis=0)) ** 2).sum(axis=0))
    return effects(shares, places, compared), _certain(places) * spread


def rounded(value: np.ndarray, reach: np.ndarray, moved: float, widened: float) -> np.ndarray:
    """To steps that five people can make: of the figure, and of the limits about it."""
    at = np.searchsorted(STEPS, 5 * moved - 1e-9)
    step, of_limits = STEPS[at], max(OF_LIMITS[at], STEPS[np.searchsorted(STEPS, 5 * widened - 1e-9)])
    value = np.round(value / step) * step
    reach = np.ceil(np.hypot(reach, Z95 * step / np.sqrt(12)) / of_limits - 1e-9) * of_limits
    return np.round(np.column_stack([value, value - reach, value + reach]), 1)


def _certain(places: Places) -> float:
    size = len(places.people)
    return float(student.ppf(0.975, size - 1) * np.sqrt((size - 1) / size))


def _one_person(shares: Shares) -> Shares:
    """A department that changes in one month, for each department and month."""
    _number, size, months = shares.shape
    return np.eye(size * months).reshape(-1, size, months)


def _moved(shares: Shares, places: Places, compared: Compared) -> float:
    """One part of a department's people, in every month to whichever side moves the estimate; and one of all."""
    size = len(places.people)
    moved = np.abs(effects(_one_person(shares), places, compared)).reshape(size, -1).sum(axis=1) / places.people
    return float(max(moved.max(), 100 / places.people.sum()))


def _widened(shares: Shares, places: Places, compared: Compared) -> float:
    """The same of the limits."""
    apart = leaving_out(_one_person(shares), places, compared)
    spread = np.sqrt(((apart - apart.mean(axis=0)) ** 2).sum(axis=0))
    return float(_certain(places) * (spread.reshape(len(places.people), -1).sum(axis=1) / places.people).max())


def possible(victim: int, shares: Shares, places: Places, active: Iterable[Sequence[int]]) -> tuple[np.ndarray, Shares]:
    """Each row of `active` (people of the victim, by month), and the shares of all departments with it."""
    rows = np.array(list(active))
    every = np.repeat(shares[None, :, :], len(rows), axis=0)
    every[:, victim] = rows / places.people[victim]
    return rows, every


def any_months(people: int, months: int) -> Iterator[Sequence[int]]:
    """Anything in any month; bounded, since there are (people + 1) ** months."""
    assert (people + 1) ** months < 50_000
    return product(range(people + 1), repeat=months)


def before_and_after(people: int, months: int, begins: int) -> Iterator[Sequence[int]]:
    """The same in all months before the roll-out, and the same in all since: closer than anybody would suppose."""
    return ((one,) * begins + (other,) * (months - begins) for one in range(people + 1) for other in range(people + 1))


def fits(rows: np.ndarray, every: Shares, places: Places, told: Told, printed: Printed) -> np.ndarray:
    """Those of `rows` that give exactly what is `told`, estimate by estimate."""
    fit = np.ones(len(rows), bool)
    for measure, limits in told.items():
        fit &= (np.abs(printed(every, places, COMPARED[measure]) - limits) < 0.06).all(axis=1)
    return rows[fit]
