"""A small government that is reorganised between two releases, published for real and attacked from outside.

Departments of 9 to 40 people; some of them, or some teams, become others (`reorganisations`) while late data comes in,
and the months are published again by the new places. The attacker reads the news: it knows which became which.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from analytics_dash.indicators import Window
from analytics_dash.releases import dao, register_app
from analytics_dash.reports.csv import csv_bytes
from tests.support import outside_attacker as outside
from tests.support.government import Government, publish_month
from tests.support.outside_puzzle import SINCE, Group, group_of
from tests.support.outside_reading import HIDDEN, Count, truth_of
from tests.support.reorganisations import What, drawn, reorganise

WINDOW = 2

Published = list[tuple[bytes, dict[Count, int]]]


class Outcome(NamedTuple):
    """What was recovered, of how many hidden counts; and how many cells by the new places are hidden."""

    found: set[Count]
    tried: int
    hidden: int
    cells: int


def recovered(
    folder: Path,
    seed: int,
    what: What,
    *,
    departments: int = 5,
    late: float = 0.1,
    months: int = 2,
    adding: bool = False,
) -> Outcome:
    """Publish and attack; return what came of it.

    `months` are published, the first of them twice: by the old places and by the new.
    """
    chance = random.Random(seed)
    window = Window.ending("2026-10", months=months - 1 + WINDOW).months
    government = drawn(chance, window, what, departments=departments, late=late)
    published: Published = []
    tried: list[int] = []
    found: set[Count] = set()
    with register_app(f"sqlite:///{folder / f'{what}-{seed}.sqlite'}").app_context():
        published.append(_file(government, window[WINDOW - 1]))
        news = reorganise(government, chance, what)
        apart = frozenset[Group]().union(*(each.apart for each in news))
        for month in window[WINDOW - 1 :]:
            published.append(_file(government, month, apart))
            for company in _companies(published):
                truth = {key: n for _bytes, known in company for key, n in known.items()}
                small = {key for key, n in truth.items() if n < 10}
                for puzzle in outside.put_together([file for file, _known in company], adding=adding, news=news):
                    ranges = outside.ranges(puzzle, only=small, tried=tried.append)
                    found.update(outside.recovered(ranges, truth))
        dao.db.session.remove()
        dao.db.engine.dispose()
    rows = [row for file, _known in published[1:] for row in outside.read(file)]
    return Outcome(found, sum(tried), sum(row["numerator"] == HIDDEN for row in rows), len(rows))


def _file(government: Government, month: str, apart: Collection[Group] = frozenset()) -> tuple[bytes, dict[Count, int]]:
    """Publish, and return the file and its truth; groups that are `apart` are not those of the same name before."""
    _info, exact = publish_month(government, month, months=WINDOW)
    file = csv_bytes(tuple(exact))
    truth = truth_of(exact.values(), file)
    return file, {
        (f"{SINCE}{mark}" if mark.startswith("|") and group_of(at) in apart else mark, at): n
        for (mark, at), n in truth.items()
    }


def _companies(published: Published) -> Iterator[Published]:
    *earlier, last = published
    yield from ([each, last] for each in earlier)
    if len(earlier) > 1:
        yield published
