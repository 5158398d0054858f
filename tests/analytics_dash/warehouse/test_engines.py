"""The same rows from every engine: DuckDB, a standalone Spark with two workers, ClickHouse's engine.

All tests that need Spark are in this file, so that one cluster and one session serve them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis
import pytest

from analytics_dash.disclosure import places
from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.effects.reading import repeats
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.learning import reading
from analytics_dash.releases import Cell, build, dao, manifest, register_app
from analytics_dash.warehouse import Engine
from tests.support.disclosure import Facts
from tests.support.engines import Everywhere, awkward
from tests.support.spark import cluster

# What costs a processor here is planning and compiling, not rows: two shuffles, the quick compiler, no second planning.
SMALL = (
    "spark.driver.memory=640m spark.executor.memory=512m spark.sql.shuffle.partitions=2 "
    "spark.sql.adaptive.enabled=false "
    "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1"
)

WINDOW = Window.ending("2026-11", months=34)  # with a leap day, and five changes of London's clocks

# PySpark leaves its sockets to the collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everywhere]:
    folder = tmp_path_factory.mktemp("engines")
    with pytest.MonkeyPatch.context() as patch, cluster(folder / "cluster") as master:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("ADOPTION_SPARK", SMALL)
        yield Everywhere(folder, master)
        from pyspark.sql import SparkSession

        if session := SparkSession.getActiveSession():
            session.stop()


@pytest.fixture(scope="module")
def engines(everywhere: Everywhere, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Engine]]:
    """An awkward warehouse, open on every engine."""
    url = awkward(1).write(tmp_path_factory.mktemp("awkward") / "warehouse.duckdb")
    with everywhere.open(url) as opened:
        yield opened


@pytest.fixture(scope="module")
def empty(everywhere: Everywhere, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Engine]]:
    """A warehouse in which there is nobody and nothing, open on every engine."""
    with everywhere.open(Facts().write(tmp_path_factory.mktemp("empty") / "warehouse.duckdb")) as opened:
        yield opened


COLUMNS = ("person", "month", "department", "grade_band", "arm", "numerator", "denominator")


def agreed(engines: dict[str, Engine], ask: Callable[[Engine], Any]) -> Any:
    """What the engines answer, which is the same."""
    answers = {name: ask(engine) for name, engine in engines.items()}
    assert answers["spark"] == answers["duckdb"], "Spark"
    assert answers["clickhouse"] == answers["duckdb"], "ClickHouse"
    return answers["duckdb"]


def contributions(engine: Engine) -> dict[str, list[str]]:
    """Each indicator's rows. Some in one query, since planning a query costs Spark more than answering it."""
    tables = engine.tables()
    found: dict[str, list[str]] = {name: [] for name in CATALOGUE}
    names = list(CATALOGUE)
    for some in (names[first : first + 8] for first in range(0, len(names), 8)):
        each = [
            CATALOGUE[name].contributions(tables, WINDOW).select(*COLUMNS).mutate(indicator=ibis.literal(name))
            for name in some
        ]
        for row in functools.reduce(lambda one, other: one.union(other), each).to_pyarrow().to_pylist():
            found[row.pop("indicator")].append(repr(row))
    return {name: sorted(rows) for name, rows in found.items()}


@pytest.fixture(scope="module")
def read(engines: dict[str, Engine]) -> dict[str, dict[str, list[str]]]:
    return {name: contributions(engine) for name, engine in engines.items()}


@pytest.mark.parametrize("indicator", CATALOGUE)
def test_every_indicator_is_the_same_on_every_engine(
    read: dict[str, dict[str, list[str]]], engines: dict[str, Engine], indicator: str
) -> None:
    rows = {name: found[indicator] for name, found in read.items()}
    assert rows["spark"] == rows["duckdb"], "Spark"
    assert rows["clickhouse"] == rows["duckdb"], "ClickHouse"
    assert rows["duckdb"]
    entry = CATALOGUE[indicator]
    assert agreed(engines, lambda engine: entry.available(engine.tables(), WINDOW))


def test_in_an_empty_warehouse_no_indicator_has_a_row_on_any_engine(empty: dict[str, Engine]) -> None:
    assert not any(agreed(empty, contributions).values())


def test_every_table_that_indicators_read_has_the_same_rows_and_columns(engines: dict[str, Engine]) -> None:
    names = set(engines["duckdb"].tables().__slots__) - {"share"}
    for name in sorted(names):

        def read(engine: Engine, name: str = name) -> Any:
            table = getattr(engine.tables(), name)
            ordered = table.select(*sorted(set(table.columns) - {"digest", "turn"})).to_pyarrow()
            return sorted(table.columns), sorted(map(repr, ordered.to_pylist()))

        agreed(engines, read)


def test_every_reading_for_learning_is_the_same_on_every_engine(engines: dict[str, Engine]) -> None:
    window = Window.ending("2026-10")

    def read(engine: Engine) -> Any:
        tables = engine.tables()
        found = {}
        for lesson in reading.lessons(tables, window):
            sheet = reading.sheet(tables, window, lesson)
            found[lesson] = (
                [getattr(sheet, name).tolist() for name in ("people", "hits", "confidence", "answers", "anchors")],
                sheet.items,
                sheet.test,
                sheet.form,
                {step: sorted(counts.tolist()) for step, counts in reading.detections(tables, window, lesson).items()},
                [
                    (part.people.tolist(), part.at.tolist(), part.what.tolist(), [part.steps[n] for n in part.step])
                    for part in reading.acts(tables, window, lesson)
                ],
            )
        return repr(found)

    assert "quiz" in agreed(engines, read)


def test_a_release_built_on_any_engine_has_the_same_cells_to_the_digest(
    engines: dict[str, Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way of `release build`, of one indicator with arms and a calendar: Spark plans a second for each query.

    In a few views, for the same reason. What other indicators give, and what is read for learning, is compared above.
    """
    views = ("all", "month", "department_group_month")
    active_use = replace(CATALOGUE["active_use"], views=views)
    monkeypatch.setattr(places, "VIEWS", {name: VIEWS[name] for name in views})
    for module in (build, manifest):
        monkeypatch.setattr(module, "CATALOGUE", {"active_use": active_use})
    for figures in ("lesson_figures", "estimates"):
        monkeypatch.setattr(build, figures, lambda *_arguments, **_options: ())
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path))
    before: list[tuple[str, int]] = []  # so few people are here that hiding leaves nothing: both sides are compared

    def hide(cells: tuple[Cell, ...], *arguments: Any, **options: Any) -> tuple[Cell, ...]:
        before.append((manifest.cells_digest(cells), sum(cell.numerator is not None for cell in cells)))
        return hide_what_leaks(cells, *arguments, **options)

    def counted(*arguments: Any) -> Any:
        found = repeats(*arguments)
        repeated.append(repr(found))
        return found

    repeated: list[str] = []
    monkeypatch.setattr(build, "hide_what_leaks", hide)
    monkeypatch.setattr(build, "repeats", counted)

    def built(engine: Engine) -> tuple[str, tuple[str, int], int, str]:
        with register_app(f"sqlite:///{tmp_path / f'{id(engine)}.sqlite'}").app_context():
            info = build.build_release(engine, "2026-10", now=datetime(2026, 11, 2, tzinfo=UTC)).info
            dao.db.session.remove()
            dao.db.engine.dispose()
        return info.cells_digest, before[-1], info.manifest["cells"], repeated[-1]

    _digest, (_before, shown), cells, people = agreed(engines, built)
    assert "Repeats(people=" in people
    assert cells > 30
    assert shown > 2
