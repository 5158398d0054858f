"""Whether what was planted is found, and how often an interval holds the truth: many governments, one table.

Each draw goes the pipeline's own way: contributions, protection, the estimate of the release. Called by
`scripts/measure-effects` and, with a few draws, by the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from scipy import stats

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.simulated import WINDOW, Planted, simulate
from analytics_dash.disclosure.persons import persons
from analytics_dash.disclosure.places import places, standing
from analytics_dash.disclosure.protect import Frame, Measure, protect
from analytics_dash.effects import figures, reading
from analytics_dash.effects.gap import gap
from analytics_dash.indicators import CATALOGUE
from analytics_dash.releases import intervals
from analytics_dash.releases.clumps import Factors, factor_of, factors_of
from analytics_dash.releases.types import Cell, LearningFigure
from analytics_dash.warehouse import Warehouse, WarehouseTables

CANALS: Final = "Office for Canals"


@dataclass(frozen=True, slots=True)
class Found:
    """What one draw says of one effect: the estimate and its 95 % limits, in the unit of the truth."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: an effect, its truth, and what the draws found of it."""

    effect: str
    truth: float
    found: list[Found] = field(default_factory=list)

    @property
    def mean(self) -> float:
        return float(np.mean([each.estimate for each in self.found])) if self.found else nan

    @property
    def covered(self) -> int:
        """In how many draws the limits hold the truth."""
        return sum(each.low <= self.truth <= each.high for each in self.found)

    @property
    def coverage(self) -> tuple[float, float, float]:
        """The share of draws that hold the truth, with its own exact 95 % limits (Clopper & Pearson)."""
        if not self.found:
            return nan, nan, nan
        limits = stats.binomtest(self.covered, len(self.found)).proportion_ci(0.95)
        return self.covered / len(self.found), float(limits.low), float(limits.high)


def measure(seeds: Iterable[int]) -> list[Row]:
    """Draw every scenario once for each seed and return the table's rows."""
    drawn = scenarios()
    rows = {
        (name, effect): Row(effect, value)
        for name, (truth, effects) in drawn.items()
        for effect, value in effects(truth).items()
    }
    with TemporaryDirectory() as folder:
        for seed in seeds:
            for name, (truth, _effects_of) in drawn.items():
                for effect, found in _draw(Path(folder) / f"{name} {seed}.duckdb", truth, seed):
                    if (name, effect) in rows:
                        rows[name, effect].found.append(found)
    return list(rows.values())


def _draw(path: Path, truth: Planted, seed: int) -> list[tuple[str, Found]]:
    simulate(path, truth, seed)
    try:
        with Warehouse(path, read_only=True) as warehouse:
            return list(_found(warehouse.tables(), truth))
    finally:
        path.unlink()


def scenarios() -> dict[str, tuple[Planted, Callable[[Planted], dict[str, float]]]]:
    """What is drawn, and which effects are looked for in it: with effects, and with none."""
    government = Planted()
    stepped = Planted(stepped=True, lift=0.0, rollout=0.08)
    return {
        "effects": (government, _effects),
        "no effect": (
            government.without_effects(),
            lambda truth: {NULL_USE: truth.lift, **dict.fromkeys(_NO_GAPS, 0.0)},
        ),
        "decay": (replace(_STEADY, lift=0.17, fades=0.3), _lasting),
        "no decay": (_STEADY, lambda truth: {NO_DECAY: truth.base, DORMANT: (1 - truth.base) ** 2}),
        "people differ": (_APART, _apart),
        "stepped": (stepped, lambda truth: {"use after roll-out": truth.rollout, BEFORE: 0.0}),
        "stepped, no effect": (stepped.without_effects(), lambda truth: {NULL_ROLLOUT: truth.rollout}),
    }


_STEADY: Final = Planted(mid_month=True, spread=0.0, lift=0.0)
_APART: Final = Planted(lift=0.0, spread=0.0, redactions_fall=1.0, apart=0.35)
_RATES: Final = ("month", "department_month")
OF_DEPARTMENTS: Final = "people differ: identifiers held back in a prompt, each department, last month"
OF_MONTH: Final = "people differ: identifiers held back in a prompt, last month"
NO_GAP_IN_USE: Final = "people differ: no gap in use between nations"
NO_DECAY: Final = "no decay: active after 12 weeks"
DORMANT: Final = "dormant licences in the last month"
REDACTIONS: Final = "identifiers held back, last month over first"
NULL_USE: Final = "no effect of training: use, trained less untrained"
NULL_ROLLOUT: Final = "no effect of roll-out: use after roll-out"
BEFORE: Final = "before roll-out: no difference"
_NO_GAPS: Final = tuple(f"no gap: competent, {band}" for band in list(planted.GRADE_BANDS)[:3])
_SHARES: Final = ("competent", "cited_answers", "helpful", "verification")


def _lasting(truth: Planted) -> dict[str, float]:
    shares = (truth.base + truth.lift * (1 - truth.fades) ** months for months in range(3))
    return {f"active after {weeks} weeks": share for weeks, share in zip((4, 8, 12), shares, strict=True)}


def _apart(truth: Planted) -> dict[str, float]:
    dormant = (1 - truth.base) ** 2 + truth.apart**2 / 3  # the variance of what is uniform
    return {
        "people differ: active_use trained": truth.base,
        "people differ: active_use untrained": truth.base,
        "people differ: dormant_licences": dormant,
        NO_GAP_IN_USE: 0.0,
        OF_MONTH: truth.redactions,
        OF_DEPARTMENTS: truth.redactions,
    }


def _effects(truth: Planted) -> dict[str, float]:
    shares = (truth.competent, truth.cited, truth.helpful, truth.checks_everything)
    return {
        "use, trained less untrained, standardised": truth.lift,
        "trained before access, Canals less all others": truth.trained_first_at_canals - truth.trained_first,
        **dict(zip(_SHARES, shares, strict=True)),
        "concerns": truth.concerns,
        REDACTIONS: truth.redactions_fall ** (len(planted.MONTHS) - 1),
    }


def _found(tables: WarehouseTables, truth: Planted) -> Iterator[tuple[str, Found]]:
    if truth.stepped:
        use = list(cells_of(tables, {"active_use": ("all",)}))
        for figure in figures.rollout_figures(reading.rollout(tables, WINDOW), use, release="1"):
            name = "use after roll-out" if figure.measure == "rollout_effect" else BEFORE
            yield from _points(name, figure)
            yield from _points(NULL_ROLLOUT if figure.measure == "rollout_effect" else "", figure)
        return
    if truth.mid_month:
        yield from _use_over_time(tables)
        return
    if truth.apart:
        yield from _of_people_apart(tables)
        return
    use = list(cells_of(tables, {"active_use": ("all",)}))
    difference = next(iter(figures.use_difference(reading.strata(tables, WINDOW), use, release="1")))
    yield from _points("use, trained less untrained, standardised", difference)
    yield from _points(NULL_USE, difference)
    cells = list(cells_of(tables, {"trained_before_access": ("all", "department"), "competent": ("all", "grade_band")}))
    cells += cells_of(tables, dict.fromkeys((*_SHARES[1:], "concerns"), ("all",)))
    factors = factors_of(clumps_of(tables, (*_SHARES[1:], "concerns"), cells))
    rates = list(cells_of(tables, {"redaction_rate": ("month",)}))
    change = figures.redaction_change(reading.first_and_last(tables, WINDOW), WINDOW, rates, release="1")
    if change.value is not None and change.low is not None and change.high is not None:
        yield REDACTIONS, Found(change.value, change.low, change.high)
    for cell in cells:
        if cell.numerator is None or cell.denominator is None or cell.view != "all":
            continue
        if cell.indicator in _SHARES or cell.indicator == "concerns":
            yield cell.indicator, limits_of(cell, factors)
    yield from _gaps(cells)


def _of_people_apart(tables: WarehouseTables) -> Iterator[tuple[str, Found]]:
    """What people who differ do month after month: their use and dormant licences, and identifiers in a department."""
    views = {"active_use": ("all", "nation"), "dormant_licences": ("all",), "redaction_rate": _RATES}
    cells = list(cells_of(tables, views))
    clumps = list(clumps_of(tables, views, cells))
    factors = factors_of(clumps)
    for cell in cells:
        if cell.numerator is None:
            continue
        if cell.view == "all" and cell.indicator != "redaction_rate":
            yield f"people differ: {cell.indicator} {cell.arm or ''}".strip(), limits_of(cell, factors)
        elif cell.view == "department_month" and cell.month == WINDOW.months[-1]:
            yield OF_DEPARTMENTS, limits_of(cell, factors)
        elif cell.view == "month" and cell.month == WINDOW.months[-1]:
            yield OF_MONTH, limits_of(cell, factors)
    for figure in figures.equity_gaps(cells, clumps, release="1"):
        yield from _points(NO_GAP_IN_USE, figure)


def limits_of(cell: Cell, factors: Factors) -> Found:
    """A shown cell with its limits, as a page makes them."""
    made = intervals.share if CATALOGUE[cell.indicator].kind == "proportion" else intervals.rate
    return _plain(made(cell.numerator or 0, cell.denominator or 1, factor_of(cell, factors)))


def _use_over_time(tables: WarehouseTables) -> Iterator[tuple[str, Found]]:
    wanted = {f"active_after_{weeks}_weeks": ("all",) for weeks in (4, 8, 12)}
    for cell in cells_of(tables, wanted | {"dormant_licences": ("month",)}):
        if cell.numerator is None:
            continue
        found = limits_of(cell, {})  # a person counts once
        if cell.indicator != "dormant_licences":
            yield cell.indicator.replace("_", " "), found
        elif cell.month == WINDOW.months[-1]:
            yield DORMANT, found
        if cell.indicator == "active_after_12_weeks":
            yield NO_DECAY, found


def _gaps(cells: Sequence[Cell]) -> Iterator[tuple[str, Found]]:
    for figure in figures.equity_gaps(cells, (), release="1"):
        yield from _points(f"no gap: {figure.step}, {figure.option}", figure)
    by_department = {cell.department: cell for cell in cells if cell.indicator == "trained_before_access"}
    canals, everyone = by_department[CANALS], by_department[None]
    counts = [(cell.numerator or 0, cell.denominator or 0) for cell in (canals, everyone)]
    if (found := gap(counts[0], counts[1])) is not None:
        yield "trained before access, Canals less all others", Found(found.figure, found.low, found.high)


def _points(effect: str, figure: LearningFigure) -> Iterator[tuple[str, Found]]:
    """A published estimate in percentage points as shares; nothing where it is hidden."""
    if figure.value is not None and figure.low is not None and figure.high is not None:
        yield effect, Found(figure.value / 100, figure.low / 100, figure.high / 100)


def _plain(found: intervals.Interval) -> Found:
    return Found(found.figure, found.low, found.high)


def cells_of(tables: WarehouseTables, wanted: Mapping[str, tuple[str, ...]]) -> Iterator[Cell]:
    """The protected cells of some indicators and views, as `releases.build` makes them."""
    people = standing(tables)
    frame = Frame(WINDOW.months, WINDOW.months, places(people))
    for name, views in wanted.items():
        indicator = CATALOGUE[name]
        measure = Measure(name, indicator.kind, 1, indicator.arms or (None,), views)
        parts = indicator.contributions(tables, WINDOW)
        with persons(parts, people, views=indicator.views, months=WINDOW.months) as each:
            yield from protect(each, measure, frame, release="1")


def clumps_of(tables: WarehouseTables, names: Iterable[str], cells: Sequence[Cell]) -> Iterator[LearningFigure]:
    """The factors of some indicators, as `releases.build` makes them."""
    people = standing(tables)
    repeated = {}
    for name in names:
        indicator = CATALOGUE[name]
        parts = indicator.contributions(tables, WINDOW)
        with persons(parts, people, views=indicator.views, months=WINDOW.months) as each:
            repeated[name] = reading.repeats(each, indicator, WINDOW.months)
    return figures.clumping_figures(repeated, cells, release="1")


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [
        "| effect | truth | mean estimate | bias | held in | coverage (its own 95 % limits) |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        share, low, high = row.coverage
        lines.append(
            f"| {row.effect} | {row.truth:.3f} | {row.mean:.3f} | {row.mean - row.truth:+.3f} | "
            f"{row.covered} of {len(row.found)} | {share:.1%} ({low:.1%} to {high:.1%}) |".replace("%", " %")
        )
    return "\n".join(lines)
