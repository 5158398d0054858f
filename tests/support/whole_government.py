"""A government of which every indicator counts something, month after month, with late data: for the outside attack.

What people do is drawn by `relations.varied` and counted by the indicators themselves, in a real warehouse; where they
are, and whose months come late, is drawn here. `orderly` makes true what holds as a rule (`docs/method.md`, "Links
between indicators"), so that whoever relies on it is right.
"""

from __future__ import annotations

import random
from pathlib import Path

from analytics_dash.disclosure.links import Term, Who
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.warehouse import open_warehouse
from tests.support import relations
from tests.support.government import Government, drawn_places

Own = dict[tuple[str, str], list[int]]
"""What one person contributes in one month: numerator and denominator by indicator and arm."""


def whole(
    seed: int,
    months: tuple[str, ...],
    folder: Path,
    *,
    people: int,
    departments: int,
    teams: int,
    late: float,
    orderly: bool = True,
) -> Government:
    """Draw a government of all indicators; its warehouse is made in `folder`."""
    chance = random.Random(seed)
    government = Government(drawn_places(chance, people, departments, teams))
    url = relations.varied(seed, months, people=people).write(folder / "w.duckdb")
    with open_warehouse(url) as warehouse:
        counts = relations.counts_by_person(warehouse, Window(months))
    by_person: dict[tuple[int, str], Own] = {}
    for entry in CATALOGUE.values():
        for arm in entry.arms or ("",):
            numerators, of = (counts.get(Term(Who(entry.id, arm), count), {}) for count in ("numerator", "denominator"))
            for at, n in of.items():
                by_person.setdefault(at, {})[entry.id, arm] = [numerators[at], n]
    for entry in CATALOGUE.values():  # in this order, whether or not anybody counts
        for arm in entry.arms or (None,):
            government.counted[entry.id, arm] = []
    for (person, month), own in sorted(by_person.items()):
        if chance.random() < late:
            position = months.index(month) + chance.choice((1, 2))
            government.late[person - 1, month] = months[min(position, len(months) - 1)]
        for (indicator, arm), (n, of) in (_orderly(own) if orderly else own).items():
            if n or of:
                government.counted[indicator, arm or None].append((person - 1, month, n, of))
    return government


def _orderly(own: Own) -> Own:
    """What a person contributes where things go as they do as a rule: fewer reports than answers, and so on."""
    made = {who: list(counts) for who, counts in own.items()}
    nothing = [0, 0]
    answers = made.get(("cited_answers", ""), nothing)[1]
    if (rated := made.get(("helpful", ""))) is not None:
        rated[1] = min(rated[1], answers)
        rated[0] = min(rated)
    if (reported := made.get(("concerns", ""))) is not None:
        reported[0] = min(reported[0], answers)
    passed = made.get(("course_passed", ""), nothing)
    made["certified", ""] = [min(made.get(("certified", ""), nothing)[0], passed[0]), passed[1]]
    trained, untrained = made.get(("active_use", "trained"), nothing), made.get(("active_use", "untrained"), nothing)
    used = trained[0] + untrained[0]
    for days in range(1, 5):
        made[f"depth_{days}", ""] = [min(made.get((f"depth_{days}", ""), nothing)[0], used), used]
    for weeks in (4, 8, 12):
        licensed = trained if weeks > 4 else [trained[0] + untrained[0], trained[1] + untrained[1]]
        if (after := made.get((f"active_after_{weeks}_weeks", ""))) is not None:
            after[1] = min(after[1], licensed[1])
            after[0] = min(after[1], licensed[0])
    return made
