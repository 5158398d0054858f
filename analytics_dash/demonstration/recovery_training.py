"""What is found of training where use does not stand still, and how often a page says that training changes it.

Trained people are compared with untrained ones of their place, grade and month. Here use grows for everybody while
people are trained, departments have good months and bad, and people differ: none of it may pass for training. Only use
is drawn, so that many governments take minutes. Called by `scripts/measure-effects`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from analytics_dash.demonstration.recovery import Found, Row, cells_of
from analytics_dash.demonstration.recovery_findings import Claim, facts_of
from analytics_dash.demonstration.simulated import WINDOW, Planted, simulate
from analytics_dash.effects import figures, reading
from analytics_dash.questions import QUESTIONS
from analytics_dash.releases import Cell, LearningFigure
from analytics_dash.warehouse import Warehouse

_STILL: Final = Planted()
_GROWING: Final = Planted(base=0.40, lift=0.10, grows=0.03, swings=0.05)
_APART: Final = replace(_GROWING, spread=0.0, apart=0.30, swings=0.0)

GOVERNMENTS: Final[Mapping[str, Planted]] = {
    "use stands still": _STILL,
    "use stands still, no effect": _STILL.with_nothing(),
    "use grows, departments have months of their own": _GROWING,
    "use grows, departments have months of their own, no effect": _GROWING.without_effects(),
    "use grows, people differ": _APART,
    "use grows, people differ, no effect": _APART.without_effects(),
}
"""By 3 points a month where it grows; a department's month lies 5 points from that (a standard deviation)."""


def measure_training(seeds: Iterable[int]) -> tuple[list[Row], list[Claim]]:
    """Draw every government once a seed: the difference that is told, and how often a page tells one of no effect."""
    rows = {name: Row(name, truth.lift) for name, truth in GOVERNMENTS.items()}
    claims = {name: Claim(name, 0.05) for name, truth in GOVERNMENTS.items() if not truth.lift}
    with TemporaryDirectory() as folder:
        for seed in seeds:
            for name, truth in GOVERNMENTS.items():
                cells, estimates = _told(Path(folder) / f"{seed}.duckdb", truth, seed)
                told = estimates[0]
                if told.value is not None and told.low is not None and told.high is not None:
                    rows[name].found.append(Found(told.value / 100, told.low / 100, told.high / 100))
                if name in claims:
                    claims[name].said += QUESTIONS["use"].finding(facts_of(cells, estimates)).can_say
                    claims[name].of += 1
    return [*rows.values()], [*claims.values()]


def _told(path: Path, truth: Planted, seed: int) -> tuple[tuple[Cell, ...], tuple[LearningFigure, ...]]:
    """What a release holds of use: its cells, and its estimates, that of the difference first."""
    simulate(path, truth, seed, tutor=False)
    with Warehouse(path, read_only=True) as warehouse:
        tables = warehouse.tables()
        cells = tuple(cells_of(tables, {"active_use": ("all", "month")}))
        estimates = tuple(figures.use_difference(reading.strata(tables, WINDOW), cells, release="1"))
    path.unlink()
    return cells, estimates
