"""A small government that changes from month to month, its monthly releases in the real register, and their truth.

People have a place in every dimension; each month some of them count and some of those have the property; some facts
come late, and change months that are published already. Releases are protected, completed by `hide_what_leaks`, signed,
written and published as `releases.build` and `releases.publish` do it, without the warehouse in between: what is
attacked is the figures. The truth is kept for the tests alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.groups import Group, Key
from analytics_dash.disclosure.protect import Measure, protect_group
from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.indicators.links import LINKS
from analytics_dash.releases import Cell, ReleaseInfo, dao
from analytics_dash.releases.build import KINDS
from analytics_dash.releases.manifest import cells_digest, manifest
from analytics_dash.releases.publish import publish_release
from analytics_dash.releases.signing import signed

ONE = ("competent",)
TWO = ("cited_answers", "guard_actions")
"""Two that count the same answers, so that what one of them shows could give the other away."""

Truth = dict[tuple[str, str, Key], tuple[int, int]]
"""view, months, group → numerator and denominator."""


@dataclass
class Government:
    """Figures of one or two `indicators`.

    `facts` are (person, month, has either property, month in which it became known).
    """

    indicators: tuple[str, ...]
    places: list[dict[str, str]]
    facts: list[tuple[int, str, tuple[bool, bool], str]] = field(default_factory=list)

    def counts(self, months: tuple[str, ...], known: str) -> dict[tuple[str, Key], dict[int, list[int]]]:
        """For each view and group of the window: what each person contributes, as known at the end of a month.

        Of either property how often, and of how many.
        """
        found: dict[tuple[str, Key], dict[int, list[int]]] = {}
        for place in self.places:
            for month in months:
                for view in VIEWS.values():
                    found.setdefault((view.name, _key(view.dimensions, place | {"month": month})), {})
        for person, month, has, since in self.facts:
            if month in months and since <= known:
                here = self.places[person] | {"month": month}
                for view in VIEWS.values():
                    person_counts = found[view.name, _key(view.dimensions, here)].setdefault(person, [0, 0, 0])
                    person_counts[0] += has[0]
                    person_counts[1] += has[1]
                    person_counts[2] += 1
        return found


def _key(dimensions: tuple[str, ...], place: dict[str, str]) -> Key:
    return Key(**{name: place[name] for name in dimensions})


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
    """Draw a government: departments and teams of unlike sizes, some of them tiny."""
    chance = random.Random(seed)
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
    government = Government(indicators, places)
    for person in range(people):
        for position, month in enumerate(months):
            if chance.random() < 0.45:
                delay = chance.choice((1, 2)) if chance.random() < late else 0
                known = months[min(position + delay, len(months) - 1)] if delay else month
                has = chance.random() < 0.55, len(indicators) > 1 and chance.random() < 0.3
                government.facts.append((person, month, has, known))
    return government


def cells_of(government: Government, window: Window, release: str) -> Iterator[tuple[Cell, tuple[int, int]]]:
    """Every group's protected cell, and its exact counts."""
    counts = government.counts(window.months, window.months[-1])
    for which, indicator in enumerate(government.indicators):
        entry = CATALOGUE[indicator]
        measure = Measure(indicator, entry.kind, entry.scale, (None,), entry.views)
        for name in measure.views:
            for (view, key), people in counts.items():
                if view == name:
                    parts = [(each[which], each[2], each[2] - each[which]) for each in people.values()]
                    columns = zip(*parts, strict=True) if parts else ((), (), ())
                    group = Group(key, *(Magnitude(sum(c), sum(x > 0 for x in c), 1, 1) for c in columns))
                    exact = (group.numerator.total, group.denominator.total)
                    yield protect_group(group, measure, view=view, release=release), exact


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


def insert(cells: tuple[Cell, ...], window: Window) -> ReleaseInfo:
    """Sign the cells and write them into the register of the current application context."""
    through = window.months[-1]
    sequence = dao.next_sequence(through)
    content = manifest(
        window=window,
        warehouse_digest="none",
        inputs=(),
        available=dict.fromkeys(CATALOGUE, window.months),
        roster_people=None,
        cells=cells,
    )
    return dao.insert_release(
        through=through,
        sequence=sequence,
        fingerprint=f"{through}.{sequence}",
        digest=cells_digest(cells),
        manifest=signed(f"{through}.{sequence}", content),
        cells=cells,
    )
