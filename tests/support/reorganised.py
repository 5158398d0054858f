"""A small government that is reorganised between two releases, published for real and attacked from outside.

Departments of 9 to 40 people; one of them, or a team of one, is split or merged with another while late data comes in,
and the months are published again by the new places. The attacker reads the news: it knows which became which.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from analytics_dash.indicators import Window
from analytics_dash.releases import dao, register_app
from analytics_dash.reports.csv import csv_bytes
from tests.support import outside_attacker as outside
from tests.support.government import Government, publish_month
from tests.support.outside_puzzle import News
from tests.support.outside_reading import Count, truth_of

What = Literal["split-team", "merge-team", "split-department", "merge-department"]
WINDOW = 2

Published = list[tuple[bytes, dict[Count, int]]]


def drawn(chance: random.Random, months: tuple[str, ...], what: What, *, departments: int, late: float) -> Government:
    """Most people count in most months, half of them have the property; the one to be reorganised is the largest."""
    sizes = [chance.randint(9, 40) for _ in range(departments)]
    sizes[0] = chance.randint(30, 60) if "department" in what else chance.randint(40, 70)
    government = Government([])
    for department, size in enumerate(sizes):
        for _ in range(size):
            government.places.append(
                {
                    "department_group": f"Group {0 if department < 3 else 1}",
                    "department": f"Department {department}",
                    "team": f"Team {department} {min(chance.randrange(3), chance.randrange(3))}",
                    "grade_band": chance.choice(("AO", "EO", "G7", "AO", "EO")),
                    "profession": chance.choice(("Policy", "Legal", "Delivery")),
                    "nation": chance.choices(("England", "Scotland"), (5, 2))[0],
                }
            )
    for person in range(len(government.places)):
        for position, month in enumerate(months):
            if chance.random() < 0.9:
                if chance.random() < late:
                    later = position + chance.choice((1, 2))
                    government.late[person, month] = months[min(later, len(months) - 1)]
                government.counted["competent", None].append((person, month, int(chance.random() < 0.5), 1))
    return government


def reorganise(government: Government, chance: random.Random, what: What) -> News:
    """Split one, 2 to 14 people off, or merge two; return what the news say of it."""
    level = "team" if what.endswith("team") else "department"
    old = {"team": ("Team 0 0", "Team 0 1"), "department": ("Department 0", "Department 1")}[level]
    if what.startswith("merge"):
        for place in government.places:
            if place[level] in old:
                place[level] = "Merged"
        return News(frozenset(old), frozenset({"Merged"}))
    own = [place for place in government.places if place[level] == old[0]]
    south = chance.sample(range(len(own)), min(chance.randint(2, 14), len(own) - 1))
    for number, place in enumerate(own):
        place[level] = "South" if number in south else "North"
    return News(frozenset(old[:1]), frozenset({"North", "South"}))


def recovered(
    folder: Path,
    seed: int,
    what: What,
    *,
    departments: int = 5,
    late: float = 0.1,
    months: int = 2,
    adding: bool = False,
) -> tuple[set[Count], int]:
    """Publish and attack; return what was recovered, and how many hidden counts were tried.

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
        for month in window[WINDOW - 1 :]:
            published.append(_file(government, month))
            for company in _companies(published):
                truth = {key: n for _bytes, known in company for key, n in known.items()}
                small = {key for key, n in truth.items() if n < 10}
                for puzzle in outside.put_together([file for file, _known in company], adding=adding, news=[news]):
                    ranges = outside.ranges(puzzle, only=small, tried=tried.append)
                    found.update(outside.recovered(ranges, truth))
        dao.db.session.remove()
        dao.db.engine.dispose()
    return found, sum(tried)


def _file(government: Government, month: str) -> tuple[bytes, dict[Count, int]]:
    _info, exact = publish_month(government, month, months=WINDOW)
    file = csv_bytes(tuple(exact))
    return file, truth_of(exact.values(), file)


def _companies(published: Published) -> Iterator[Published]:
    *earlier, last = published
    yield from ([each, last] for each in earlier)
    if len(earlier) > 1:
        yield published
