"""The wall: what comes out of person-level contributions, whoever is in them and in whatever order."""

from __future__ import annotations

import random
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_dash.disclosure.persons import Persons, persons
from analytics_dash.disclosure.places import Places
from analytics_dash.disclosure.protect import Frame, Measure, protect
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.releases.types import Cell

MONTHS = ("2026-09", "2026-10")
DEPARTMENTS, BANDS = ("Canals", "Weather"), ("AO", "G7")
PLACES: Places = {
    (): ((),),
    ("department_group",): (("Water",), ("Sky",)),
    ("department_group", "department"): (("Water", "Canals"), ("Sky", "Weather")),
    ("department_group", "department", "team"): (
        ("Water", "Canals", "Locks"),
        ("Water", "Canals", "Tolls"),
        ("Sky", "Weather", "Locks"),
    ),
    ("grade_band",): (("AO",), ("G7",)),
}
FRAME = Frame(MONTHS, MONTHS, PLACES)
SHARE = Measure("competent", "proportion", 100, (None,), tuple(VIEWS))
RATIO = Measure("redaction_rate", "ratio", 1000, (None,), tuple(VIEWS))

SCHEMA = ibis.schema(
    {
        "person": "int64",
        "month": "string",
        "department_group": "string",
        "department": "string",
        "team": "string",
        "grade_band": "string",
        "arm": "string",
        "numerator": "int64",
        "denominator": "int64",
    }
)

PLACE_NAMES = ("department_group", "department", "team", "grade_band")
Row = dict[str, Any]


def row(person: int, month: str, department: str, band: str, counts: tuple[int, int]) -> Row:
    """One contribution; `counts` are its numerator and denominator."""
    group, team = ("Water", ("Locks", "Tolls")[person % 2]) if department == "Canals" else ("Sky", "Locks")
    return dict(zip(SCHEMA.names, (person, month, group, department, team, band, None, *counts), strict=True))


def cells_of(rows: list[Row], measure: Measure = SHARE, frame: Frame = FRAME) -> tuple[Cell, ...]:
    with persons_of(rows, months=frame.available) as each:
        return protect(each, measure, frame, release="2026-10.1")


def persons_of(
    rows: list[Row], views: Iterable[str] = SHARE.views, months: Iterable[str] = MONTHS
) -> AbstractContextManager[Persons]:
    """The persons of contributions, whose places are those of the roster too."""
    contributions = ibis.memtable(rows, schema=SCHEMA)
    roster = contributions.select("person", *PLACE_NAMES).distinct()
    known = [name for name in views if set(VIEWS[name].places) <= set(PLACE_NAMES)]
    return persons(contributions, roster, views=known, months=months)


people = st.lists(
    st.tuples(st.sampled_from(MONTHS), st.sampled_from(DEPARTMENTS), st.sampled_from(BANDS), st.booleans()),
    max_size=120,
).map(lambda drawn: [row(n, m, d, b, (int(has), 1)) for n, (m, d, b, has) in enumerate(drawn)])


@settings(max_examples=6, deadline=None)
@given(people)
def test_whoever_is_counted_no_cell_shows_1_to_9_nor_lets_it_be_subtracted(rows: list[Row]) -> None:
    for cell in cells_of(rows):
        if cell.numerator is None or cell.denominator is None:
            assert (cell.numerator, cell.denominator, cell.value) == (None, None, None)
        else:
            assert min(cell.numerator, cell.denominator, cell.denominator - cell.numerator) >= 10
            assert cell.value == pytest.approx(100 * cell.numerator / cell.denominator)


@settings(max_examples=4, deadline=None)
@given(people, st.randoms(use_true_random=False))
def test_neither_order_nor_numbering_of_people_changes_a_cell(rows: list[Row], chance: random.Random) -> None:
    shuffled = chance.sample(rows, len(rows))
    renumbered = [{**each, "person": 10_000 - int(each["person"])} for each in shuffled]
    assert cells_of(renumbered) == cells_of(rows)


def test_every_group_has_a_cell_even_when_nobody_is_in_it() -> None:
    found = cells_of([])
    assert len(found) == 1 + 2 + 2 + 2 + 2 + 4 + 4 + 3  # nobody says a profession or a nation: no such view
    assert {cell.status for cell in found} == {"c"}


def test_nobody_and_nine_people_look_the_same() -> None:
    nine = [row(n, "2026-10", "Canals", "AO", (n % 2, 1)) for n in range(9)]
    assert cells_of(nine) == cells_of([])


def test_a_month_whose_feed_was_not_loaded_is_not_available_rather_than_nought() -> None:
    frame = Frame(MONTHS, ("2026-10",), PLACES)
    rows = [row(n, "2026-10", "Canals", "AO", (n % 2, 1)) for n in range(60)]
    statuses = {(cell.view, cell.month, cell.department): cell.status for cell in cells_of(rows, frame=frame)}
    assert statuses["month", "2026-09", None] == statuses["department_month", "2026-09", "Canals"] == "x"
    assert statuses["month", "2026-10", None] == statuses["all", None, None] == "shown"


def test_ten_licence_months_of_two_people_are_two_people() -> None:
    rows = [row(n % 4, MONTHS[n % 2], "Canals", "AO", (n % 2, 1)) for n in range(40)]
    found = next(cell for cell in cells_of(rows) if cell.view == "all")
    assert found.status == "c"


def test_a_heavy_user_hides_the_sum() -> None:
    even = [row(n, "2026-10", "Canals", "AO", (2, 20)) for n in range(30)]
    heavy = [*even, row(99, "2026-10", "Canals", "AO", (200, 20))]
    shown = next(cell for cell in cells_of(even, RATIO) if cell.view == "all")
    hidden = next(cell for cell in cells_of(heavy, RATIO) if cell.view == "all")
    assert (shown.numerator, shown.denominator, shown.value) == (60, 600, 100.0)
    assert hidden.status == "c"
