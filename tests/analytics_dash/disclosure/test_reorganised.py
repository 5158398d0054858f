"""What a reader of the news, or one who knows that late data only adds, learns from two releases of the same month."""

from __future__ import annotations

from pathlib import Path

from analytics_dash.disclosure.attacker import attack
from analytics_dash.disclosure.populations import Place, places_of
from analytics_dash.disclosure.reorganised import Group, regrouped
from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.indicators import Window
from analytics_dash.releases import Cell
from analytics_dash.releases.build import KINDS
from tests.support.government import Government, cells_of
from tests.support.reorganised import recovered

MONTH = Window(("2026-10",))
Counts = dict[tuple[str, str], tuple[int, int]]
OTHERS: Counts = {("Weather", "W"): (40, 100), ("Rivers", "R"): (45, 90)}
MORE_WEATHER: Counts = OTHERS | {("Weather", "W"): (50, 120)}


def release(counts: Counts, name: str) -> list[Cell]:
    """The cells of a month by the rule alone, given how many of how many have the property by department and team."""
    government = Government([])
    for (department, team), (has, of) in counts.items():
        for number in range(of):
            place = {"department_group": "G", "department": department, "team": team}
            place |= {"grade_band": "EO", "profession": "P", "nation": "England"}
            government.counted["competent", None].append((len(government.places), "2026-10", int(number < has), 1))
            government.places.append(place)
    return [cell for cell, _exact in cells_of(government, MONTH, name)]


def leaking(*releases: list[Cell]) -> set[str]:
    """The departments of which something leaks."""
    found = attack(releases, KINDS)
    assert not found.impossible
    return {leak.cell.department or "" for leak in found.leaks}


CANALS: Counts = {("Canals", "C"): (20, 50)}
NORTH_AND_SOUTH: Counts = {("North", "N"): (18, 45), ("South", "S"): (2, 5)}


def test_what_is_split_off_cannot_be_told_from_the_old_figure_though_others_came_late() -> None:
    old, new = release(CANALS | OTHERS, "2026-10.1"), release(NORTH_AND_SOUTH | MORE_WEATHER, "2026-10.2")
    assert not leaking(old)
    assert not leaking(new)
    assert leaking(old, new) == {"South"}
    hidden = hide_what_leaks(new, KINDS, earlier=[old])
    assert not leaking(old, list(hidden))
    assert any(cell.numerator is not None for cell in hidden)


def test_what_was_merged_cannot_be_told_from_the_new_figure() -> None:
    old, new = release(NORTH_AND_SOUTH | OTHERS, "2026-10.1"), release(CANALS | MORE_WEATHER, "2026-10.2")
    assert leaking(old, new) == {"South"}
    assert not leaking(old, list(hide_what_leaks(new, KINDS, earlier=[old])))


def test_parts_that_are_far_more_than_the_old_one_are_not_added_up_to_it() -> None:
    more = NORTH_AND_SOUTH | {("North", "N"): (40, 100)}
    assert not leaking(release(CANALS | OTHERS, "2026-10.1"), release(more | MORE_WEATHER, "2026-10.2"))


def test_groups_are_told_by_what_is_gone_and_what_has_come() -> None:
    def places(counts: Counts) -> dict[Place, Cell]:
        return places_of(release(counts, "2026-10.1"))

    one = places({("Canals", "A"): (1, 2), ("Canals", "B"): (1, 2), ("Rivers", "R"): (1, 2), ("Rivers", "S"): (1, 2)})
    other = places({("North", "A"): (1, 2), ("South", "C"): (1, 2), ("Rivers", "RS"): (1, 2)})
    assert [(set(each.gone), set(each.come)) for each in regrouped(one, other)] == [
        ({Group("Canals", None)}, {Group("North", None), Group("South", None)}),
        ({Group("Rivers", "R"), Group("Rivers", "S")}, {Group("Rivers", "RS")}),
        ({Group("Canals", "A")}, {Group("North", "A")}),
    ]
    assert regrouped(one, one) == []


SMALL: Counts = {("Canals", "C"): (9, 60)}
LIFTED: Counts = {("Canals", "C"): (10, 61)}
MANY: Counts = OTHERS | {("Lakes", "L"): (30, 80), ("Hills", "H"): (50, 100)}
MANY_LATE: Counts = MANY | MORE_WEATHER


def test_what_one_late_person_lifts_to_ten_stays_hidden_where_the_whole_hardly_grew() -> None:
    old, new = release(SMALL | MANY, "2026-10.1"), release(LIFTED | MANY, "2026-10.2")
    assert not leaking(old)
    assert not leaking(new)
    assert leaking(old, new) == {"Canals"}
    hidden = hide_what_leaks(new, KINDS, earlier=[old])
    assert not leaking(old, list(hidden))
    assert {cell.status for cell in hidden if cell.department == "Canals" and cell.view == "department_month"} == {"c"}


def test_it_is_shown_where_so_many_came_late_elsewhere_that_nothing_is_told() -> None:
    old, new = release(SMALL | MANY, "2026-10.1"), release(LIFTED | MANY_LATE, "2026-10.2")
    assert not leaking(old, new)


def test_a_small_government_of_which_a_department_is_split_withstands_who_reads_the_news(tmp_path: Path) -> None:
    """Before old and new were added up, this one gave two counts away (`scripts/attack-reorganised --months 3`)."""
    outcome = recovered(tmp_path, 22, "split-department", months=3)
    assert outcome.found == set()
    assert outcome.tried > 50
