"""From what is published, cells and estimates together, no hidden count can be told more closely than a shown one."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from analytics_dash.disclosure.persons import persons
from analytics_dash.disclosure.places import places, standing
from analytics_dash.disclosure.protect import Frame, Measure, protect
from analytics_dash.disclosure.ranges import NARROWEST
from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.effects import figures, reading
from analytics_dash.exporting.making import make
from analytics_dash.exporting.order import Order
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.indicators.links import LINKS
from analytics_dash.releases import Scope, dao, register_app
from analytics_dash.releases.build import KINDS, build_release
from analytics_dash.releases.publish import publish_release
from analytics_dash.reports.csv import csv_bytes
from analytics_dash.reports.learning_csv import learning_csv_bytes
from analytics_dash.warehouse import open_warehouse
from tests.support import estimates_attacker as outside
from tests.support.disclosure import AFTER_CLOSE, THROUGH, Facts
from tests.support.estimates_attacker import Seen, Told
from tests.support.outside_reading import unpacked

# Ibis 12 calls what DuckDB 2 and pandas 3 deprecate.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

Departments = Mapping[str, tuple[int, int, int, int]]
"""Active and all of the trained, active and all of the untrained."""

ONE_SMALL: Departments = {"Big": (33, 52, 17, 41), "Tiny": (5, 7, 3, 6)}
TWO_SMALL: Departments = {"Big": (66, 102, 40, 91), "Tiny": (5, 7, 3, 6), "Wee": (4, 8, 3, 6)}
ATTACKED, MOST_DRAWN = 3, 40
OCTOBER = (THROUGH,)
ONE_MISSING = ("2026-08", "2026-10")


def deployment(path: Path, departments: Departments, months: tuple[str, ...] = OCTOBER) -> str:
    """Everybody is licensed throughout, trained before or never, and does the same in every month that was loaded."""
    facts = Facts()
    for department, (active1, all1, active0, all0) in departments.items():
        for trained, active, size in ((True, active1, all1), (False, active0, all0)):
            for number in range(size):
                person = facts.person(department, "AO", licence=f"{months[0]}-01")
                if trained:
                    facts.learned(person, "2026-04-10")
                for month in months:
                    facts.used(person, month, 5 if number < active else 0)
    return facts.write(path)


def published(folder: Path, departments: Departments) -> Seen:
    """What the product publishes of a deployment, built, attacked and published by its own means."""
    url = deployment(folder / "warehouse.duckdb", departments)
    with register_app(f"sqlite:///{folder / 'releases.sqlite'}").app_context(), open_warehouse(url) as warehouse:
        release = build_release(warehouse, THROUGH, now=AFTER_CLOSE).info.id
        publish_release(release)
        files = unpacked(make(Scope("analyst"), Order(release, "csv")))  # all that anybody can take away
        dao.db.session.remove()
        dao.db.engine.dispose()
    return outside.read(*files)


def of_use_alone(path: Path, departments: Departments, months: tuple[str, ...]) -> Seen:
    """The same of one indicator and its estimate, for many deployments."""
    window, indicator = Window.ending(THROUGH), CATALOGUE["active_use"]
    with open_warehouse(deployment(path, departments, months)) as warehouse:
        tables = warehouse.tables()
        people = standing(tables)
        frame = Frame(window.months, months, places(people))
        measure = Measure(indicator.id, indicator.kind, indicator.scale, indicator.arms or (None,), indicator.views)
        parts = indicator.contributions(tables, window)
        with persons(parts, people, views=indicator.views, months=months) as each:
            made = protect(each, measure, frame, release="r")
        cells = hide_what_leaks(made, KINDS, links=LINKS)
        learning = tuple(figures.use_difference(reading.strata(tables, window), cells, release="r"))
    return outside.read(csv_bytes(cells), learning_csv_bytes(learning, {}))


def told_of(counts: np.ndarray, printed: outside.Printed) -> Told:
    (limits,) = printed(counts[None, :])
    return Told(printed, min(counts[1], counts[3]), tuple(limits.tolist()))


def whole_of(departments: Departments) -> np.ndarray:
    return np.array(list(departments.values())).sum(axis=0)


def test_told_to_a_tenth_of_a_point_two_differences_give_a_hidden_department_away() -> None:
    """The attack works: with every cell hidden, the standardised and the plain difference leave one set of counts."""
    hidden = Seen({(place, arm): None for place in ("Big", "All") for arm in outside.ARMS}, {})
    big, whole = np.array(ONE_SMALL["Big"]), whole_of(ONE_SMALL)
    found = [outside.fits(hidden, "All", 107, told=told_of(counts, outside.to_a_tenth)) for counts in (whole, big)]
    assert [len(each) < 10 for each in found] == [True, True]
    left = outside.of_the_rest(*found)
    assert any((each == ONE_SMALL["Tiny"]).all() for each in left)
    # The roster's size, the share that is left out, and how many are trained are published.
    known = [each for each in left if each[1] + each[3] == 13 and each[1] + big[1] == 59]
    assert [tuple(each) for each in known] == [ONE_SMALL["Tiny"]]


def test_of_a_deployment_whose_cells_are_hidden_no_estimate_of_use_is_told(tmp_path: Path) -> None:
    seen = published(tmp_path, ONE_SMALL)
    assert set(seen.cells.values()) == {None}
    assert {each for measure, parts in seen.estimates.items() if "use" in measure for each in parts} == {None}


def test_an_estimate_beside_shown_cells_tells_no_count_that_they_hide(tmp_path: Path) -> None:
    seen = published(tmp_path, TWO_SMALL)
    people, *limits = seen.estimates["use_difference"]
    assert people is not None
    told = Told(outside.as_documented, people, tuple(limit for limit in limits if limit is not None))
    assert len(told.limits) == 3
    refuse_any_narrower(seen, TWO_SMALL, told)
    left_out = seen.estimates["use_difference_left_out"]
    assert left_out[1] is not None
    assert left_out[1] % 5 == 0


def refuse_any_narrower(seen: Seen, departments: Departments, told: Told, *, months: int = 1) -> None:
    """With the estimate too, every count of the departments that are hidden stays as open as the rule wants it."""
    most = int(whole_of(departments).sum()) + 2
    assert None not in [seen.cells[place, arm] for place in ("All", "Big") for arm in outside.ARMS], "else too many"
    whole, big = (outside.fits(seen, place, most, months=months) for place in ("All", "Big"))
    as_told = outside.fits(seen, "Big", most, months=months, told=told)
    assert (as_told == departments["Big"]).all(axis=1).any(), "the attacker knows how estimates are made"
    before, after = (outside.widths(outside.of_the_rest(whole, part)) for part in (big, as_told))
    # Who knows that all did the same in two months knows more than the rule supposes of anybody.
    # Cells alone then leave them less, and the number of people behind the estimate may take one possibility more.
    wanted = [min(NARROWEST, width if months == 1 else width - 1) for width in before]
    assert all(width >= least for width, least in zip(after, wanted, strict=True)), (before, after)


def drawn(seed: int) -> Departments:
    chance = random.Random(seed)
    sizes = {"Big": (chance.randint(60, 140), chance.randint(60, 140))}
    sizes |= {name: (chance.randint(5, 9), chance.randint(5, 9)) for name in ("Tiny", "Wee")}
    shares = chance.uniform(0.3, 0.8), chance.uniform(0.2, 0.7)
    return {
        name: (round(one * shares[0]), one, round(other * shares[1]), other) for name, (one, other) in sizes.items()
    }


@pytest.mark.parametrize("months", [OCTOBER, ONE_MISSING], ids=["one month", "a month is missing"])
def test_nor_does_it_of_any_other_deployment(months: tuple[str, ...], tmp_path: Path) -> None:
    attacked = 0
    for number in range(MOST_DRAWN):
        departments = drawn(number)
        seen = of_use_alone(tmp_path / f"warehouse-{number}.duckdb", departments, months)
        if None in [seen.cells[place, arm] for place in ("All", "Big") for arm in outside.ARMS]:
            continue  # where one of the counts is hidden there are more possibilities than can be enumerated
        people, *limits = seen.estimates["use_difference"]
        shown = [limit for limit in limits if limit is not None]
        assert people is not None
        refuse_any_narrower(seen, departments, Told(outside.as_documented, people, tuple(shown)), months=len(months))
        attacked += 1
        if attacked == ATTACKED:
            break
    assert attacked == ATTACKED
