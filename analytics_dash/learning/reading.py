"""From a warehouse to the arrays that the cores take: one lesson at a time, first attempts, people of the roster.

Written as Ibis expressions, so that the engine does the joining and one lesson's rows are all that is ever in memory.
What comes out is about persons, by pseudonym, and goes to `figures` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analytics_dash.indicators.population import within
from analytics_dash.learning.calibration import People
from analytics_dash.learning.detection import Counts
from analytics_dash.learning.intervals import Numbers
from analytics_dash.learning.items import Flags
from analytics_dash.learning.pace import Act, What

if TYPE_CHECKING:
    import ibis.expr.types as ir  # type: ignore[import-untyped,unused-ignore]

    from analytics_dash.indicators import Window
    from analytics_dash.warehouse import WarehouseTables

_WHAT: Final[dict[str, What]] = {
    "lesson_started": "started",
    "step_submitted": "submitted",
    "tutor_turn": "asked",
    "lesson_completed": "finished",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first attempts at one lesson: a row for each of `people` (ascending), a column for each of `items`.

    `items` are (step, item), sorted; `anchors` says which of them other forms have too. `hits` is 1 or 0, `confidence`
    0–1, both NaN where there is none; `answers` are ids, empty where there is none. `test` and `form` are None for a
    lesson that is no form of a test.
    """

    lesson: str
    test: str | None
    form: str | None
    people: People
    items: tuple[tuple[str, str], ...]
    anchors: Flags
    hits: Numbers
    confidence: Numbers
    answers: Any  # object array of str

    @property
    def complete(self) -> Flags:
        """Which people answered every item."""
        return np.asarray(~np.isnan(self.hits).any(axis=1))

    def scores(self, items: Flags | None = None) -> tuple[People, Numbers]:
        """The people who answered every item, and each one's share of items right (of those in `items`, if given)."""
        whole = self.complete
        hits = self.hits[whole] if items is None else self.hits[whole][:, items]
        return self.people[whole], hits.mean(axis=1)


def lessons(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The ids of the lessons in which anything was handed in within the window, sorted."""
    learning = within(tables.learning, "day", window)
    found = learning.filter(learning.kind == "step_submitted", learning.lesson.notnull()).select("lesson").distinct()
    return tuple(sorted(found.to_pyarrow()["lesson"].to_pylist()))


def sheet(tables: WarehouseTables, window: Window, lesson: str) -> Sheet:
    """The first attempts at a lesson's items that lie within the window."""
    rows = _first(tables, window, tables.answers.filter(tables.answers.lesson == lesson), ("step", "item"))
    table = rows.select("person", "step", "item", "answer", "hit", "confidence", "test", "form", "anchor").to_pyarrow()
    columns = {name: table[name].to_pylist() for name in ("step", "item", "answer", "test", "form", "anchor")}
    people, who = np.unique(table["person"].to_numpy(), return_inverse=True)
    places = list(zip(columns["step"], columns["item"], strict=True))
    items = tuple(sorted(set(places)))
    index = {place: number for number, place in enumerate(items)}
    where = np.array([index[place] for place in places], dtype=np.int64)
    shape = (len(people), len(items))
    hits, confidence = np.full(shape, np.nan), np.full(shape, np.nan)
    answers = np.full(shape, "", dtype=object)
    anchors = np.zeros(len(items), dtype=bool)
    if places:
        hits[who, where] = table["hit"].to_numpy(zero_copy_only=False)
        confidence[who, where] = table["confidence"].to_numpy(zero_copy_only=False).astype(float) / 100
        answers[who, where] = columns["answer"]
        anchors[where[[bool(flag) for flag in columns["anchor"]]]] = True
    return Sheet(
        lesson=lesson,
        test=next((test for test in columns["test"] if test), None),
        form=next((form for form in columns["form"] if form), None),
        people=people.astype(np.int64),
        items=items,
        anchors=anchors,
        hits=hits,
        confidence=confidence,
        answers=answers,
    )


def detections(tables: WarehouseTables, window: Window, lesson: str) -> dict[str, Counts]:
    """For each spotting step, people × (hits, false alarms, targets, non-targets) of first attempts."""
    rows = _first(tables, window, tables.detections.filter(tables.detections.lesson == lesson), ("step",))
    counts = ("hits", "false_alarms", "targets", "non_targets")
    table = rows.select("step", *counts).to_pyarrow()
    steps = np.array(table["step"].to_pylist(), dtype=object)
    matrix = np.column_stack([table[name].to_numpy().astype(np.int64) for name in counts])
    return {step: matrix[steps == step] for step in sorted(set(steps.tolist()))}


def acts(tables: WarehouseTables, window: Window, lesson: str) -> list[Act]:
    """What people of the roster did in a lesson within the window."""
    learning = within(tables.learning, "day", window)
    mine = learning.filter(learning.lesson == lesson, learning.kind.isin(list(_WHAT)))
    rows = _of_roster(tables, mine).select("person", "at", "kind", "step").to_pyarrow()
    seconds = rows["at"].to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6
    columns = (rows[name].to_pylist() for name in ("person", "kind", "step"))
    return [
        Act(person, at, _WHAT[kind], step or "")
        for at, person, kind, step in zip(seconds.tolist(), *columns, strict=True)
    ]


def _first(tables: WarehouseTables, window: Window, rows: ir.Table, within_lesson: Sequence[str]) -> ir.Table:
    """The first attempt of each person, ties by moment and digest, where it lies within the window."""
    import ibis  # noqa: PLC0415 (takes a second; the cores do without)

    group = [rows[name] for name in ("person", *within_lesson)]
    rank = ibis.row_number().over(group_by=group, order_by=[rows.attempt, rows["at"], rows.digest])
    ranked = rows.mutate(rank=rank)
    return _of_roster(tables, within(ranked.filter(ranked["rank"] == 0), "day", window))


def _of_roster(tables: WarehouseTables, rows: ir.Table) -> ir.Table:
    """The rows of people whom the roster knows: as everywhere, nobody else counts (docs/method.md)."""
    return rows.semi_join(tables.people, "person")
