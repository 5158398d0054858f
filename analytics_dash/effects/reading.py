"""What the estimators need of a warehouse: sums for each stratum, and for each department and month.

The engine adds up the contributions of the indicator *active use*, so a difference is about the very people that its
cells are about; no person's row leaves the engine. What comes out is exact, small counts included, and goes to
`figures` and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analytics_dash.effects.rollout import Months, Shares
from analytics_dash.effects.standardised import Strata
from analytics_dash.indicators import active_use, redaction_rate

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.indicators import Window
    from analytics_dash.warehouse import WarehouseTables

LEAST: Final = 10
"""A department's month with fewer people has no share."""


def strata(tables: WarehouseTables, window: Window) -> Strata:
    """The strata of department and grade band, arm 1 the trained."""
    parts = active_use.contributions(tables, window)
    return _sums(parts, (parts.arm == "trained").cast("int64"))


def first_and_last(tables: WarehouseTables, window: Window) -> Strata:
    """Identifiers held back (y) and prompts (n) in the last month of the window, arm 1, and in the first, arm 0."""
    parts = redaction_rate.contributions(tables, window)
    parts = parts.filter(parts.month.isin([window.months[0], window.months[-1]]))
    return _sums(parts, (parts.month == window.months[-1]).cast("int64"))


def _sums(parts: ir.Table, is_one: Any) -> Strata:
    """The sums of contributions, those for which `is_one` is 1 in arm 1, the others (0) in arm 0."""
    arms = {"1": is_one, "0": 1 - is_one}
    sums = {f"y{arm}": (parts.numerator * mine).sum() for arm, mine in arms.items()}
    sums |= {f"n{arm}": (parts.denominator * mine).sum() for arm, mine in arms.items()}
    person = parts.group_by("department", "grade_band", "person").agg(**sums)
    y1, n1, y0, n0 = person.y1, person.n1, person.y0, person.n0
    added = {
        "people1": (n1 > 0).cast("int64"),
        "people0": (n0 > 0).cast("int64"),
        "y1": y1,
        "n1": n1,
        "y0": y0,
        "n0": n0,
        "yy1": y1 * y1,
        "yn1": y1 * n1,
        "nn1": n1 * n1,
        "yy0": y0 * y0,
        "yn0": y0 * n0,
        "nn0": n0 * n0,
        "y1y0": y1 * y0,
        "y1n0": y1 * n0,
        "n1y0": n1 * y0,
        "n1n0": n1 * n0,
    }
    found = person.group_by("department", "grade_band").agg(**{name: value.sum() for name, value in added.items()})
    table = found.order_by("department", "grade_band").to_pyarrow()
    return Strata(*(table[field.name].to_numpy().astype(float) for field in fields(Strata)))


@dataclass(frozen=True, slots=True)
class Rollout:
    """Active shares by department and month, the people of each department, and when it was rolled out (a column)."""

    shares: Shares
    people: Shares
    rolled_out: Months


def rollout(tables: WarehouseTables, window: Window) -> Rollout:
    """Each department's months that were reported; roll-out is the first at whose beginning half are trained."""
    parts = active_use.contributions(tables, window)
    trained = (parts.arm == "trained").cast("int64")
    found = parts.group_by("department", "month").agg(
        active=parts.numerator.sum(), licensed=parts.denominator.sum(), trained=(trained * parts.denominator).sum()
    )
    rows: list[dict[str, Any]] = found.order_by("department", "month").to_pyarrow().to_pylist()
    departments = sorted({row["department"] for row in rows})
    months = sorted({row["month"] for row in rows})
    shape = (len(departments), len(months))
    active, licensed, half = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    for row in rows:
        place = departments.index(row["department"]), months.index(row["month"])
        active[place], licensed[place] = row["active"], row["licensed"]
        half[place] = 2 * row["trained"] >= row["licensed"]
    shares = np.full(shape, np.nan)
    np.divide(active, licensed, out=shares, where=licensed >= LEAST)
    # Whichever month is the last: one more column that is always half trained.
    rolled_out = np.column_stack([half, np.ones(shape[0], dtype=bool)]).argmax(axis=1).astype(np.int64)
    people = licensed.mean(axis=1) if months else np.zeros(shape[0])
    return Rollout(shares, people, rolled_out)
