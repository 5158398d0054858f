"""Departments and teams that are now others: whoever reads the news knows which, and adds the new ones up to the old.

Where the places of a release are not those of the one before, what is gone and what has come are the same people, taken
together: a team that was split, two that were merged, several that were shuffled. So of the same months the old groups'
counts and the new ones' add up to the same. A team that keeps its name in a new department is the same team. Pure;
called by `attacker`, which does without what the figures contradict. A mere new name is `renames`' business.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from analytics_dash.disclosure.equations import COUNTS, Known, Said
from analytics_dash.disclosure.populations import Place, Slot
from analytics_dash.disclosure.protect import Kind


class Group(NamedTuple):
    """A department (no team), or a team of one."""

    department: str
    team: str | None


@dataclass(frozen=True, slots=True)
class Regrouped:
    """Groups that are gone and the groups that have come for them."""

    gone: frozenset[Group]
    come: frozenset[Group]


def regrouped(one: Iterable[Place], other: Iterable[Place]) -> list[Regrouped]:
    """Return which groups of one release have become which of another, as far as their names tell."""
    then, now = ({group for place in places if (group := group_of(place))} for places in (one, other))
    gone, come = then - now, now - then
    found = [Regrouped(*(frozenset(group for group in some if group.team is None) for some in (gone, come)))]
    before, after = found[0].gone, found[0].come
    kept = {group.department for group in then & now if group.team is None}
    for department in sorted(kept):
        own = (frozenset(group for group in some if group.department == department) for some in (gone, come))
        found.append(Regrouped(*own))
    for name in sorted({group.team for group in gone if group.team is not None}):
        moved = [
            frozenset(each for each in some if each.team == name and Group(each.department, None) in parents)
            for some, parents in ((gone, before), (come, after))
        ]
        if [len(each) for each in moved] == [1, 1]:
            found.append(Regrouped(*moved))
    return [each for each in found if each.gone and each.come]


def group_of(place: Place) -> Group | None:
    """Return the department or team that a place is of; None for what is of neither."""
    return None if place.at.department is None else Group(place.at.department, place.at.team)


def said_of(
    releases: Sequence[Known], kinds: Mapping[str, Kind], relation: Literal["=", "≤"] = "="
) -> dict[str, list[Said]]:
    """Return, by the months it is of, what each regrouping between a release and the last says of their counts.

    Of a group that several earlier releases have, the newest counts. `relation`: "≤" where late data may have added.
    """
    *earlier, last = releases
    found: dict[str, list[Said]] = defaultdict(list)
    seen: set[Place] = set()
    for release in reversed(earlier):
        for each in regrouped(release.slots, last.slots):
            old, new = _standing(release.slots, each.gone), _standing(last.slots, each.come)
            for at in old.keys() & new.keys():
                if seen.isdisjoint(old[at]) and (len(old[at]), len(new[at])) == (len(each.gone), len(each.come)):
                    seen.update(old[at])
                    terms = [(release.slots[place], -1) for place in old[at]] + [(last.slots[p], 1) for p in new[at]]
                    found[old[at][0].months] += of_each_count(terms, kinds, relation)
    return dict(found)


def _standing(slots: Mapping[Place, Slot], groups: frozenset[Group]) -> dict[Place, list[Place]]:
    """Return the places of some groups, by what they have in common: all but the groups' names."""
    found: dict[Place, list[Place]] = defaultdict(list)
    for place in slots:
        if group_of(place) in groups:
            found[place._replace(at=place.at._replace(department=None, team=None))].append(place)
    return found


def of_each_count(terms: Sequence[tuple[Slot, int]], kinds: Mapping[str, Kind], relation: str) -> Iterator[Said]:
    """Yield of each count of some slots that they add up, with their signs."""
    is_share = kinds[terms[0][0].who.indicator] == "proportion"
    for count in COUNTS:
        if is_share or count != "rest":
            yield tuple((slot, count, sign) for slot, sign in terms), relation, False
