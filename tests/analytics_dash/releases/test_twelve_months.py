"""Done when: over twelve monthly releases with late data, someone with the exported figures alone recovers nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from analytics_dash.disclosure.attacker import attack
from analytics_dash.disclosure.rule import show_proportion
from analytics_dash.indicators import Window
from analytics_dash.indicators.links import LINKS
from analytics_dash.releases import Cell, dao, register_app
from analytics_dash.releases.build import KINDS
from analytics_dash.releases.reaudit import audit_store
from analytics_dash.reports.csv import csv_bytes
from tests.support import outside_attacker as outside
from tests.support.government import TWO, drawn, publish_month
from tests.support.outside_reading import Count, truth_of

WINDOW = 3  # months of a release; scripts/attack-from-outside does the same with more, more people and all indicators
MONTHS = Window.ending("2026-10", months=11 + WINDOW).months

Exact = dict[Cell, tuple[int, int]]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Exact]]:
    """The exact counts of each of twelve published releases, by published cell, with their register open."""
    url = f"sqlite:///{tmp_path_factory.mktemp('twelve') / 'releases.sqlite'}"
    with register_app(url).app_context():
        government = drawn(11, MONTHS, people=230, departments=3, teams=2, late=0.04, indicators=TWO)
        yield [publish_month(government, month, months=WINDOW)[1] for month in MONTHS[WINDOW - 1 :]]
        dao.db.session.remove()
        dao.db.engine.dispose()


def test_late_data_revises_published_months(published: list[Exact]) -> None:
    """Otherwise the test below would show less than it says."""
    months = [
        {(c.indicator, c.month, c.department): counts for c, counts in exact.items() if c.view == "department_month"}
        for exact in published
    ]
    revised = [
        sum(before[place] != after[place] for place in before.keys() & after.keys())
        for before, after in pairwise(months)
    ]
    assert sum(each > 0 for each in revised) > len(revised) / 2
    assert any(cell.status == "c" for cell in published[-1])
    assert sum(cell.status == "shown" for cell in published[-1]) > len(published[-1]) / 4


def attacked(some: Sequence[Exact]) -> tuple[list[Count], int]:
    """What is recovered from the files of some releases together, and how many hidden counts were tried."""
    files = [csv_bytes(tuple(exact)) for exact in some]
    truth: dict[Count, int] = {}
    for exact, file in zip(some, files, strict=True):
        truth |= truth_of(exact.values(), file)
    tried: list[int] = []
    small = {key for key, n in truth.items() if n < 10}
    found = [
        each
        for puzzle in outside.put_together(files)
        for each in outside.recovered(outside.ranges(puzzle, only=small, tried=tried.append), truth)
    ]
    return found, sum(tried)


def test_nobody_with_one_file_recovers_a_count_below_ten(published: list[Exact]) -> None:
    results = [attacked([exact]) for exact in published]
    assert [found for found, _tried in results] == [[]] * len(published)
    assert all(tried for _found, tried in results)


def test_nor_with_any_two_files_about_some_of_the_same_months_taken_together(published: list[Exact]) -> None:
    pairs = [(one, other) for n, other in enumerate(published) for one in published[max(0, n - WINDOW + 1) : n]]
    results = [attacked(pair) for pair in pairs]
    assert [found for found, _tried in results] == [[]] * len(pairs)
    assert sum(tried for _found, tried in results)


def test_nor_with_three(published: list[Exact]) -> None:
    some = [published[n : n + 3] for n in range(len(published) - 2)]
    assert [attacked(each)[0] for each in some] == [[]] * len(some)


def test_nor_by_plain_subtraction(published: list[Exact]) -> None:
    for exact in published:
        file = csv_bytes(tuple(exact))
        assert outside.recovered(outside.differences([file]), truth_of(exact.values(), file)) == []


def test_the_outside_attacker_finds_what_is_there_to_find(published: list[Exact]) -> None:
    """With one hidden count filled in beside its small sibling, or the exact counts, it recovers: it is no dummy."""
    exact = published[-1]
    shown = [cell for cell in exact if cell.view in ("department", "team")]
    file = csv_bytes(tuple(exact))
    truth = truth_of(exact.values(), file)
    puzzle = outside.Puzzle([outside.read(file)])
    lonely = next(cell for cell in shown if cell.status == "c" and cell.indicator == "cited_answers")
    for key, column in puzzle.index.items():
        if key in truth and key[1][-1] != (lonely.team or lonely.department):
            puzzle.low[column] = puzzle.high[column] = truth[key]
    assert outside.recovered(outside.ranges(puzzle), truth)


def test_the_outside_attacker_knows_that_counts_are_whole() -> None:
    """Two that are equal make three to five together: each is two, though one and a half would do for half people."""
    part = outside.Part(
        [({0: 1.0, 1: -1.0}, 0.0), ({0: -1.0, 1: -1.0, 2: 1.0}, 0.0)], np.array([0, 0, 3.0]), np.full(3, 5.0)
    )
    assert part.push([0], 1.0)
    assert part.push([0], -1.0)
    assert (part.low[0], part.high[0]) == (1.5, 2.5)
    assert part.whole.between(0, 1.5, 2.5, wide=0) == (2, 2)
    assert part.whole.between(2, 3.0, 5.0, wide=1) == (4, 4)


def test_the_whole_store_passes_the_audit(published: list[Exact]) -> None:
    assert [each.problem for each in audit_store()] == [None] * len(published)


def test_nor_does_the_audit_hang_on_the_order_of_cells_in_the_register(published: list[Exact]) -> None:
    """What is tried and found is the same, also where there is something to find."""
    chance = random.Random(5)
    releases = [list(exact) for exact in published[-WINDOW:]]
    for some in (releases, [*releases[:-1], uncovered(published[-1])]):
        shuffled = [chance.sample(cells, len(cells)) for cells in some]
        one, other = attack(some, KINDS, LINKS), attack(shuffled, KINDS, LINKS)
        assert (one.hidden, one.impossible) == (other.hidden, other.impossible)
        assert {(leak.cell, leak.count) for leak in one.leaks} == {(leak.cell, leak.count) for leak in other.leaks}
        assert one.hidden > 10
        assert bool(one.leaks) == (some is not releases)


def uncovered(exact: Exact) -> list[Cell]:
    """Show what is hidden only because others would follow from it."""
    cells = []
    for cell, (n, d) in exact.items():
        shown = show_proportion(n, d) if cell.status == "c" and cell.indicator == "cited_answers" else None
        figures = {"numerator": shown.numerator, "denominator": shown.denominator} if shown else {}
        cells.append(replace(cell, **figures, value=100 * n / d, status="shown") if shown else cell)
    return cells
