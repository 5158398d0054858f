"""What the estimators need of a warehouse: sums for each stratum, and for each department and month.

The engine adds up the contributions of the indicator *active use*, so a difference is about the very people that its
cells are about; no person's row leaves the engine. What comes out is exact, small counts included, and goes to
`figures` and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analytics_dash.effects.change import TwoMonths
from analytics_dash.effects.clumping import Groups
from analytics_dash.effects.rollout import Months, Shares
from analytics_dash.effects.standardised import Cells, Strata
from analytics_dash.indicators import active_use, redaction_rate
from analytics_dash.releases.figures import MONEY

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.disclosure.persons import Persons
    from analytics_dash.indicators import Indicator, Window
    from analytics_dash.warehouse import WarehouseTables

_STRATUM: Final = ("department", "grade_band")
_SCORES: Final = ("people1", "people0", "aa", "ab", "bb")
_MOST_LEVERAGE: Final = 0.9
"""Of a stratum in which one person is an arm leverage is 1; it is left out, but no engine has to divide by nought."""

LEAST: Final = 10
"""A department's month with fewer people has no share."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often the people of one arm count in an indicator: in a month, and in all of them together.

    `people` are those who count at all; `months` is None where a person counts for one in each month, `most` in how
    many months that can be.
    """

    people: int
    months: Groups | None
    window: Groups
    most: int | None


def repeats(persons: Persons, indicator: Indicator, available: tuple[str, ...]) -> dict[str | None, Repeats]:
    """By arm, of the persons of the available months: nothing of an indicator in which a person counts once."""
    if indicator.counted == "once" or indicator.id in MONEY or not available:
        return {}
    monthly, person = persons.monthly, persons.window
    place = [name for name in ("department",) if name in person.columns]
    y, n = person.numerator, person.denominator
    window = person.group_by("arm", *place).agg(
        **_squares(y, n),
        most=y.max(),
        most_y=(y * y).max(),
        most_n=(n * n).max(),
        most_yy=person.numerator_squares.max(),
        most_nn=person.denominator_squares.max(),
    )
    in_all = _by_arm(window)
    acts = indicator.counted == "acts"
    squares = _squares(monthly.numerator, monthly.denominator)
    in_months = _by_arm(monthly.group_by("arm", *place, "month").agg(**squares)) if acts else {}
    return {
        arm: Repeats(
            int(sum(rows["people"])),
            _groups(in_months[arm], max(rows["most_yy"]), max(rows["most_nn"]), max(rows["most"])) if acts else None,
            _groups(rows, max(rows["most_y"]), max(rows["most_n"]), max(rows["most"])),
            most=None if acts else len(available),
        )
        for arm, rows in in_all.items()
    }


def _squares(y: Any, n: Any) -> dict[str, Any]:
    return {
        "people": (n > 0).cast("int64").sum(),
        "y": y.sum(),
        "n": n.sum(),
        "yy": (y * y).sum(),
        "yn": (y * n).sum(),
        "nn": (n * n).sum(),
    }


def _by_arm(groups: ir.Table) -> dict[str | None, dict[str, list[float]]]:
    """The columns of each arm's rows; in the order of the rows, so that no sum depends on the engine."""
    found: dict[str | None, dict[str, list[float]]] = {}
    for row in sorted(groups.to_pyarrow().to_pylist(), key=lambda each: tuple(map(str, each.values()))):
        arm = row.pop("arm")
        for name, value in row.items():
            found.setdefault(arm, {}).setdefault(name, []).append(value)
    return found


def _groups(rows: dict[str, list[float]], most_y: float, most_n: float, most: float) -> Groups:
    people, y, n, yy, yn, nn = (np.array(rows[name], dtype=float) for name in ("people", "y", "n", "yy", "yn", "nn"))
    return Groups(people, y, n, yy, yn, nn, float(most_y), float(most_n), float(most))


def strata(tables: WarehouseTables, window: Window) -> Strata:
    """The strata of department and grade band with their months, arm 1 the trained."""
    parts = active_use.contributions(tables, window)
    arm1 = (parts.arm == "trained").cast("int64")
    sums = {f"y{arm}": (parts.numerator * its).sum() for arm, its in (("1", arm1), ("0", 1 - arm1))}
    sums |= {f"n{arm}": (parts.denominator * its).sum() for arm, its in (("1", arm1), ("0", 1 - arm1))}
    cells = parts.group_by(*_STRATUM, "month").agg(**sums)
    months = cells.to_pyarrow().to_pylist()
    months.sort(key=lambda row: tuple(row[name] for name in (*_STRATUM, "month")))
    keys = [tuple(row[name] for name in _STRATUM) for row in months]
    number = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    scores = {name: np.zeros(len(number)) for name in _SCORES}
    for row in _scores(parts, cells).to_pyarrow().to_pylist():
        for name, its in scores.items():
            its[number[tuple(row[each] for each in _STRATUM)]] = row[name]
    counts = (np.array([row[name] for row in months], dtype=float) for name in ("y1", "n1", "y0", "n0"))
    return Strata(Cells(np.array([number[key] for key in keys], dtype=np.int64), *counts), **scores)


def _scores(parts: ir.Table, cells: ir.Table) -> ir.Table:
    """The sums of `Strata` by person, one row a stratum; of months in which both arms are there."""
    both = cells.filter(cells.n1 > 0, cells.n0 > 0)
    n1, n = both.n1.cast("float64"), (both.n1 + both.n0).cast("float64")
    both = both.select(*_STRATUM, "month", n=n, share1=n1 / n, active=(both.y1 + both.y0) / n, weight=n1 * (1 - n1 / n))
    strata = both.group_by(*_STRATUM).agg(whole=both.weight.sum())
    beside = parts.join(both, [*_STRATUM, "month"]).join(strata, list(_STRATUM))
    arm1 = (beside.arm == "trained").cast("int64")
    pull = arm1 - beside.share1
    person = beside.group_by(*_STRATUM, "person").agg(
        a=(pull * (beside.numerator - beside.active)).sum(),
        b=(pull * pull).sum(),
        whole=beside.whole.max(),
        in_cells=(pull * pull / beside.n).sum(),
        months1=arm1.sum(),
        months0=(1 - arm1).sum(),
    )
    leverage = (person.in_cells / person.b + person.b / person.whole).clip(upper=_MOST_LEVERAGE)
    left = (1 - leverage).sqrt()
    a, b = person.a / left, person.b / left
    return person.group_by(*_STRATUM).agg(
        people1=(person.months1 > 0).cast("int64").sum(),
        people0=(person.months0 > 0).cast("int64").sum(),
        aa=(a * a).sum(),
        ab=(a * b).sum(),
        bb=(b * b).sum(),
    )


def first_and_last(tables: WarehouseTables, window: Window) -> TwoMonths:
    """Identifiers held back (y) and prompts (n) in the last month of the window, 1, and in the first, 0."""
    parts = redaction_rate.contributions(tables, window)
    parts = parts.filter(parts.month.isin([window.months[0], window.months[-1]]))
    last = (parts.month == window.months[-1]).cast("int64")
    of = {"1": last, "0": 1 - last}
    sums = {f"y{month}": (parts.numerator * its).sum() for month, its in of.items()}
    sums |= {f"n{month}": (parts.denominator * its).sum() for month, its in of.items()}
    person = parts.group_by("person").agg(**sums)
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
    (row,) = person.agg(**{name: value.sum() for name, value in added.items()}).to_pyarrow().to_pylist()
    return TwoMonths(*(float(row[field.name] or 0) for field in fields(TwoMonths)))  # none where nobody prompted


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
