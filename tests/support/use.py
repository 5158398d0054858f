"""Use drawn as arrays of people × months, and what the estimate of it needs: worked out in NumPy, sharing no code.

For tests of `effects.standardised` by many draws, and of what the engine adds up for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics_dash.effects.standardised import Cells, Strata


@dataclass(frozen=True)
class Use:
    """`stratum` (a number) of each person; the rest people × months of 0 and 1. Who is active is licensed."""

    stratum: np.ndarray
    licensed: np.ndarray
    trained: np.ndarray
    active: np.ndarray

    def strata(self) -> Strata:
        """The sums, stratum by stratum and person by person."""
        cells: list[tuple[float, ...]] = []
        sums: list[list[float]] = []
        for number in range(int(self.stratum.max()) + 1):
            who = self.stratum == number
            licensed, trained, active = self.licensed[who], self.trained[who] * self.licensed[who], self.active[who]
            n, n1, y = licensed.sum(0), trained.sum(0), active.sum(0)
            y1 = (active * trained).sum(0)
            cells += [
                (number, y1[month], n1[month], (y - y1)[month], (n - n1)[month]) for month in np.flatnonzero(n > 0)
            ]
            both = (n1 > 0) & (n1 < n)
            share1, active_share = n1 / np.maximum(n, 1), y / np.maximum(n, 1)
            pull = licensed * (trained - share1) * both
            a, b = (pull * (active - active_share)).sum(1), (pull**2).sum(1)
            leverage = (pull**2 / np.maximum(n, 1)).sum(1) / np.maximum(b, 1e-9) + b / max(b.sum(), 1e-9)
            a, b = (each / np.sqrt(1 - np.minimum(leverage, 0.9)) for each in (a, b))
            people = [((arm * both).sum(1) > 0).sum() for arm in (trained, licensed - trained)]
            sums.append([*people, float(a @ a), float(a @ b), float(b @ b)])
        of_cells, of_strata = np.array(cells, dtype=float).T, np.array(sums, dtype=float).T
        return Strata(Cells(of_cells[0].astype(np.int64), *of_cells[1:]), *of_strata)


def groups(*rows: tuple[int, int, int, int], months: int = 1) -> Use:
    """A stratum a row: active and all of the trained, active and all of the untrained; each does so in all `months`."""
    people = [
        (number, arm, person < active)
        for number, (active1, all1, active0, all0) in enumerate(rows)
        for arm, active, size in ((1, active1, all1), (0, active0, all0))
        for person in range(size)
    ]
    stratum, trained, active = np.array(people).T
    return Use(
        stratum,
        np.ones((len(people), months)),
        np.repeat(trained[:, None], months, axis=1),
        np.repeat(active[:, None], months, axis=1),
    )


def growing(seed: int, *, lift: float = 0.0, grows: float = 0.04, swings: float = 0.05, apart: float = 0.2) -> Use:
    """Six places that are licensed throughout and train in a month of their own choice, some people never.

    Use `grows` each month for everybody, a place's months `swing`, people lie `apart`, and training adds `lift`.
    """
    chance = np.random.default_rng(seed)
    places, months = 6, np.arange(6)
    sizes = chance.integers(40, 160, places)
    place = np.repeat(np.arange(places), sizes)
    size = len(place)
    trained = months >= np.where(chance.random(size) < 0.7, chance.integers(0, 6, size), 99)[:, None]
    likely = 0.3 + np.linspace(0, 0.2, places)[place][:, None] + grows * months + lift * trained
    likely = likely + swings * chance.standard_normal((places, len(months)))[place]
    likely = likely + chance.uniform(-apart, apart, size)[:, None]
    return Use(place, np.ones((size, 6)), trained * 1, (chance.random((size, 6)) < likely) * 1)
