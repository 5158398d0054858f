"""Folding loses nothing: what the folded system says of a count is what the whole one says."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_dash.disclosure.attacker import attack
from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.equations import COUNTS, System, build_system
from analytics_dash.disclosure.folding import Folded, fold
from analytics_dash.disclosure.groups import Group, Key
from analytics_dash.disclosure.programme import Programme, stack
from analytics_dash.disclosure.protect import Kind, Measure, protect_group
from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.disclosure.views import EVERY_VIEW
from analytics_dash.releases.types import Cell

KINDS: dict[str, Kind] = {"competent": "proportion"}
SHARE = Measure("competent", "proportion", 100, (None,), EVERY_VIEW)


def group(key: Key, part: int, whole: int, view: str) -> Cell:
    figures = (Magnitude(n, n, 1, 1) for n in (part, whole, whole - part))
    return protect_group(Group(key, *figures), SHARE, view=view, release="2026-10.1")


def department_of_teams(teams: dict[tuple[str, str], tuple[int, int]]) -> list[Cell]:
    """The cells of all, two groups, departments and teams; `teams` gives part and whole by department and team."""
    group_of = {department: f"Group {n % 2}" for n, department in enumerate(sorted({d for d, _ in teams}))}
    views = {
        "all": lambda department, team: Key(),
        "department_group": lambda department, team: Key(department_group=group_of[department]),
        "department": lambda department, team: Key(department_group=group_of[department], department=department),
        "team": lambda department, team: Key(
            department_group=group_of[department], department=department, team=team
        ),
    }  # fmt: skip
    sums: dict[tuple[str, Key], list[int]] = {}
    for view, key_of in views.items():
        for (department, team), (part, whole) in teams.items():
            counts = sums.setdefault((view, key_of(department, team)), [0, 0])
            counts[0] += part
            counts[1] += whole
    return [group(key, part, whole, view) for (view, key), (part, whole) in sums.items()]


def drawn(seed: int) -> list[Cell]:
    chance = random.Random(seed)
    teams = {}
    for department in range(3):
        for team in range(chance.randint(2, 5)):
            whole = chance.choice((3, 12, 25, 40, 90))
            teams[f"Department {department}", f"Team {team}"] = (chance.randint(0, whole), whole)
    return department_of_teams(teams)


def unfolded_entirely(folded: Folded) -> tuple[Programme, dict[int, int]]:
    """Every leaf as unknowns of its own, and where a row's first count is."""
    system = folded.system
    size, counts = len(system.slots), len(COUNTS)
    rows = []
    for whole, parts in system.sums:
        for count in range(counts):
            row = np.zeros(size * counts)
            row[whole * counts + count] = 1
            row[parts * counts + count] -= 1
            rows.append(row)
    for slot in range(size):
        row = np.zeros(size * counts)
        row[slot * counts : slot * counts + 3] = (-1, -1, 1)
        rows.append(row)
    from scipy.sparse import csr_array

    programme = Programme(stack([[csr_array(np.array(rows))]]), system.lower.ravel(), system.upper.ravel())
    return programme, {row: row * counts for row in range(size)}


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 100_000))
def test_totals_of_a_department_reach_as_far_folded_as_with_every_team(seed: int) -> None:
    system: System = build_system([drawn(seed)], KINDS)
    folded = fold(system)
    assert folded.blocks > 0
    small = Programme(folded.matrix, *folded.bounds(system.lower, system.upper))
    whole, column = unfolded_entirely(folded)
    for row in folded.core.tolist():
        at = folded.columns_of_rows(np.array([row]), 0)
        for sign in (1.0, -1.0):
            if sign < 0 and np.isinf(system.upper[row, 0]):
                continue  # nothing need bound it from above
            one, other = small.minimise(at, sign), whole.minimise([column[row]], sign)
            assert (one is None) == (other is None)
            if one is not None and other is not None:
                assert one.x[at[0]] == pytest.approx(other.x[column[row]], abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 100_000))
def test_what_is_said_of_a_leaf_at_a_total_is_feasible_and_all_there_is(seed: int) -> None:
    folded = fold(build_system([drawn(seed)], KINDS))
    system = folded.system
    solution = Programme(folded.matrix, *folded.bounds(system.lower, system.upper)).minimise()
    if solution is None:
        return
    low, high = folded.unfold_at(solution.x, system.lower, system.upper)
    totals = folded.totals(solution.x)
    assert (low <= high + 1e-6).all()
    for block in range(folded.blocks):
        mine = folded.block == block
        assert (low[mine].sum(axis=0) <= totals[block] + 1e-6).all()
        assert (high[mine].sum(axis=0) >= totals[block] - 1e-6).all()


def test_a_small_team_beside_one_shown_sibling_leaks_and_its_team_view_is_named() -> None:
    cells = department_of_teams(
        {("Canals", "Locks"): (49, 98), ("Canals", "Tolls"): (2, 4), ("Weather", "Sky"): (40, 80)}
    )
    found = attack([cells], KINDS)
    assert {(leak.cell.view, leak.cell.team) for leak in found.leaks} == {("team", "Tolls")}
    built = hide_what_leaks(cells, KINDS)
    assert not attack([built], KINDS).leaks
    # The finest view gives way: the department's figure stays.
    assert {cell.view for cell in built if cell.status == "c"} == {"team"}


def test_a_small_department_is_not_found_through_its_group() -> None:
    large = {("Canals", "Locks"): (60, 120), ("Kites", "Sky"): (45, 90), ("Weather", "Sea"): (40, 80)}
    cells = department_of_teams(large | {("Locks", "Tolls"): (1, 3)})
    assert any(leak.cell.view in ("department", "team") for leak in attack([cells], KINDS).leaks)
    assert not attack([hide_what_leaks(cells, KINDS)], KINDS).leaks


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 100_000))
def test_whatever_is_built_of_teams_passes_the_attacker(seed: int) -> None:
    built = hide_what_leaks(drawn(seed), KINDS)
    assert not attack([built], KINDS).leaks
