"""Two releases of all indicators, with late data, attacked from outside: what one indicator tells of another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.releases import Cell, dao, register_app
from analytics_dash.reports.csv import csv_bytes
from tests.support import outside_attacker as outside
from tests.support.government import Government, cells_of, publish_month
from tests.support.outside_reading import Count, relations, truth_of
from tests.support.whole_government import whole

WINDOW = 2
MONTHS = Window.ending("2026-10", months=WINDOW + 1).months

Exact = dict[Cell, tuple[int, int]]


# One of those that gave counts away across an inequality (decision 0024).
@pytest.fixture(scope="module")
def government(tmp_path_factory: pytest.TempPathFactory) -> Government:
    return whole(2, MONTHS, tmp_path_factory.mktemp("whole"), people=300, departments=2, teams=2, late=0.04)


@pytest.fixture(scope="module")
def published(government: Government, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Exact]]:
    with register_app(f"sqlite:///{tmp_path_factory.mktemp('both') / 'releases.sqlite'}").app_context():
        yield [publish_month(government, month, months=WINDOW)[1] for month in MONTHS[WINDOW - 1 :]]
        dao.db.session.remove()
        dao.db.engine.dispose()


def attacked(some: list[Exact]) -> tuple[list[Count], int]:
    """What is recovered from the files of some releases together, and how many hidden counts were tried."""
    files = [csv_bytes(tuple(exact)) for exact in some]
    truth: dict[Count, int] = {}
    for exact, file in zip(some, files, strict=True):
        truth |= truth_of(exact.values(), file)
    small, tried = {key for key, n in truth.items() if n < 10}, []
    found: list[Count] = []
    for puzzle in outside.put_together(files):
        found += outside.recovered(outside.ranges(puzzle, only=small, tried=tried.append), truth)
    return found, sum(tried)


def test_most_indicators_hide_something_and_show_something(published: list[Exact]) -> None:
    hidden, shown = (
        {cell.indicator for exact in published for cell in exact if cell.status == status} for status in ("c", "shown")
    )
    assert min(len(hidden), len(shown)) > len(CATALOGUE) // 4


def test_nobody_with_the_files_recovers_a_count_below_ten(published: list[Exact]) -> None:
    for some in ([published[0]], [published[1]], published):
        found, tried = attacked(some)
        assert found == []
        assert tried > 100


def test_where_the_rule_alone_hides_the_outside_attacker_recovers_much(government: Government) -> None:
    exact = dict(cells_of(government, Window(MONTHS[:WINDOW]), "2026-09.1"))
    found, _tried = attacked([exact])
    assert len(found) > 5


def test_each_thing_that_the_pages_say_of_indicators_together_is_put_to_use(published: list[Exact]) -> None:
    rows = outside.read(csv_bytes(tuple(published[-1])))
    plain = len(outside.Puzzle([rows], rules=[]).rows)
    assert [each for each in relations() if len(outside.Puzzle([rows], rules=[each]).rows) == plain] == []
