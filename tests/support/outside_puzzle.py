"""What an outsider makes of some releases' files: unknowns, and what is known of them. No code of ours.

Every column by which a view splits gives sums; every relation between indicators, every release about the same months,
and every window that overlaps another gives more. `outside_attacker` solves it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from tests.support.outside_reading import (
    COUNTS,
    HIDDEN,
    UNSPLIT,
    Count,
    Relation,
    Row,
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


class News(NamedTuple):
    """What a reader of the news knows: that some departments, or teams of one, are now others."""

    before: frozenset[str]
    after: frozenset[str]


class Puzzle:
    """What some releases' rows say of each other, the last being the newest.

    With several releases, what they say of a month is taken for the same people where they show no differing figure of
    it (see `READINGS`): then what one hides another may show. Windows that overlap share months, also of those groups
    whose months are not published. `adding`: late data is taken to add people, never to take any away.
    """

    def __init__(
        self,
        releases: Sequence[Sequence[Row]],
        reading: str = "cell",
        rules: Sequence[Relation] | None = None,
        *,
        adding: bool = False,
        news: Sequence[News] = (),
    ) -> None:
        self.index: dict[Count, int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.rows: list[tuple[dict[int, float], float]] = []
        self.releases: list[set[int]] = []
        self.reading = reading
        self.rules = relations() if rules is None else rules
        self._shown: set[Count] = set()
        changed = _changed(releases, reading, adding=adding)
        marks: list[dict[Any, str]] = []
        cells: dict[Count, None] = {}
        for number, rows in enumerate(releases):
            window = window_of(rows)
            of = {where(row, window): row["release"] if at in changed else "" for row, at in _places(rows, window)}
            for row in rows:
                self._cell(number, of, where(row, window), row)
            cells.update(dict.fromkeys((f"{mark}|{count}", at) for at, mark in of.items() for count in COUNTS))
            for whole, parts in sums(rows):
                for count in counts_of(whole):
                    columns = {self._column(of, count, where(part, window)): -1.0 for part in parts}
                    self.rows.append(({self._column(of, count, where(whole, window)): 1.0} | columns, 0.0))
            self._relate(of)
            if len(releases) > 1:
                self._months(number, of, rows)
            marks.append(of)
        if adding:
            self._only_more(marks)
        for each in news:
            self._reorganise(each, marks)
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

    def _months(self, number: int, of: dict[Any, str], rows: Sequence[Row]) -> None:
        """Teams, nations and so on in each month: nobody publishes them, but a window is the sum of its months.

        And in each month they add up to the department, or to all.
        """
        window = window_of(rows)
        months = sorted({row["month"] for row in rows} - {UNSPLIT})
        whole_of: dict[Any, dict[int, float]] = {}
        for row in rows:
            if row["view"] in UNSEEN:
                at, above = where(row, window), UNSEEN[row["view"]]
                for count in counts_of(row):
                    parts = {}
                    for month in months:
                        whole = (row["indicator"], row["arm"], above, month, *at[4:6][: 2 * (above != "month")])
                        if whole not in of:
                            break
                        column = self._unknown((f"{of[whole]}|{count}", (*at[:3], month, *at[4:])), number)
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
        for earlier, later in pairwise(marks):
            for at, mark in later.items():
                if earlier.get(at, mark) != mark:
                    for count in COUNTS:
                        old, new = (self.index.get((f"{of[at]}|{count}", at)) for of in (earlier, later))
                        if old is not None and new is not None:
                            self.rows.append(({new: 1.0, old: -1.0}, MOST * 10))

    def _reorganise(self, news: News, marks: Sequence[dict[Any, str]]) -> None:
        """What the old groups counted in the last release that has them, the new ones count in the first of theirs.

        Of the same months: also of those of teams, which nobody publishes.
        """
        before = [of for of in marks if any(at[-1] in news.before for at in of)]
        after = [of for of in marks if any(at[-1] in news.after for at in of)]
        equations: dict[Any, dict[int, float]] = defaultdict(dict)
        for of, names, sign in ((before[-1:], news.before, 1.0), (after[:1], news.after, -1.0)):
            own = {(mark, *at[:3], *at[4:]) for each in of for at, mark in each.items() if at[-1] in names}
            for (marked, at), column in self.index.items():
                mark, count = marked.split("|")
                if (mark, *at[:3], *at[4:]) in own:
                    equations[*at[:-1], count][column] = sign
        wanted = len(news.before) + len(news.after)
        self.rows += [(row, 0.0) for row in equations.values() if len(row) == wanted]

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


def _places(rows: Sequence[Row], window: str) -> Iterator[tuple[Row, Any]]:
    return ((row, where(row, window)) for row in rows)


def _changed(releases: Sequence[Sequence[Row]], reading: str, *, adding: bool) -> set[Any]:
    """Where two releases tell of other people: where their figures differ, with what must differ along with that.

    `adding`: what was hidden first and is shown later may have been lifted to ten by late data.
    """
    figures: dict[Any, set[tuple[str, str]]] = defaultdict(set)
    everywhere: dict[Any, Row] = {}
    lifted = set()
    for rows in releases:
        for row, at in _places(rows, window_of(rows)):
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
        (where(whole, window), [where(part, window) for part in parts])
        for rows in releases
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
