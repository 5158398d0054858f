"""Contributions of hand-made people on a real warehouse."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.indicators.population import PLACES
from analytics_dash.warehouse import open_warehouse
from tests.support.disclosure import Facts

WINDOW = Window.ending("2026-10")

Contribution = tuple[int, str, str, str, str | None, int, int]
"""person, month, department, grade_band, arm, numerator, denominator"""


@pytest.fixture
def contributions(tmp_path: Path) -> Callable[[str, Facts], list[Contribution]]:
    def evaluate(indicator: str, facts: Facts) -> list[Contribution]:
        with open_warehouse(facts.with_strangers().write(tmp_path / f"{uuid.uuid4()}.duckdb")) as warehouse:
            table = CATALOGUE[indicator].contributions(warehouse.tables(), WINDOW).to_pyarrow().to_pylist()
        columns = ("person", "month", "department", "grade_band", "arm", "numerator", "denominator")
        assert all(set(row) == {*columns, *PLACES} for row in table)
        # As `Indicator` promises.
        assert len({(row["person"], row["month"], row["arm"]) for row in table}) == len(table)
        return sorted(tuple(row[column] for column in columns) for row in table)

    return evaluate


@pytest.fixture
def available(tmp_path: Path) -> Callable[[str, Facts], tuple[str, ...]]:
    """The months for which an indicator's feeds were loaded."""

    def evaluate(indicator: str, facts: Facts) -> tuple[str, ...]:
        with open_warehouse(facts.with_strangers().write(tmp_path / f"{uuid.uuid4()}.duckdb")) as warehouse:
            return CATALOGUE[indicator].available(warehouse.tables(), WINDOW)

    return evaluate
