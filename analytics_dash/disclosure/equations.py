"""What a reader of published cells knows, as equations: one unknown for each true count behind a cell.

A shown count is at most `ROUNDING` from the truth; a hidden one is anything; a coarser cell is the sum of its finer
ones; the numerator and the rest make the denominator. Cells of several releases share an unknown where a reader would
take them for the same people (`populations`). Pure; called by `attacker`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from analytics_dash.disclosure.populations import Slot, with_populations
from analytics_dash.disclosure.protect import Kind
from analytics_dash.disclosure.rule import MINIMUM, ROUNDING
from analytics_dash.disclosure.sums import sums_of
from analytics_dash.releases.types import Cell

Count = Literal["numerator", "rest", "denominator"]

COUNTS: Final[dict[Kind, tuple[Count, ...]]] = {
    "proportion": ("numerator", "rest", "denominator"),
    "ratio": ("numerator", "denominator"),
}

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class System:
    """What is known of the counts of the cells of one indicator and arm: bounds and sums.

    `slots` and `cells` go together, one for each row of `lower` and `upper`, which have one column for each of
    `counts`. `hidden` are the rows without a figure. `sums` lists the additive equations as (whole, parts), in rows.
    """

    kind: Kind
    slots: tuple[Slot, ...]
    cells: tuple[Cell, ...]
    hidden: NDArray[np.int64]
    lower: Numbers
    upper: Numbers
    sums: tuple[tuple[int, NDArray[np.int64]], ...]

    @property
    def counts(self) -> tuple[Count, ...]:
        """The counts of a cell, in the order of the columns."""
        return COUNTS[self.kind]


def build_system(releases: Sequence[Sequence[Cell]], kind: Kind, *, closely: bool = True) -> System:
    """Return what is known from the cells of one indicator and arm in several releases, oldest release first.

    `closely`: how cells of several releases are linked, see `populations`.
    """
    return system_of(list(with_populations(releases, closely=closely)), kind)


def system_of(releases: Sequence[Mapping[Slot, Cell]], kind: Kind) -> System:
    """Return what is known from releases whose cells are told by slot."""
    cells: dict[Slot, Cell] = {}
    sums: dict[tuple[Slot, tuple[Slot, ...]], None] = {}
    for release in releases:
        # Shown once is known for good; a later release that hides it hides nothing.
        cells.update({slot: cell for slot, cell in release.items() if slot not in cells or cells[slot].status == "c"})
        sums.update(dict.fromkeys(sums_of(release)))
    # In one order, whatever order they came in: where several suppositions are equally good, the same one is made.
    cells = dict(sorted(cells.items(), key=_in_order))
    row = {slot: index for index, slot in enumerate(cells)}
    bounds = np.array([_bounds(cell, kind) for cell in cells.values()]).reshape(len(cells), 2, len(COUNTS[kind]))
    return System(
        kind=kind,
        slots=tuple(cells),
        cells=tuple(cells.values()),
        hidden=np.array([row[slot] for slot, cell in cells.items() if cell.status == "c"], dtype=np.int64),
        lower=bounds[:, 0],
        upper=bounds[:, 1],
        sums=tuple(
            (row[whole], np.array([row[part] for part in parts], dtype=np.int64))
            for whole, parts in sorted(sums, key=repr)
        ),
    )


def _in_order(item: tuple[Slot, Cell]) -> str:
    return repr(item[0])


def _bounds(cell: Cell, kind: Kind) -> tuple[list[float], list[float]]:
    """Return between what each true count lies, as far as the cell alone tells."""
    counts = COUNTS[kind]
    if cell.status == "z":
        return [0.0] * len(counts), [0.0] * len(counts)
    if cell.numerator is None or cell.denominator is None:
        return [0.0] * len(counts), [np.inf] * len(counts)
    shown = {"numerator": cell.numerator, "denominator": cell.denominator}
    low = [float(max(MINIMUM, shown.get(count, 0) - ROUNDING)) for count in counts]
    return low, [float(shown[count] + ROUNDING) if count in shown else np.inf for count in counts]
