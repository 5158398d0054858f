"""What may have become of departments and teams, as far as the figures of two releases allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics_dash.disclosure.matchings import MOST, Figures, Way, figures_of, ways
from analytics_dash.disclosure.populations import places_of
from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.releases import Cell
from analytics_dash.releases.build import KINDS
from tests.analytics_dash.disclosure.test_reorganised import Counts, leaking, release
from tests.support.reorganised import recovered

OTHERS: Counts = {("Weather", "W"): (40, 100), ("Rivers", "R"): (45, 90)}
MORE: Counts = OTHERS | {("Weather", "W"): (50, 120)}
TWO: Counts = {("Canals", "C"): (20, 50), ("Roads", "D"): (80, 200)}
FOUR: Counts = {
    ("North", "N"): (18, 45),
    ("South", "S"): (2, 5),
    ("West", "V"): (30, 80),
    ("East", "E"): (50, 120),
}
KEPT: Counts = {("Canals", "C"): (18, 45), ("South", "S"): (2, 5), ("Roads", "D"): (80, 200)}


def figures(counts: Counts) -> Figures:
    return figures_of(places_of(release(counts, "2026-10.1")))


def told(some: list[list[Way]]) -> list[tuple[set[str], set[str]]]:
    """Which departments may have become which."""
    return [
        ({group.department for group in way.sames[0].before}, {group.department for group in way.sames[0].after})
        for each in some
        for way in each
    ]


def test_of_several_that_are_gone_each_is_told_apart_by_its_figures() -> None:
    found = told(ways(figures(TWO | OTHERS), figures(FOUR | OTHERS)))
    assert ({"Canals"}, {"North", "South"}) in found
    assert ({"Roads"}, {"West", "East"}) in found
    assert ({"Roads"}, {"North", "South"}) not in found


def test_who_keeps_the_name_may_have_lost_some_or_taken_some_in() -> None:
    assert ({"Canals"}, {"Canals", "South"}) in told(ways(figures(TWO | OTHERS), figures(KEPT | OTHERS)))
    assert ({"Canals", "South"}, {"Canals"}) in told(ways(figures(KEPT | OTHERS), figures(TWO | OTHERS)))


def test_where_nobody_is_gone_and_nobody_has_come_nothing_became_another() -> None:
    assert ways(figures(TWO | OTHERS), figures(TWO | MORE)) == []


def test_however_many_are_gone_the_ways_that_are_tried_are_few() -> None:
    small: Counts = {(f"New {number}", "T"): (3, 8) for number in range(8)}
    assert 0 < len(ways(figures({("Canals", "C"): (20, 40), ("Roads", "D"): (20, 40)}), figures(small))) <= MOST


@pytest.mark.parametrize("new", [FOUR, KEPT], ids=["two are split", "one keeps its name"])
def test_what_is_split_off_cannot_be_told_though_others_came_late(new: Counts) -> None:
    one, other = release(TWO | OTHERS, "2026-10.1"), release(new | MORE, "2026-10.2")
    assert not leaking(one)
    assert not leaking(other)
    assert leaking(one, other) == {"South"}
    assert not leaking(one, list(hide_what_leaks(other, KINDS, earlier=[one])))


def test_in_which_order_cells_come_changes_nothing() -> None:
    one, other = release(TWO | OTHERS, "2026-10.1"), release(KEPT | MORE, "2026-10.2")

    def hidden(old: list[Cell], new: list[Cell]) -> set[Cell]:
        return set(hide_what_leaks(new, KINDS, earlier=[old]))

    assert hidden(one, other) == hidden(one[::-1], other[::-1])


def test_a_small_government_of_which_a_team_is_moved_withstands_who_knows_of_it(tmp_path: Path) -> None:
    """Before each way that fits was supposed, this one gave two away (`scripts/attack-reorganised --several`)."""
    outcome = recovered(tmp_path, 103, "move-team", months=1)
    assert outcome.found == set()
    assert outcome.tried > 20


@pytest.mark.parametrize(("teams", "most"), [(6, 3), (18, 2), (30, 1), (80, 0)])
def test_the_more_teams_have_other_names_the_fewer_are_supposed_to_have_become_one(teams: int, most: int) -> None:
    old, new = ({("Canals", f"{name} {n}"): (20, 40) for n in range(teams)} for name in ("Team", "Unit"))
    # Half of them may have become twice as many, or three times: what fits is not what is in question here.
    new |= {("Canals", f"Unit {n}"): (10, 20) for n in range(teams // 2)}
    found = ways(figures(OTHERS | old), figures(OTHERS | new))
    sizes = {
        len(groups) for each in found for way in each for same in way.sames for groups in (same.before, same.after)
    }
    assert max(sizes, default=0) <= most
    assert sizes or not most
