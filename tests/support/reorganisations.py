"""How a small government is reorganised between two releases, and what the news say of it.

One department or team is split or merged; or several at once; or part of one goes, or one goes into another, that keeps
its name; or a team is moved to another department. People's places are changed; the `News` are what everybody reads.
"""

from __future__ import annotations

import random
from typing import Final, Literal, get_args

from tests.support.government import Government
from tests.support.outside_puzzle import Group, News

One = Literal["split-team", "merge-team", "split-department", "merge-department"]
Several = Literal[
    "split-departments",
    "merge-departments",
    "split-and-merge",
    "split-teams",
    "split-and-merge-teams",
    "spin-off-department",
    "absorb-department",
    "spin-off-team",
    "absorb-team",
    "move-team",
    "move-and-rename-team",
]
What = One | Several
ONE: Final[tuple[One, ...]] = get_args(One)
SEVERAL: Final[tuple[Several, ...]] = get_args(Several)


def drawn(chance: random.Random, months: tuple[str, ...], what: What, *, departments: int, late: float) -> Government:
    """Most people count in most months, half of them have the property; those to be reorganised are the largest.

    Of several at once, late data comes in everywhere in half of the governments; in the others, not for those that are
    reorganised, so that what was and what is add up.
    """
    numbers = [chance.randint(9, 40) for _ in range(departments)]
    for number in range(2 if what == "split-departments" else 1):
        numbers[number] = (
            chance.randint(30, 60) if "department" in what or what == "split-and-merge" else chance.randint(40, 70)
        )
    spared = _CONCERNED[what] if what in _CONCERNED and chance.random() < 0.5 else 0
    government = Government([])
    for department, size in enumerate(numbers):
        for _ in range(size):
            government.places.append(
                {
                    "department_group": f"Group {0 if department < (4 if what in SEVERAL else 3) else 1}",
                    "department": f"Department {department}",
                    "team": f"Team {department} {min(chance.randrange(3), chance.randrange(3))}",
                    "grade_band": chance.choice(("AO", "EO", "G7", "AO", "EO")),
                    "profession": chance.choice(("Policy", "Legal", "Delivery")),
                    "nation": chance.choices(("England", "Scotland"), (5, 2))[0],
                }
            )
    for person, place in enumerate(government.places):
        for position, month in enumerate(months):
            if chance.random() < 0.9:
                if chance.random() < late and int(place["department"].split()[-1]) >= spared:
                    later = position + chance.choice((1, 2))
                    government.late[person, month] = months[min(later, len(months) - 1)]
                government.counted["competent", None].append((person, month, int(chance.random() < 0.5), 1))
    return government


_D0: Final = ("Department 0",)
_D1: Final = ("Department 1",)
_T0: Final = ("Department 0", "Team 0 0")
_T1: Final = ("Department 0", "Team 0 1")
_CONCERNED: Final[dict[Several, int]] = {
    "split-departments": 2,
    "merge-departments": 4,
    "split-and-merge": 3,
    "split-teams": 1,
    "split-and-merge-teams": 1,
    "spin-off-department": 1,
    "absorb-department": 2,
    "spin-off-team": 1,
    "absorb-team": 1,
    "move-team": 2,
    "move-and-rename-team": 2,
}
"""How many departments, the first, are concerned when several are reorganised at once."""


def reorganise(government: Government, chance: random.Random, what: What) -> list[News]:  # noqa: PLR0911, PLR0912 (a table)
    """Change the places of the people concerned; return what the news say."""

    def split(group: Group, *names: str) -> list[News]:
        return _split(government, chance, group, names)

    def merge(name: str, *groups: Group) -> list[News]:
        return _merge(government, groups, name)

    match what:
        case "split-team":
            return split(_T0, "South", "North")
        case "merge-team":
            return merge("Merged", _T0, _T1)
        case "split-department":
            return split(_D0, "South", "North")
        case "merge-department":
            return merge("Merged", _D0, _D1)
        case "split-departments":
            return split(_D0, "South", "North") + split(_D1, "West", "East")
        case "merge-departments":
            return merge("Merged", _D0, _D1) + merge("United", ("Department 2",), ("Department 3",))
        case "split-and-merge":
            return split(_D0, "South", "North") + merge("Merged", _D1, ("Department 2",))
        case "split-teams":
            return split(_T0, "South", "North") + split(_T1, "West", "East")
        case "split-and-merge-teams":
            return split(_T0, "South", "North") + merge("Merged", _T1, ("Department 0", "Team 0 2"))
        case "spin-off-department":
            return split(_D0, "South", _D0[-1])
        case "absorb-department":
            return merge(_D0[-1], _D0, _D1)
        case "spin-off-team":
            return split(_T0, "South", _T0[-1])
        case "absorb-team":
            return merge(_T0[-1], _T0, _T1)
        case "move-team":
            return _move(government, _T1, (*_D1, _T1[-1]))
        case "move-and-rename-team":
            return _move(government, _T1, (*_D1, "Moved"))


def _split(government: Government, chance: random.Random, group: Group, names: tuple[str, ...]) -> list[News]:
    """Split 2 to 14 people off; they are called the first name, and the others the second."""
    own = [place for place in government.places if _of(place, group)]
    some = chance.sample(range(len(own)), min(chance.randint(2, 14), len(own) - 1))
    teams = {(place["department"], place["team"]) for place in own} if len(group) == 1 else set()
    for number, place in enumerate(own):
        place[_level(group)] = names[0 if number in some else 1]
    apart = {each for each in (group, *teams) if names[1] == group[-1]}
    news = [News(frozenset({group}), frozenset((*group[:-1], name) for name in names), frozenset(apart))]
    for team in sorted(teams):
        after = {each for place in own if (each := (place["department"], place["team"]))[1] == team[1]}
        news.append(News(frozenset({team}), frozenset(after)))
    return news


def _merge(government: Government, groups: tuple[Group, ...], name: str) -> list[News]:
    """Merge groups into one, which is called otherwise or as one of them; teams keep their names."""
    merged = (*groups[0][:-1], name)
    own = [place for place in government.places if any(_of(place, group) for group in groups)]
    teams = {(place["department"], place["team"]) for place in own} if len(merged) == 1 else set()
    for place in own:
        place[_level(merged)] = name
    news = [News(frozenset(groups), frozenset({merged}), frozenset({merged} & set(groups)))]
    news += [News(frozenset({team}), frozenset({(name, team[1])})) for team in sorted(teams) if team[0] != name]
    return news


def _move(government: Government, old: Group, new: Group) -> list[News]:
    """Move a team to another department; both departments keep their names, and their other teams their people."""
    for place in government.places:
        if _of(place, old):
            place["department"], place["team"] = new
    return [News(frozenset({old}), frozenset({new}), frozenset({old[:1], new[:1]}))]


def _of(place: dict[str, str], group: Group) -> bool:
    return (place["department"], place["team"])[: len(group)] == group


def _level(group: Group) -> str:
    return ("department", "team")[len(group) - 1]
