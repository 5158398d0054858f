"""The factor for people who count several times: of known people, what is told of it, what it widens."""

from __future__ import annotations

import random
from math import sqrt
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_dash.disclosure.persons import persons
from analytics_dash.disclosure.places import standing
from analytics_dash.effects.clumping import Clumping, Groups, clumping, is_told, step_of, told_factor
from analytics_dash.effects.figures import clumping_figures
from analytics_dash.effects.reading import repeats
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.releases import Cell, intervals
from analytics_dash.releases.clumps import factor_of, factors_of
from analytics_dash.warehouse import open_warehouse
from tests.support.disclosure import Facts

WINDOW = Window.ending("2026-10")


def groups(people: list[list[tuple[int, int]]]) -> Groups:
    """Of each group its people's own (numerator, denominator)."""
    sums = [
        (len(own), *(sum(f(y, n) for y, n in own) for f in (_y, _n, lambda y, _n: y * y, lambda y, n: y * n, _nn)))
        for own in people
    ]
    columns = (np.array(column, dtype=float) for column in zip(*sums, strict=True))
    every = [each for own in people for each in own]
    most = max(y * y for y, _ in every), max(n * n for _, n in every), max(y for y, _ in every)
    return Groups(*columns, *most)  # type: ignore[call-arg]


def _y(y: int, _n: int) -> int:
    return y


def _n(_y: int, n: int) -> int:
    return n


def _nn(_y: int, n: int) -> int:
    return n * n


def test_people_who_do_the_same_every_month_count_as_often_too_much_as_there_are_months() -> None:
    """Six months of one person say no more than one: of 40, of whom half are always active."""
    found = clumping(groups([[(6, 6)] * 20 + [(0, 6)] * 20]), "proportion", most=6)
    assert found is not None
    assert found.factor == 6, "and not more, though 40 people are few"
    shown = intervals.share(120, 240, found.factor)
    assert shown.low == pytest.approx(intervals._wilson(20, 40, -1), abs=0.015), "but for the rounding of the counts"
    assert shown.high == pytest.approx(intervals._wilson(20, 40, +1), abs=0.015)


def test_counts_of_different_people_are_not_made_wider() -> None:
    draw = random.Random(5)
    once = [[(int(draw.random() < 0.4), 1) for _ in range(200)] for _ in range(10)]
    found = clumping(groups(once), "proportion")
    assert found is not None
    assert found.factor == pytest.approx(1, abs=0.02)
    assert intervals.rate(60, 400, 1.0) == intervals.rate(60, 400)


def test_what_departments_differ_by_is_not_taken_for_chance() -> None:
    draw = random.Random(6)
    apart = [[(sum(draw.random() < share for _ in range(6)), 6) for _ in range(300)] for share in (0.2, 0.5, 0.8)]
    found = clumping(groups(apart), "proportion", most=6)
    assert found is not None
    assert found.factor < 1.1


def test_identifiers_that_come_three_to_a_prompt_make_the_variance_three_times_as_large() -> None:
    draw = random.Random(7)
    people = [(3 * sum(draw.random() < 0.05 for _ in range(10)), 10) for _ in range(4000)]
    found = clumping(groups([people]), "ratio")
    assert found is not None
    assert found.factor == pytest.approx(3 * 0.95, rel=0.08)


def test_of_groups_of_fewer_than_ten_and_of_nothing_there_is_no_factor() -> None:
    assert clumping(groups([[(1, 2)] * 9]), "ratio") is None
    assert clumping(groups([[(0, 2)] * 30]), "ratio") is None


@given(st.floats(1, 40), st.floats(1e-5, 0.2), st.integers(48, 20_000))
def test_a_factor_is_told_upwards_on_a_step_that_five_people_can_make(factor: float, moved: float, people: int) -> None:
    told = told_factor(Clumping(factor, moved), people)
    if told is None:
        assert people < 53
        return
    step = step_of(max(moved, 1 / people))
    assert step >= 5 * moved - 1e-9
    assert factor - 1e-6 <= told <= factor + step + 0.005
    assert is_told(told, 5 * round(people / 5))
    coarser = told_factor(Clumping(factor, 2 * moved), people)
    assert coarser is not None
    assert coarser - step_of(max(2 * moved, 1 / people)) <= told - step + 0.01, "two roundings lie in each other"
    assert coarser >= told - 0.01


def government() -> Facts:
    """Three departments of 40 with licences all along: half of each are active always, the others never."""
    facts = Facts()
    for department in ("Canals", "Kites", "Weather"):
        for number in range(40):
            person = facts.person(department, licence="2026-01-01")
            for month in WINDOW.months:
                facts.used(person, month, 5 if number % 2 else 0)
                for _turn in range(number % 4):
                    facts.prompted(person, f"{month}-10", redactions=number % 3)
    return facts


def test_a_release_holds_the_factor_of_each_indicator_and_each_arm_of_known_people(tmp_path: Path) -> None:
    shown = Cell("r", "all", None, None, None, "untrained", "active_use", 360, 720, 50.0, "shown")
    rate = Cell("r", "month", "2026-10", None, None, None, "redaction_rate", 150, 180, 833.3, "shown")
    with open_warehouse(government().write(tmp_path / "w.duckdb")) as warehouse:
        tables = warehouse.tables()
        counted = {}
        for name in ("active_use", "redaction_rate", "competent"):
            indicator, parts = CATALOGUE[name], CATALOGUE[name].contributions(tables, WINDOW)
            with persons(parts, standing(tables), views=indicator.views, months=WINDOW.months) as each:
                counted[name] = repeats(each, indicator, WINDOW.months)
    assert counted["competent"] == {}, "a person counts once"
    found = list(clumping_figures(counted, [shown, rate], release="r"))
    factors = factors_of(found)
    assert {(each.step, each.item, each.denominator) for each in found} == {
        ("active_use untrained", "all", 120),
        ("redaction_rate", "month", 90),  # a quarter never asks
    }, "where a cell is shown"
    assert factor_of(shown, factors) == 6.4, "six months, upwards on a step of 0.8"
    by_hand = _by_hand()
    step = step_of(max(by_hand.moved, 1 / 90))
    assert by_hand.factor <= factor_of(rate, factors) <= by_hand.factor + step + 1e-9
    assert factor_of(shown, {}) == 1, "releases of before say none"
    wide = intervals.rate(150, 180, factor_of(rate, factors))
    assert wide.high - wide.low > 1.2 * (intervals.rate(150, 180).high - intervals.rate(150, 180).low)


def _by_hand() -> Clumping:
    """The factor of the rate in a month, person by person: all months and departments are alike."""
    people = [(turns * (number % 3), turns) for number in range(40) if (turns := number % 4)]
    rate = sum(y for y, _ in people) / sum(n for _, n in people)
    squares = sum((y - rate * n) ** 2 for y, n in people) * len(people) / (len(people) - 1)
    whole = 3 * 6 * sum(y for y, _ in people)
    most = 6 * (max(y for y, _ in people) ** 2 + rate**2 * 9)
    assert most > 6 * max(y for y, _ in people) * squares / sum(y for y, _ in people)
    return Clumping(squares / sum(y for y, _ in people), most / whole)


def test_a_rate_of_clumps_is_held_where_independent_limits_miss_it() -> None:
    """Two hundred draws of 150 people, of whom each pastes three identifiers or none."""
    draw = np.random.default_rng(8)
    held, held_alone = 0, 0
    for _round in range(200):
        turns = draw.poisson(4, 150) + 1
        y = 3 * draw.binomial(turns, 0.05)
        own = [(int(a), int(b)) for a, b in zip(y, turns, strict=True)]
        found = clumping(groups([own]), "ratio")
        assert found is not None
        for factor in (found.factor, 1.0):
            limits = intervals.rate(int(y.sum()), int(turns.sum()), factor)
            inside = limits.low <= 0.15 <= limits.high
            held, held_alone = held + (inside and factor > 1), held_alone + (inside and factor == 1.0)
    assert held >= 200 * 0.95 - 3 * sqrt(200 * 0.95 * 0.05)
    assert held_alone < held - 10


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(("proportion", "ratio")),
    st.lists(st.integers(0, 6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=60, max_size=90),
)
def test_no_person_moves_a_factor_by_more_than_the_step_allows_for(
    kind: Literal["proportion", "ratio"], people: list[tuple[int, int]]
) -> None:
    """Whoever is taken away: but for what the others' rate then is, which five times leaves room for."""
    found, step = clumping(groups([people]), kind), 0.0
    for gone in range(0, len(people), 7):
        without = clumping(groups([people[:gone] + people[gone + 1 :]]), kind)
        if found is not None and without is not None:
            step = step_of(max(found.moved, 1 / len(people)))
            assert abs(found.factor - without.factor) <= step / 2
