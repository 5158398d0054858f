"""What a reader of published cells knows, as equations: one unknown for each true count behind a cell.

A shown count is at most `ROUNDING` from the truth; a hidden one is anything; a coarser cell is the sum of its finer
ones; the numerator and the rest make the denominator. Cells of several releases share an unknown where a reader would
take them for the same people (`populations`). Pure; called by `attacker`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics_dash.disclosure.populations import Slot, sums_of, with_populations
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.rule import MINIMUM, ROUNDING
from analytics_dash.releases.types import Cell

Count = Literal["numerator", "rest", "denominator"]

COUNTS: Final[dict[Kind, tuple[Count, ...]]] = {
    "proportion": ("numerator", "rest", "denominator"),
    "ratio": ("numerator", "denominator"),
}

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class System:
    """The equations `matrix` · x = 0 and the bounds of x, over the cells of one indicator and arm.

    Unknown `column[slot, count]` is one true count. `hidden` are the slots without a figure, `cells` one cell for
    each slot. `sums` lists the additive equations as (whole, parts), for whoever wants to hide one more cell.
    """

    matrix: csr_array
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    column: dict[tuple[Slot, Count], int]
    cells: dict[Slot, Cell]
    hidden: tuple[Slot, ...]
    sums: tuple[tuple[Slot, tuple[Slot, ...]], ...]


def build_system(releases: Sequence[Sequence[Cell]], kind: Kind, *, closely: bool = True) -> System:
    """Return what is known from the cells of one indicator and arm in several releases, oldest release first.

    `closely`: how cells of several releases are linked, see `populations`.
    """
    cells: dict[Slot, Cell] = {}
    sums: dict[tuple[Slot, tuple[Slot, ...]], None] = {}
    for release in with_populations(releases, closely=closely):
        # Shown once is known for good; a later release that hides it hides nothing.
        cells.update({slot: cell for slot, cell in release.items() if slot not in cells or cells[slot].status == "c"})
        sums.update(dict.fromkeys(sums_of(release)))
    counts = COUNTS[kind]
    column = {(slot, count): index for index, (slot, count) in enumerate((s, c) for s in cells for c in counts)}
    rows: list[list[tuple[int, float]]] = []
    for whole, parts in sums:
        rows.extend([(column[whole, count], 1.0), *((column[part, count], -1.0) for part in parts)] for count in counts)
    if kind == "proportion":
        rows.extend(
            [
                (column[slot, "denominator"], 1.0),
                (column[slot, "numerator"], -1.0),
                (column[slot, "rest"], -1.0),
            ]
            for slot in cells
        )
    bounds = [_bounds(cells[slot], count) for slot, count in column]
    return System(
        matrix=_sparse(rows, len(column)),
        lower=np.array([low for low, _high in bounds]),
        upper=np.array([high for _low, high in bounds]),
        column=column,
        cells=cells,
        hidden=tuple(slot for slot, cell in cells.items() if cell.status == "c"),
        sums=tuple(sums),
    )


def _bounds(cell: Cell, count: Count) -> Bounds:
    """Return between what the true count lies, as far as the cell alone tells."""
    if cell.status == "z":
        return 0.0, 0.0
    if cell.numerator is None or cell.denominator is None:
        return 0.0, np.inf
    if count == "rest":
        return float(MINIMUM), np.inf
    shown = cell.numerator if count == "numerator" else cell.denominator
    return float(max(MINIMUM, shown - ROUNDING)), float(shown + ROUNDING)


def _sparse(rows: Sequence[Sequence[tuple[int, float]]], columns: int) -> csr_array:
    row = np.array([index for index, entries in enumerate(rows) for _entry in entries], dtype=np.int64)
    column = np.array([column for entries in rows for column, _value in entries], dtype=np.int64)
    value = np.array([value for entries in rows for _column, value in entries], dtype=np.float64)
    return csr_array((value, (row, column)), shape=(len(rows), columns))
