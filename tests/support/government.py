"""A small government that changes from month to month, its monthly releases in the real register, and their truth.

People have a place in every dimension; each month some of them count and some of those have the property; some facts
come late, and change months that are published already. Releases are protected, completed by `hide_what_leaks`, signed,
written and published as `releases.build` and `releases.publish` do it, without the warehouse in between: what is
attacked is the figures. The truth is kept for the tests alone.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.groups import Group, Key
from analytics_dash.disclosure.protect import Measure, protect_group
from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.indicators.links import LINKS
from analytics_dash.releases import Cell, LearningFigure, ReleaseInfo, dao
from analytics_dash.releases.build import KINDS
from analytics_dash.releases.manifest import cells_digest, manifest
from analytics_dash.releases.publish import publish_release
from analytics_dash.releases.signing import signed

ONE = ("competent",)
TWO = ("cited_answers", "guard_actions")
"""Two that count the same answers, so that what one of them shows could give the other away."""

Truth = dict[tuple[str, str, Key], tuple[int, int]]
"""view, months, group → numerator and denominator."""


Arm = tuple[str, str | None]
"""An indicator, and one of its arms or None."""


@dataclass
class Government:
    """Where each person is, and what each contributes to each indicator and arm: (person, month, numerator, of).

    `late` are the person-months that become known later than in their own month, with the month in which they do.
    """

    places: list[dict[str, str]]
    counted: dict[Arm, list[tuple[int, str, int, int]]] = field(default_factory=lambda: defaultdict(list))
    late: dict[tuple[int, str], str] = field(default_factory=dict)

    def groups(
        self, arm: Arm, months: tuple[str, ...], known: str
    ) -> Iterator[tuple[str, Key, Sequence[Sequence[int]]]]:
        """For each view and group: numerator, denominator and rest of each person, as known at the end of a month."""
        found: dict[tuple[str, Key], dict[int, list[int]]] = {}
        views = [VIEWS[name] for name in CATALOGUE[arm[0]].views]
        for view in views:
            for month in months:
                for place in self.places:
                    found.setdefault((view.name, _key(view.dimensions, place | {"month": month}, arm[1])), {})
        for person, month, has, of in self.counted[arm]:
            if month in months and self.late.get((person, month), month) <= known:
                here = self.places[person] | {"month": month}
                for view in views:
                    own = found[view.name, _key(view.dimensions, here, arm[1])].setdefault(person, [0, 0, 0])
                    own[0], own[1], own[2] = own[0] + has, own[1] + of, own[2] + of - has
        for (name, key), people in found.items():
            yield name, key, list(people.values())


def _key(dimensions: tuple[str, ...], place: dict[str, str], arm: str | None) -> Key:
    return Key(**{name: place[name] for name in dimensions}, arm=arm)


def drawn_places(chance: random.Random, people: int, departments: int, teams: int) -> list[dict[str, str]]:
    """Draw where people are: departments and teams of unlike sizes, some of them tiny."""
    weights = [chance.choice((1, 2, 4, 8)) for _ in range(departments)]
    places = []
    for _ in range(people):
        department = chance.choices(range(departments), weights)[0]
        places.append(
            {
                "department_group": f"Group {department % 2}",
                "department": f"Department {department}",
                "team": f"Team {min(chance.randrange(teams), chance.randrange(teams + 1))}",
                "grade_band": chance.choice(("AO", "EO", "G7", "SCS", "AO", "EO")),
                "profession": chance.choice(("Policy", "Legal", "Policy", "Delivery", "Delivery")),
                "nation": chance.choices(("England", "Scotland", "Wales"), (14, 3, 2))[0],
            }
        )
    return places


def drawn(
    seed: int,
    months: tuple[str, ...],
    *,
    people: int = 420,
    departments: int = 5,
    teams: int = 3,
    late: float = 0.08,
    indicators: tuple[str, ...] = ONE,
) -> Government:
    """Draw a government of one or two indicators."""
    chance = random.Random(seed)
    government = Government(drawn_places(chance, people, departments, teams))
    for person in range(people):
        for position, month in enumerate(months):
            if chance.random() < 0.45:
                delay = chance.choice((1, 2)) if chance.random() < late else 0
                if delay:
                    government.late[person, month] = months[min(position + delay, len(months) - 1)]
                has = chance.random() < 0.55, len(indicators) > 1 and chance.random() < 0.3
                for indicator, own in zip(indicators, has, strict=False):
                    government.counted[indicator, None].append((person, month, int(own), 1))
    return government


def cells_of(government: Government, window: Window, release: str) -> Iterator[tuple[Cell, tuple[int, int]]]:
    """Every group's protected cell, and its exact counts."""
    for arm in government.counted:
        entry = CATALOGUE[arm[0]]
        measure = Measure(entry.id, entry.kind, entry.scale, entry.arms or (None,), entry.views)
        for view, key, people in government.groups(arm, window.months, window.months[-1]):
            group = Group(key, *(_magnitude([each[part] for each in people]) for part in range(3)))
            exact = (group.numerator.total, group.denominator.total)
            yield protect_group(group, measure, view=view, release=release), exact


def _magnitude(parts: Sequence[int]) -> Magnitude:
    largest, second, *_rest = (*sorted(parts, reverse=True), 0, 0)
    return Magnitude(sum(parts), sum(part > 0 for part in parts), largest, second)


def publish_month(
    government: Government, through: str, *, months: int = 6
) -> tuple[ReleaseInfo, dict[Cell, tuple[int, int]]]:
    """Build and publish the release through a month; return it, and the exact counts by cell as published."""
    window = Window.ending(through, months=months)
    release = f"{through}.{dao.next_sequence(through)}"
    pairs = list(cells_of(government, window, release))
    info = insert(hide([cell for cell, _exact in pairs], window), window)
    published = publish_release(info.id)
    return published, dict(zip(dao.all_cells(info.id), (exact for _cell, exact in pairs), strict=True))


def hide(cells: list[Cell], window: Window) -> tuple[Cell, ...]:
    """Hide what leaks beside what is published."""
    beside = [dao.all_cells(each.id) for each in dao.published_sharing(window.months)]
    return hide_what_leaks(cells, KINDS, earlier=beside, links=LINKS)


def insert(
    cells: tuple[Cell, ...], window: Window, learning: tuple[LearningFigure, ...] = (), *, without: Sequence[str] = ()
) -> ReleaseInfo:
    """Sign cells and learning figures and write them into the register of the current application context.

    `without` are months of which nothing was loaded.
    """
    through = window.months[-1]
    sequence = dao.next_sequence(through)
    content = manifest(
        window=window,
        warehouse_digest="none",
        inputs=(),
        available=dict.fromkeys(CATALOGUE, tuple(month for month in window.months if month not in without)),
        roster_people=None,
        cells=cells,
        learning=learning,
    )
    return dao.insert_release(
        through=through,
        sequence=sequence,
        fingerprint=f"{through}.{sequence}",
        digest=cells_digest(cells),
        manifest=signed(f"{through}.{sequence}", content),
        cells=cells,
        learning=learning,
    )
