"""Trained less untrained people, like with like: what passes for an effect, how sure it is, how far one goes."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics_dash.effects import reading
from analytics_dash.effects.standardised import Difference, standardised
from analytics_dash.indicators import Window
from analytics_dash.warehouse import open_warehouse
from tests.support.disclosure import THROUGH, Facts
from tests.support.use import Use, groups, growing

DRAWN = 400


def difference(use: Use) -> Difference:
    found = standardised(use.strata())
    assert found is not None
    return found


def test_a_mix_of_departments_does_not_pass_for_an_effect() -> None:
    """In both strata the arms are alike; most trained people are in the one where everybody is more active."""
    found = groups((160, 200, 40, 50), (10, 50, 40, 200))
    plain = difference(replace(found, stratum=np.zeros_like(found.stratum))).interval
    adjusted = difference(found).interval
    assert plain.figure == pytest.approx(170 / 250 - 80 / 250)
    assert plain.low > 0
    assert adjusted.figure == pytest.approx(0)
    assert adjusted.holds(0)


def test_nor_does_a_month_in_which_everybody_uses_it_more() -> None:
    """Of 100 people half are trained between two months; in the second all are more active, trained or not."""
    trained = np.zeros((100, 2))
    trained[:50, 1] = 1
    trained[90:] = 1
    active = np.zeros((100, 2))
    active[::5, 0] = 1  # of everybody one in five, then four
    active[np.arange(100) % 5 > 0, 1] = 1
    found = difference(Use(np.zeros(100, dtype=int), np.ones((100, 2)), trained, active))
    assert found.interval.figure == pytest.approx(0)
    assert (active * trained).sum() / trained.sum() - (active * (1 - trained)).sum() / (1 - trained).sum() > 0.2


def test_where_use_grows_and_months_differ_no_effect_is_found_more_often_than_is_said() -> None:
    found = [difference(growing(seed)).interval for seed in range(DRAWN)]
    misses = sum(not each.holds(0) for each in found)
    assert misses <= stats.binom.ppf(0.999, DRAWN, 0.05)
    assert abs(np.mean([each.figure for each in found])) < 4 * np.std([each.figure for each in found]) / DRAWN**0.5


def test_and_an_effect_that_is_there_is_found_with_limits_that_hold_it() -> None:
    found = [difference(growing(seed, lift=0.15)).interval for seed in range(DRAWN)]
    assert sum(not each.holds(0.15) for each in found) <= stats.binom.ppf(0.999, DRAWN, 0.05)
    assert sum(each.low > 0 for each in found) > 0.95 * DRAWN


def test_limits_are_no_wider_than_the_estimate_varies() -> None:
    found = [difference(growing(seed)).interval for seed in range(DRAWN)]
    varies = 1.96 * np.std([each.figure for each in found])
    assert np.mean([each.high - each.figure for each in found]) == pytest.approx(varies, rel=0.12)


def test_a_stratum_with_nine_people_in_an_arm_is_left_out_and_said_so() -> None:
    found = difference(groups((60, 100, 40, 100), (9, 9, 0, 91)))
    assert found.interval.figure == pytest.approx(0.2)
    assert found.left_out == pytest.approx(100 / 300)
    assert found.people_left_out == 100
    assert standardised(groups((9, 9, 0, 91)).strata()) is None
    assert difference(groups((60, 100, 40, 100), (10, 10, 0, 90))).left_out == 0


def test_a_month_without_anybody_trained_is_left_out_and_its_people_count_once() -> None:
    use = groups((60, 100, 40, 100), months=3)
    none = use.trained.copy()
    none[:, :2] = 0
    found = difference(replace(use, trained=none))
    assert found.interval.figure == pytest.approx(0.2)
    assert found.left_out == pytest.approx(2 / 3)
    assert found.people_left_out == 200


def test_people_who_are_trained_only_while_nobody_else_is_not_make_no_arm() -> None:
    """Ten were trained, but one of them alone in a month in which somebody was not."""
    trained = np.zeros((40, 2))
    trained[:, 1] = 1
    trained[0] = 1
    use = Use(np.zeros(40, dtype=int), np.ones((40, 2)), trained, trained)
    assert standardised(use.strata()) is None


def test_people_counted_in_six_months_are_no_more_certain_than_they_are_people() -> None:
    """Everybody does in all months what they do in one: the interval must not shrink."""
    once, often = (difference(groups((60, 100, 40, 100), months=months)).interval for months in (1, 6))
    assert often.low == pytest.approx(once.low)
    assert often.moved == pytest.approx(once.moved) == pytest.approx(1 / 100)


@given(st.integers(0, 10_000), st.data())
def test_nobody_moves_the_figure_further_in_a_month_than_its_step_supposes(seed: int, data: st.DataObject) -> None:
    use = growing(seed)
    before = difference(use).interval
    person, month = data.draw(st.integers(0, len(use.stratum) - 1)), data.draw(st.integers(0, 5))
    other = use.active.copy()
    other[person, month] = 1 - other[person, month]
    after = difference(replace(use, active=other)).interval
    assert abs(after.figure - before.figure) <= before.moved + 1e-8


# Ibis 12 calls what DuckDB 2 and pandas 3 deprecate.
@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")
def test_the_engine_adds_up_what_people_are(tmp_path: Path) -> None:
    window = Window.ending(THROUGH)
    months, places, chance = window.months, ("Canals", "Weather"), np.random.default_rng(7)
    facts, rows = Facts(), []
    for _ in range(120):
        place, first, trained = chance.integers(2), chance.integers(len(months)), chance.integers(1, 2 * len(months))
        person = facts.person(places[place], "AO", licence=f"{months[first]}-01")
        if trained < len(months):  # in the month before the first in which they are trained
            facts.learned(person, f"{months[trained - 1]}-10")
        active = chance.random(len(months)) < 0.5
        for month, uses in zip(months, active, strict=True):
            facts.used(person, month, 5 if uses else 0)
        numbers = np.arange(len(months))
        rows.append((place, numbers >= first, numbers >= trained, active & (numbers >= first)))
    with open_warehouse(facts.write(tmp_path / "warehouse.duckdb")) as warehouse:
        found = reading.strata(warehouse.tables(), window)
    stratum, *by_month = (np.array(column) * 1 for column in zip(*rows, strict=True))
    expected = Use(stratum, *by_month).strata()
    for field in fields(found.cells):
        np.testing.assert_array_equal(getattr(found.cells, field.name), getattr(expected.cells, field.name))
    for field in fields(found):
        if field.name != "cells":
            np.testing.assert_allclose(getattr(found, field.name), getattr(expected, field.name), atol=1e-9)
