"""The attacker finds what can be found, and what is built withstands it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_dash.disclosure.attacker import attack
from analytics_dash.disclosure.bounds import bounds
from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.equations import build_system
from analytics_dash.disclosure.folding import fold
from analytics_dash.disclosure.groups import Group, Key
from analytics_dash.disclosure.protect import Kind, Measure, protect_group
from analytics_dash.disclosure.renames import as_named_by
from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.indicators import Window
from analytics_dash.releases.types import Cell

KINDS: dict[str, Kind] = {"competent": "proportion"}
SHARE = Measure("competent", "proportion", 100, (None,), tuple(VIEWS))

Leaf = tuple[str, str]
"""department, month"""


def release_of(leaves: dict[Leaf, tuple[int, int]], name: str = "2026-10.1") -> list[Cell]:
    """The protected cells of a government: `leaves` gives part and whole of each department and month."""
    sums: dict[tuple[str, str | None, str | None], list[int]] = defaultdict(lambda: [0, 0])
    for (department, month), (part, whole) in leaves.items():
        for view in ("all", "month", "department", "department_month"):
            dimensions = VIEWS[view].dimensions
            key = (view, month if "month" in dimensions else None, department if "department" in dimensions else None)
            sums[key][0] += part
            sums[key][1] += whole
    return list(_cells(sums, name))


def _cells(sums: dict[tuple[str, str | None, str | None], list[int]], name: str) -> Iterator[Cell]:
    for (view, month, department), (part, whole) in sums.items():
        group = Group(
            Key(month=month, department=department), *(Magnitude(n, n, 1, 1) for n in (part, whole, whole - part))
        )
        yield protect_group(group, SHARE, view=view, release=name)


def find(cells: list[Cell], view: str, department: str | None = None) -> Cell:
    return next(cell for cell in cells if cell.view == view and cell.department == department)


ONE_MONTH = "2026-10"
# All 102 → 100 and the sibling 98 → 100: the hidden four can only be 0 to 4.
PINNED = {("Canals", ONE_MONTH): (49, 98), ("Weather", ONE_MONTH): (2, 4)}


def test_a_hidden_group_beside_one_shown_sibling_is_pinned_and_the_attacker_says_so() -> None:
    found = attack([release_of(PINNED)], KINDS)
    assert {(leak.cell.view, leak.cell.department) for leak in found.leaks} >= {("department", "Weather")}
    assert all(leak.pinned_by for leak in found.leaks)


def test_what_pins_is_hidden_until_nothing_leaks_and_no_figure_is_changed() -> None:
    before = release_of(PINNED)
    after = hide_what_leaks(before, KINDS)
    assert not attack([after], KINDS).leaks
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed
    assert all(new == replace(old, numerator=None, denominator=None, value=None, status="c") for old, new in changed)


def test_many_siblings_hide_a_small_group_without_further_hiding() -> None:
    leaves = {(f"Department {n}", ONE_MONTH): (30 + n, 61 + 2 * n) for n in range(12)} | {
        ("Weather", ONE_MONTH): (2, 5)
    }
    cells = release_of(leaves)
    assert hide_what_leaks(cells, KINDS) == tuple(cells)


def test_an_exact_margin_is_found_out() -> None:
    """Sabotage: the government-wide figures are given exactly, and a sibling's too."""
    cells = [replace(cell, numerator=10, denominator=20, value=50.0, status="shown") for cell in release_of(PINNED)]
    assert attack([cells], KINDS).impossible == ("competent",)


def test_the_true_counts_always_lie_within_the_attackers_bounds_when_its_suppositions_hold() -> None:
    chance = random.Random(5)
    leaves = {
        (f"Department {n}", month): (4, 8) if n == 0 else (chance.randint(20, 40), 80)
        for n in range(4)
        for month in Window.ending("2026-10").months
    }
    system = build_system([release_of(leaves)], KINDS)
    for row, found in bounds(fold(system), "denominator").items():
        if system.cells[row].view == "department_month":
            assert found.low <= 8 <= found.high


def test_windows_that_slide_over_the_same_months_are_attacked_together() -> None:
    """The old month that falls out and the new one that comes in: their difference is in the two margins."""
    months = Window.ending("2026-10", months=7).months
    sizes = dict(zip(months, (60, 60, 60, 60, 60, 60, 6), strict=True))
    leaves = {("Canals", month): (size // 2, size) for month, size in sizes.items()}
    first = release_of({leaf: counts for leaf, counts in leaves.items() if leaf[1] in months[:6]}, "2026-09.1")
    second = release_of({leaf: counts for leaf, counts in leaves.items() if leaf[1] in months[1:]}, "2026-10.1")
    built = hide_what_leaks(second, KINDS, earlier=[first])
    assert not attack([first, built], KINDS).leaks
    # A cell that was shown stays known: hiding it later is no way out.
    system = build_system([first, built], KINDS)
    assert all(system.cells[row].numerator is None for row in system.hidden)


def window_by_nation(release: str, shown: dict[str, tuple[int, int] | None]) -> list[Cell]:
    """Cells about all people, of months (`2026-08`) and of a nation, which no release shows by month."""
    cells = []
    for name, counts in shown.items():
        view = "all" if name == "all" else "month" if name[0] == "2" else "nation"
        n, d = counts or (0, 0)
        key = Key(month=name if view == "month" else None, nation=name if view == "nation" else None)
        group = Group(key, *(Magnitude(each, each, 1, 1) for each in (n, d, d - n)))
        cells.append(protect_group(group, SHARE, view=view, release=release))
    return cells


def test_what_a_nation_rises_by_from_one_window_to_the_next_is_in_the_month_that_came_in() -> None:
    """England had 18 to 22 and has 28 to 32, so November holds 6 at least; below ten, it is known to within ±2."""
    months: dict[str, tuple[int, int] | None] = dict.fromkeys(("2026-07", "2026-08", "2026-09", "2026-10"), (2, 5))
    months["2026-06"] = (10, 20)
    earlier = {"all": (30, 60), "England": (10, 20), "Scotland": (20, 40), "2026-05": (10, 20)} | months
    later = {"all": None, "England": (15, 29), "Scotland": (10, 20), "2026-11": (5, 9)} | months
    first, second = window_by_nation("2026-10.1", earlier), window_by_nation("2026-11.1", later)
    assert not attack([second], KINDS).leaks
    found = attack([first, second], KINDS).leaks
    assert ("2026-11", "denominator") in {(leak.cell.month, leak.count) for leak in found}
    assert "England" in {cell.nation for leak in found for cell in leak.pinned_by}
    hidden = hide_what_leaks(second, KINDS, earlier=[first])
    assert [cell.status for cell in hidden if cell.nation == "England"] == ["c"]
    assert not attack([first, hidden], KINDS).leaks
    # Where June is about other people too, England may have risen in it.
    late = window_by_nation("2026-11.1", later | {"2026-06": (15, 30), "Scotland": (15, 30)})
    assert not [leak for leak in attack([first, late], KINDS).leaks if leak.cell.month == "2026-11"]


def test_an_old_release_of_other_people_does_not_hide_what_two_later_ones_give_away_together() -> None:
    """Globes begins in the first window's last month, which is all of its figure there and shown in the second."""
    months = Window.ending("2026-10", months=7).months
    leaves = {(f"Department {n}", month): (30 + n, 60 + 3 * n) for n in range(4) for month in months}
    leaves |= {("Globes", month): (0, 0) for month in months}
    leaves |= {("Globes", months[5]): (17, 32), ("Globes", months[6]): (7, 22)}
    first, second = (
        hide_what_leaks(release_of({leaf: n for leaf, n in leaves.items() if leaf[1] in window}, name), KINDS)
        for window, name in ((months[:6], "2026-09.1"), (months[1:], "2026-10.1"))
    )
    other = [replace(cell, numerator=500) if cell.view == "all" else cell for cell in first]
    known = attack([first, second], KINDS).leaks
    assert known
    assert set(attack([other, first, second], KINDS).leaks) == set(known)
    assert not attack([other, first, hide_what_leaks(second, KINDS, earlier=[other, first])], KINDS).leaks


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 60))
def test_no_small_count_of_a_built_release_can_be_pinned_to_within_two(seed: int, departments: int, size: int) -> None:
    chance = random.Random(seed)
    leaves: dict[Leaf, tuple[int, int]] = {}
    for n in range(departments):
        for month in ("2026-08", "2026-09", "2026-10"):
            whole = chance.randint(0, size)
            leaves[f"Department {n}", month] = (chance.randint(0, whole), whole)
    built = hide_what_leaks(release_of(leaves), KINDS)
    system = build_system([built], KINDS)
    truth: dict[tuple[str, str | None, str | None], tuple[int, int]] = {
        ("department_month", month, department): counts for (department, month), counts in leaves.items()
    }
    for position, count in enumerate(("numerator", "denominator")):
        for row, found in bounds(fold(system), "numerator" if count == "numerator" else "denominator").items():
            cell = system.cells[row]
            true = truth.get((cell.view, cell.month, cell.department))
            assert found.high - found.low > 4
            assert true is None or true[position] >= 0


def test_one_heavy_users_prompts_cannot_be_worked_out_from_the_others_figures() -> None:
    """Weather is one person with 300 prompts: hidden, but the whole less its sibling is 300 ± 4."""
    prompts = Measure("redaction_rate", "ratio", 1000, (None,), tuple(VIEWS))
    many = (Magnitude(100, 40, 5, 5), Magnitude(500, 60, 20, 20), Magnitude(400, 60, 20, 20))
    one = (Magnitude(60, 1, 60, 0), Magnitude(300, 1, 300, 0), Magnitude(240, 1, 240, 0))
    all_ = (Magnitude(160, 41, 60, 5), Magnitude(800, 61, 300, 20), Magnitude(640, 61, 240, 20))
    cells = [
        protect_group(Group(Key(department=department), *figures), prompts, view=view, release="2026-10.1")
        for view, department, figures in (
            ("all", None, all_),
            ("department", "Canals", many),
            ("department", "Weather", one),
        )
    ]
    kinds: dict[str, Kind] = {"redaction_rate": "ratio"}
    assert [cell.status for cell in cells] == ["shown", "shown", "c"]
    assert {leak.cell.department for leak in attack([cells], kinds).leaks} == {"Weather"}
    built = hide_what_leaks(cells, kinds)
    assert not attack([built], kinds).leaks
    assert [cell.status for cell in built].count("c") > 1


LATE = {("Harbour", ONE_MONTH): (17, 45), ("Canals", ONE_MONTH): (18, 44), ("Weather", ONE_MONTH): (1, 3)}


def test_late_data_of_one_department_does_not_give_away_what_both_releases_hide_of_another() -> None:
    """The first hides Harbour beside Weather and shows Canals; with Harbour's late data another could hide Canals.

    Whoever sees that only Harbour changed takes Canals from the first, Harbour from the second, and has Weather.
    """
    first = hide_what_leaks(release_of(LATE, "2026-10.1"), KINDS)
    later = LATE | {("Harbour", ONE_MONTH): (18, 48)}
    second = [
        replace(cell, numerator=None, denominator=None, value=None, status="c") if cell.department == "Canals" else cell
        for cell in release_of(later, "2026-10.2")
    ]
    shown_then, shown_now = find(list(first), "department", "Canals"), find(second, "department", "Harbour")
    assert "shown" in {shown_then.status, find(list(first), "department_month", "Canals").status}
    assert shown_now.status == "shown"
    assert {leak.cell.department for leak in attack([first, second], KINDS).leaks} >= {"Weather"}
    built = hide_what_leaks(release_of(later, "2026-10.2"), KINDS, earlier=[first])
    assert not attack([first, built], KINDS).leaks


@pytest.mark.parametrize("value", ["n", "d"])
def test_a_corrected_cell_contradicts_the_others(value: str) -> None:
    leaves = {(f"Department {n}", ONE_MONTH): (40, 80) for n in range(3)}
    cells = release_of(leaves)
    target = find(cells, "all")
    forged = replace(target, numerator=200) if value == "n" else replace(target, denominator=300)
    assert attack([[forged if cell == target else cell for cell in cells]], KINDS).impossible == ("competent",)


Counts = tuple[int, int] | None


def of_department(release: str, department: str, teams: dict[str, Counts]) -> list[Cell]:
    """A department of 155 in two months, by month, and its teams over both."""
    cells = []
    places: list[tuple[str, str | None, str | None, Counts]] = [
        ("department", None, None, (80, 155)),
        ("department_month", "2026-09", None, (40, 80)),
        ("department_month", "2026-10", None, (40, 75)),
        *(("team", None, team, counts) for team, counts in teams.items()),
    ]
    for view, month, team, counts in places:
        figures = (*counts, 100 * counts[0] / counts[1], "shown") if counts else (None, None, None, "c")
        cells.append(Cell(release, view, month, department, None, None, "competent", *figures, "G", team))  # type: ignore[arg-type]
    return cells


@pytest.mark.parametrize(
    ("later_name", "called", "found"),
    [("Canals", "ABC", True), ("Waterways", "ABC", True), ("Waterways", "XYZ", False)],
)
def test_a_new_name_does_not_hide_what_the_old_one_shows(later_name: str, called: str, found: bool) -> None:
    """One release hides a team of one and one sibling, the other it and the other sibling: together 0 or 1 are left.

    Teams of which nothing is shown in both releases are not told by their figures.
    """
    a, b, c = called
    first = of_department("2026-10.1", "Canals", {"A": None, "B": None, "C": (40, 80)})
    second = of_department("2026-10.2", later_name, {a: None, b: (40, 80), c: None})
    for alone in (first, second):
        assert not attack([alone], KINDS).leaks
    assert (a in {leak.cell.team for leak in attack([first, second], KINDS).leaks}) is found


def test_two_departments_that_fit_one_new_name_are_not_taken_for_it() -> None:
    canals, rivers = (of_department("2026-10.1", name, {}) for name in ("Canals", "Rivers"))
    second = of_department("2026-10.2", "Waterways", {})
    assert {cell.department for cell in as_named_by(second, [*canals, *rivers])} == {"Canals", "Rivers"}
    assert {cell.department for cell in as_named_by(second, canals)} == {"Waterways"}
    other = [replace(cell, numerator=35) if cell.month == "2026-10" else cell for cell in second]
    assert {cell.department for cell in as_named_by(other, canals)} == {"Canals"}
