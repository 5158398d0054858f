"""From a warehouse to the arrays that the cores take: one lesson at a time, first attempts, people of the roster.

Written as Ibis expressions, so that the engine does the joining and one lesson's rows are all that is ever in memory.
What comes out is about persons, by pseudonym, and goes to `figures` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.indicators.population import within
from analytics_dash.learning.calibration import People
from analytics_dash.learning.detection import Counts
from analytics_dash.learning.intervals import Numbers
from analytics_dash.learning.items import Flags
from analytics_dash.learning.pace import WHAT, Acts, What

if TYPE_CHECKING:
    import ibis.expr.types as ir  # type: ignore[import-untyped,unused-ignore]

    from analytics_dash.indicators import Window
    from analytics_dash.warehouse import WarehouseTables

MOST_ROWS: Final = 500_000
"""So many acts are read at once, more or less: what a lesson's people did may be far more."""

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
    people, who = np.unique(table["person"].to_numpy(), return_inverse=True)
    items, where = _places(table)
    shape = (len(people), len(items))
    hits, confidence = np.full(shape, np.nan), np.full(shape, np.nan)
    answers = np.full(shape, "", dtype=object)
    anchors = np.zeros(len(items), dtype=bool)
    if items:
        hits[who, where] = table["hit"].to_numpy(zero_copy_only=False)
        confidence[who, where] = table["confidence"].to_numpy(zero_copy_only=False).astype(float) / 100
        codes, names = _codes(table["answer"])
        answers[who, where] = np.array(names, dtype=object)[codes]
        anchors[where[np.array(table["anchor"].to_pylist(), dtype=bool)]] = True
    return Sheet(
        lesson=lesson,
        test=_only(table["test"]),
        form=_only(table["form"]),
        people=people.astype(np.int64),
        items=items,
        anchors=anchors,
        hits=hits,
        confidence=confidence,
        answers=answers,
    )


def _places(table: pa.Table) -> tuple[tuple[tuple[str, str], ...], People]:
    """The (step, item) of a table's rows, sorted, and for each row which of them it is."""
    (step, steps), (item, items) = _codes(table["step"]), _codes(table["item"])
    codes, which = np.unique(step * max(len(items), 1) + item, return_inverse=True)
    named = [(steps[code // len(items)], items[code % len(items)]) for code in codes.tolist()]
    order = sorted(range(len(named)), key=named.__getitem__)
    rank = np.empty(len(named), dtype=np.int64)
    rank[order] = np.arange(len(named))
    return tuple(named[number] for number in order), rank[which]


def _codes(column: pa.ChunkedArray) -> tuple[People, list[str]]:
    """A column's texts as numbers, and the text of each number: a million rows do not need a million texts."""
    encoded = pa.concat_arrays(column.chunks or [pa.array([], pa.string())]).dictionary_encode()
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist()


def _only(column: pa.ChunkedArray) -> str | None:
    """The one text of a column that has none in some rows; None where it has none at all."""
    found: list[str] = sorted(value for value in column.unique().to_pylist() if value)
    return found[0] if found else None


def detections(tables: WarehouseTables, window: Window, lesson: str) -> dict[str, Counts]:
    """For each spotting step, people × (hits, false alarms, targets, non-targets) of first attempts."""
    rows = _first(tables, window, tables.detections.filter(tables.detections.lesson == lesson), ("step",))
    counts = ("hits", "false_alarms", "targets", "non_targets")
    table = rows.select("step", *counts).to_pyarrow()
    steps = np.array(table["step"].to_pylist(), dtype=object)
    matrix = np.column_stack([table[name].to_numpy().astype(np.int64) for name in counts])
    return {step: matrix[steps == step] for step in sorted(set(steps.tolist()))}


def funnel(tables: WarehouseTables, window: Window, lesson: str) -> tuple[int, int, int]:
    """How many people started a lesson within the window, and of these how many handed in a step and completed it."""
    mine = _lesson(tables, window, lesson)
    kinds = {"started": "lesson_started", "submitted": "step_submitted", "completed": "lesson_completed"}
    did = mine.group_by("person").agg(**{name: (mine.kind == kind).cast("int64").max() for name, kind in kinds.items()})
    started = did.filter(did.started == 1)
    (row,) = (
        started.agg(started=started.count(), **{name: started[name].sum() for name in ("submitted", "completed")})
        .to_pyarrow()
        .to_pylist()
    )
    return int(row["started"]), int(row["submitted"] or 0), int(row["completed"] or 0)


def acts(tables: WarehouseTables, window: Window, lesson: str) -> Iterator[Acts]:
    """What people of the roster did in a lesson within the window, a part of the people at a time."""
    rows = _lesson(tables, window, lesson).select("person", "at", "digest", "kind", "step")
    # Ibis 12 cannot stream from DuckDB 2 (it calls a method that is gone), so people are read in so many parts.
    parts = 1 + int(rows.count().to_pyarrow().as_py()) // MOST_ROWS
    for part in range(parts):
        # Ordered last: what is ordered and then filtered comes in any order from an engine that works in parts.
        mine = rows.filter(rows.person % parts == part) if parts > 1 else rows
        yield _acts(mine.order_by("person", "at", "digest").drop("digest").to_pyarrow())


def _acts(rows: pa.Table) -> Acts:
    (kind, kinds), (step, steps) = _codes(rows["kind"]), _codes(rows["step"].fill_null(""))
    return Acts(
        people=rows["person"].to_numpy(),
        at=rows["at"].to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6,
        what=np.array([WHAT.index(_WHAT[each]) for each in kinds], dtype=np.int64)[kind],
        step=step,
        steps=steps,
    )


def _lesson(tables: WarehouseTables, window: Window, lesson: str) -> ir.Table:
    """What people of the roster did in a lesson within the window; every lesson's is gathered in one pass."""

    def make() -> ir.Table:
        learning = within(tables.learning, "day", window)
        mine = _of_roster(tables, learning.filter(learning.lesson.notnull(), learning.kind.isin(list(_WHAT))))
        return mine.select("lesson", "person", "at", "digest", "kind", "step").order_by("lesson")

    gathered = tables.share(("lessons", window.months), make)
    return gathered.filter(gathered.lesson == lesson)


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
