"""What an outsider makes of some releases' files: unknowns, and what is known of them. No code of ours.

Every column by which a view splits gives sums; every relation between indicators, every release about the same months,
and every window that overlaps another gives more. `outside_attacker` solves it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from tests.support.outside_reading import (
    COUNTS,
    HIDDEN,
    UNSPLIT,
    Count,
    Relation,
    Row,
    Where,
    counts_of,
    known,
    relations,
    sums,
    where,
    window_of,
)

MOST = 1e6  # no count is larger: a programme must have an end
UNSEEN = {"nation": "month", "profession": "month", "grade_band": "month", "team": "department_month"}
"""Views without months, and the view with months that their groups add up to."""
READINGS = ("cell", "indicator", "month", "cell, unseen too", "month, unseen too")
"""What is taken for other people where two releases differ: as little as can be, or all of an indicator or month.

And besides, unseen: each group of which no months are published, in the months in which what it is part of differs.
"""


SINCE = "since"
"""The mark of a group that keeps its name but not its people, from the reorganisation on."""

Group = tuple[str, ...]
"""A department; or a department and a team of it."""


class News(NamedTuple):
    """What a reader of the news knows: that the people of some departments or teams are now those of others.

    Who keeps the name may be in both. `apart` are all groups that keep their name but not their people.
    """

    before: frozenset[Group]
    after: frozenset[Group]
    apart: frozenset[Group] = frozenset()

    def is_after(self, rows: Sequence[Row]) -> bool:
        """Whether a release is by the new places."""
        names = {group_of(where(row, "")) for row in rows}
        gone, come = self.before - self.after, self.after - self.before
        return gone.isdisjoint(names) if gone else not come.isdisjoint(names)


def group_of(at: Where) -> Group:
    """Return which department or team a place is of; nothing where it is of neither."""
    return at[5:]


class Puzzle:
    """What some releases' rows say of each other, the last being the newest.

    With several releases, what they say of a month is taken for the same people where they show no differing figure of
    it (see `READINGS`): then what one hides another may show. Windows that overlap share months, also of those groups
    whose months are not published. `adding`: late data is taken to add people, never to take any away.
    `news` is used, but for what is `unheard` of some months.
    """

    def __init__(
        self,
        releases: Sequence[Sequence[Row]],
        reading: str = "cell",
        rules: Sequence[Relation] | None = None,
        *,
        adding: bool = False,
        news: Sequence[News] = (),
        unheard: Collection[tuple[News, str]] = (),
    ) -> None:
        self.index: dict[Count, int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.rows: list[tuple[dict[int, float], float]] = []
        self.releases: list[set[int]] = []
        self.reading = reading
        self.rules = relations() if rules is None else rules
        self._shown: set[Count] = set()
        self._after = {each: [each.is_after(rows) for rows in releases] for each in news}
        self._since = [
            frozenset(group for each in news if self._after[each][number] for group in each.apart)
            for number in range(len(releases))
        ]
        changed = _changed(releases, reading, self._since, adding=adding)
        marks: list[dict[Any, str]] = []
        cells: dict[Count, None] = {}
        for number, rows in enumerate(releases):
            window, since = window_of(rows), self._since[number]
            late = {where(row, window): row["release"] if _place(row, window, since) in changed else "" for row in rows}
            of = {at: mark or (SINCE if group_of(at) in since else "") for at, mark in late.items()}
            for row in rows:
                self._cell(number, of, where(row, window), row)
            cells.update(dict.fromkeys((f"{mark}|{count}", at) for at, mark in of.items() for count in COUNTS))
            for whole, parts in sums(rows):
                for count in counts_of(whole):
                    columns = {self._column(of, count, where(part, window)): -1.0 for part in parts}
                    self.rows.append(({self._column(of, count, where(whole, window)): 1.0} | columns, 0.0))
            self._relate(of)
            if len(releases) > 1:
                self._months(number, of, late, rows)
            marks.append(of)
        if adding:
            self._only_more(marks)
        self.told: list[tuple[News, str]] = []
        for each in news:
            self._reorganise(each, unheard)
        self.hidden = [key for key in cells if key in self.index and key not in self._shown]

    def _column(self, of: dict[Any, str], count: str, at: Any) -> int:
        return self.index[f"{of[at]}|{count}", at]

    def _cell(self, number: int, of: dict[Any, str], at: Any, row: Row) -> None:
        for count in counts_of(row):
            key = (f"{of[at]}|{count}", at)
            column = self._unknown(key, number)
            low, high = known(row, count)
            self.low[column], self.high[column] = max(self.low[column], low), min(self.high[column], high)
            if row["numerator"] != HIDDEN:
                self._shown.add(key)
        if len(counts_of(row)) == 3:
            numerator, denominator, rest = (self._column(of, count, at) for count in counts_of(row))
            self.rows.append(({denominator: 1.0, numerator: -1.0, rest: -1.0}, 0.0))

    def _unknown(self, key: Count, number: int) -> int:
        if key not in self.index:
            self.index[key] = len(self.low)
            self.low.append(0.0)
            self.high.append(MOST)
            self.releases.append(set())
        self.releases[self.index[key]].add(number)
        return self.index[key]

    def _months(self, number: int, of: dict[Any, str], late: dict[Any, str], rows: Sequence[Row]) -> None:
        """Teams, nations and so on in each month: nobody publishes them, but a window is the sum of its months.

        And in each month they add up to the department, or to all.
        """
        window = window_of(rows)
        months = sorted({row["month"] for row in rows} - {UNSPLIT})
        whole_of: dict[Any, dict[int, float]] = {}
        for row in rows:
            if row["view"] in UNSEEN:
                at, above = where(row, window), UNSEEN[row["view"]]
                own = SINCE if group_of(at) in self._since[number] else ""
                for count in counts_of(row):
                    parts = {}
                    for month in months:
                        whole = (row["indicator"], row["arm"], above, month, *at[4:6][: 2 * (above != "month")])
                        if whole not in of:
                            break
                        column = self._unknown((f"{late[whole] or own}|{count}", (*at[:3], month, *at[4:])), number)
                        parts[column] = -1.0
                        equation = whole_of.setdefault(
                            (row["view"], count, whole), {self._column(of, count, whole): 1.0}
                        )
                        equation[column] = -1.0
                    else:
                        self.rows.append(({self._column(of, count, at): 1.0} | parts, 0.0))
        self.rows += [(equation, 0.0) for equation in whole_of.values()]

    def _only_more(self, marks: Sequence[dict[Any, str]]) -> None:
        """Of what differs between two releases, each count is at least as large in the later one."""
        for (earlier, later), since in zip(pairwise(marks), pairwise(self._since), strict=True):
            for at, mark in later.items():
                if earlier.get(at, mark) != mark and (group_of(at) in since[0]) == (group_of(at) in since[1]):
                    for count in COUNTS:
                        old, new = (self.index.get((f"{of[at]}|{count}", at)) for of in (earlier, later))
                        if old is not None and new is not None:
                            self.rows.append(({new: 1.0, old: -1.0}, MOST * 10))

    def _reorganise(self, news: News, unheard: Collection[tuple[News, str]]) -> None:
        """What the old groups counted in the last release that has them, the new ones count in the first of theirs.

        Of the same months: also of those of teams, which nobody publishes.
        """
        found: dict[Any, tuple[Any, Any]] = defaultdict(lambda: (defaultdict(dict), defaultdict(dict)))
        for (marked, at), column in self.index.items():
            group, key = group_of(at), (*at[:4], marked.split("|")[1])
            for number in self.releases[column]:
                side = int(self._after[news][number])
                if group in (news.before, news.after)[side]:
                    found[key][side][number][group] = column
        for key, sides in found.items():
            before, after = (
                [number for number, columns in side.items() if len(columns) == len(groups)]
                for side, groups in zip(sides, (news.before, news.after), strict=True)
            )
            if before and after and (news, key[3]) not in unheard:
                row: dict[int, float] = defaultdict(float)
                for columns, sign in ((sides[0][max(before)], 1.0), (sides[1][min(after)], -1.0)):
                    for column in columns.values():
                        row[column] += sign
                self.rows.append((dict(row), 0.0))
                self.told.append((news, key[3]))

    def _relate(self, of: dict[Any, str]) -> None:
        """What indicators say of each other, in each group that all of them have; a count shown twice is no secret."""
        for relation in self.rules:
            (first, first_arm), _count, _sign = relation.terms[0]
            for at in of:
                if at[:2] != (first, first_arm):
                    continue
                places = [((*who, *at[2:]), count, sign) for who, count, sign in relation.terms]
                if not all(place in of for place, _count, _sign in places):
                    continue
                keys = [(f"{of[place]}|{count}", place) for place, count, _sign in places]
                row = {self.index[key]: sign for key, (_place, _count, sign) in zip(keys, places, strict=True)}
                self.rows.append((row, 0.0 if relation.equal else MOST * 10))
                if relation.equal and relation.always and len(keys) == 2 and self._shown.intersection(keys):
                    self._shown.update(keys)


def _place(row: Row, window: str, since: Collection[Group]) -> Any:
    """Where a row stands; elsewhere from a reorganisation on, if its group has kept its name alone."""
    at = where(row, window)
    return (*at, SINCE) if group_of(at) in since else at


def _changed(
    releases: Sequence[Sequence[Row]], reading: str, since: Sequence[Collection[Group]], *, adding: bool
) -> set[Any]:
    """Where two releases tell of other people: where their figures differ, with what must differ along with that.

    `adding`: what was hidden first and is shown later may have been lifted to ten by late data.
    """
    figures: dict[Any, set[tuple[str, str]]] = defaultdict(set)
    everywhere: dict[Any, Row] = {}
    lifted = set()
    for rows, apart in zip(releases, since, strict=True):
        for row, at in [(row, _place(row, window_of(rows), apart)) for row in rows]:
            if adding and at in everywhere and row["numerator"] != HIDDEN and not figures[at]:
                lifted.add(at)
            everywhere[at] = row
            if row["numerator"] != HIDDEN:
                figures[at].add((row["numerator"], row["denominator"]))
    changed = lifted | {at for at, seen in figures.items() if len(seen) > 1}
    if reading.startswith("month"):
        months = {at[3] for at in changed}
        return {at for at in everywhere if at[3] in months}
    twins = _twins()
    if reading == "indicator":
        periods = {(*who, at[3]) for at in changed for who in twins.get(at[:2], {at[:2]})}
        return {at for at in everywhere if (at[0], at[1], at[3]) in periods}
    made_of = [
        (_place(whole, window, apart), [_place(part, window, apart) for part in parts])
        for rows, apart in zip(releases, since, strict=True)
        for window in [window_of(rows)]
        for whole, parts in sums(rows)
    ]
    size = -1
    while size != len(changed):
        size = len(changed)
        changed |= {
            (*who, *at[2:])
            for at in changed
            if at in figures and len({denominator for _numerator, denominator in figures[at]}) > 1
            for who in twins.get(at[:2], ())
        } & everywhere.keys()
        changed |= {whole for whole, parts in made_of if not changed.isdisjoint(parts)}
        for whole, parts in made_of:
            if whole in changed and changed.isdisjoint(parts):
                changed |= {part for part in parts if len(figures[part]) == 0} or set(parts)
    return changed


def _twins() -> dict[tuple[str, str], set[tuple[str, str]]]:
    """Of each indicator those that count the same in their denominators."""
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for relation in relations():
        if relation.equal and [count for _who, count, _sign in relation.terms] == ["denominator"] * 2:
            own = set().union(*(found.get(who, {who}) for who, _count, _sign in relation.terms))
            found |= dict.fromkeys(own, own)
    return found
