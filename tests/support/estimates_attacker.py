"""An attacker who enumerates: every set of counts that gives exactly the published estimates, to the printed digit.

It has a release's two CSV files and the pages that say how an estimate is made and rounded (docs/effects.md,
docs/method.md), and shares no code with us. It knows more than a reader: that there is one grade band, so that a
department is a stratum, and that everybody was licensed in all of so many months and did the same in each.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

Z95 = 1.959964
ARMS = ("trained", "untrained")
Counts = np.ndarray
"""One row for each possibility, in people: active and all of the trained, active and all of the untrained."""

Printed = Callable[[Counts], np.ndarray]
"""Value, low and high (columns) that a release would print of each row of counts."""


@dataclass(frozen=True)
class Seen:
    """What is published of active use: cells by (department, arm), estimates by measure; None where hidden."""

    cells: Mapping[tuple[str, str], tuple[int, int] | None]
    estimates: Mapping[str, tuple[float | None, ...]]


def read(cells: bytes, learning: bytes) -> Seen:
    """Read the files as a stranger does."""
    found = {
        (row["department"], row["arm"]): None
        if row["numerator"] == "[c]"
        else (int(row["numerator"]), int(row["denominator"]))
        for row in _rows(cells)
        if row["indicator"] == "active_use" and row["view"] in ("all", "department")
    }
    parts = ("denominator", "value", "low", "high")
    estimates = {
        row["measure"]: tuple(None if row[part].startswith("[") else float(row[part]) for part in parts)
        for row in _rows(learning)
        if row["lesson"] == "All"
    }
    return Seen(found, estimates)


def _rows(file: bytes) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(file.decode("utf-8-sig")))


def exact(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """The difference in points and how far its limits reach: the textbook's, since a person counts once."""
    y1, n1, y0, n0 = counts.T.astype(float)
    p, q = y1 / n1, y0 / n0
    return 100 * (p - q), 100 * Z95 * np.sqrt(p * (1 - p) / (n1 - 1) + q * (1 - q) / (n0 - 1))


def to_a_tenth(counts: Counts) -> np.ndarray:
    """The estimate as it must not be printed."""
    value, reach = exact(counts)
    return np.round(np.column_stack([value, value - reach, value + reach]), 1)


def as_documented(counts: Counts) -> np.ndarray:
    """The estimate as docs/method.md says that it is rounded."""
    value, reach = exact(counts)
    five = 500 / np.minimum(counts[:, 1], counts[:, 3])
    steps = np.array([0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100])
    place = np.searchsorted(steps, five - 1e-9)
    step, of_limits = steps[place], np.array([0.1, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50])[place]
    value = np.round(value / step) * step
    reach = np.ceil(np.hypot(reach, Z95 * step / np.sqrt(12)) / of_limits - 1e-9) * of_limits
    return np.round(np.column_stack([value, value - reach, value + reach]), 1)


@dataclass(frozen=True)
class Told:
    """An estimate, and how it was printed."""

    printed: Printed
    people: float
    limits: tuple[float, ...]


def fits(seen: Seen, department: str, most: int, *, months: int = 1, told: Told | None = None) -> Counts:
    """Every set of counts of a department, or of `All`, that its cells allow, and an estimate if it is `told`."""
    cells = [seen.cells[department, arm] or (None, None) for arm in ARMS]
    found = [np.empty((0, 4), int)]
    for n1 in _near(cells[0][1], most, months):
        for n0 in _near(cells[1][1], most, months):
            if n1 + n0 > most or (told and abs(min(n1, n0) - told.people) > 2):
                continue
            # Who publishes needs ten on each side.
            y1, y0 = (
                [y for y in _near(cell[0], n, months) if 10 <= y * months <= (n * months) - 10]
                for cell, n in zip(cells, (n1, n0), strict=True)
            )
            if not y1 or not y0:
                continue
            grid = np.array(np.meshgrid(y1, [n1], y0, [n0])).reshape(4, -1).T
            as_told = np.abs(told.printed(grid) - told.limits) < 0.06 if told else np.ones((len(grid), 1), bool)
            found.append(grid[as_told.all(axis=1)])
    return np.concatenate(found)


def _near(shown: int | None, most: int, months: int) -> list[int]:
    """A shown count is at most 2 from the truth; a hidden one may be anything."""
    return [count for count in range(most + 1) if shown is None or abs(months * count - shown) <= 2]


def of_the_rest(whole: Counts, part: Counts) -> Counts:
    """What is left of any of `whole` without any of `part`, where there can be such people."""
    left = (whole[:, None, :] - part[None, :, :]).reshape(-1, 4)
    y1, n1, y0, n0 = left.T
    return np.unique(left[(y1 >= 0) & (y0 >= 0) & (y1 <= n1) & (y0 <= n0)], axis=0)


def widths(counts: Counts) -> tuple[int, ...]:
    """How wide the range of each count is that an attacker would call hidden."""
    return tuple(int(each.max() - each.min()) for each in counts.T)
