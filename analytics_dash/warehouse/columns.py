"""Rows as columns: which table a row type belongs to, its columns' Arrow types, and a batch turned into tables.

Readers give rows, DuckDB takes columns. `warehouse.reading` turns them here, `warehouse.staging` puts them under the
key version's mask and in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.abc import MetaPathFinder
from typing import Any, Final

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
import pyarrow.compute as pc  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.masks import Mask
from analytics_dash.sources.records import (
    OF_FACT,
    ApiCost,
    ApiUsage,
    Attestation,
    Batch,
    Budget,
    Completion,
    CourseResult,
    Detected,
    Guarded,
    ItemAnswer,
    LearningEvent,
    Posture,
    PostureChange,
    Redacted,
    TutorFeedback,
    TutorTurn,
    UsageRecord,
)

ALIASES: Final = ("alias", "canonical", "person")
DIGESTS: Final = ("digest", "turn")
"""The columns that a key version's mask changes."""

_DIGEST, _ALIAS, _TEXT = pa.uuid(), pa.int64(), pa.string()
_MOMENT, _DAY, _FLAG, _NUMBER = pa.timestamp("us"), pa.date32(), pa.bool_(), pa.float64()
_ARROW: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys(ALIASES, _ALIAS),
    **dict.fromkeys(("messages", "gpt_messages", "tool_messages", "project_messages"), pa.int64()),
    **dict.fromkeys(("used_tokens", "limit_tokens"), pa.int64()),
    **dict.fromkeys(
        ("tokens_in", "tokens_cached", "tokens_out", "requests", "cost_microusd", "amount_micro"), pa.int64()
    ),
    **dict.fromkeys(("active_days", "prompts", "redactions", "times", "attempt"), pa.int32()),
    **dict.fromkeys(("guarded", "citations", "first_text_ms", "total_ms"), pa.int32()),
    **dict.fromkeys(("hits", "false_alarms", "targets", "non_targets"), pa.int32()),
    **dict.fromkeys(("day", "as_of", "period_start", "period_end", "licence_from", "licence_to", "until"), _DAY),
    **dict.fromkeys(("is_active", "blocked", "correct", "hit", "anchor", "passed", "certificate", "enrolled"), _FLAG),
    **dict.fromkeys(("earned", "possible", "confidence", "grade", "ratio"), _NUMBER),
    "at": _MOMENT,
    **dict.fromkeys(DIGESTS, _DIGEST),
}

FACTS: Final[dict[type, str]] = {
    LearningEvent: "learning_events",
    UsageRecord: "usage",
    TutorTurn: "tutor_turns",
    TutorFeedback: "tutor_feedback",
    CourseResult: "course_results",
    Completion: "completions",
    ApiUsage: "api_usage",
    ApiCost: "api_costs",
    Posture: "posture",
    PostureChange: "posture_changes",
    Attestation: "attestations",
    Budget: "budgets",
}
_DATES: Final = ("at", "period_start", "as_of", "day")
# Tables whose rows are parts of a fact: they come with it, and when it is read again they are replaced with it.
PARTS: Final[dict[type[Any], str]] = {
    ItemAnswer: "item_answers",
    Detected: "detections",
    Redacted: "tutor_redactions",
    Guarded: "tutor_guards",
}

NO_MASK: Final = Mask(b"")

Columns = Mapping[str, pa.Table]
"""The rows of a batch by table; `same_as` holds its pairs of aliases. Aliases and digests are as readers make them."""


def columns(batch: Batch) -> Columns:
    """A batch's rows, parts and pairs, by the table that they go to."""
    found = {}
    if batch.rows:
        kind: Any = type(batch.rows[0])
        found[FACTS[kind]] = arrow(kind._fields, batch.rows)
    part: Any
    for part, rows in _by_type(batch.parts).items():
        found[PARTS[part]] = arrow(part._fields, rows)
    for part, given in batch.columns.items():
        if part in FACTS:
            found[FACTS[part]] = _table(part._fields, given.columns)
        elif given.of:
            of_fact = found[FACTS[LearningEvent]].select(OF_FACT).take(given.of)
            step = OF_FACT.index("step")
            of_fact = of_fact.set_column(step, "step", of_fact.column(step).fill_null(""))
            own = _table(part._fields[len(OF_FACT) :], given.columns)
            found[PARTS[part]] = pa.table([*of_fact.columns, *own.columns], list(part._fields))
    if batch.same_as:
        found["same_as"] = arrow(("alias", "canonical"), list(batch.same_as))
    return found


def arrow(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Rows as an Arrow table with the given columns."""
    return _table(names, zip(*rows, strict=True))


def _table(names: Sequence[str], columns: Iterable[Sequence[Any]]) -> pa.Table:
    return pa.table({name: _column(name, values) for name, values in zip(names, columns, strict=True)})


def masked(table: pa.Table, mask: Mask) -> pa.Table:
    """The rows with aliases and digests as they are written. The more at once, the less each costs."""
    for place, name in enumerate(table.column_names if mask.changes else ()):
        if name in ALIASES:
            different, places = np.unique(table.column(name).to_numpy(), return_inverse=True)
            aliases = mask.aliases(different.view(np.uint64)).view(np.int64)
            table = table.set_column(place, name, pa.array(aliases[places]))
        elif name in DIGESTS:
            found = [_bytes(chunk.storage) for chunk in table.column(name).chunks]
            table = table.set_column(place, name, digest_column(mask.digests(b"".join(found))))
    return table


def dated_after(columns: Columns, moment: datetime) -> int:
    """How many of the facts are dated after a moment: a clock was wrong, theirs or ours."""
    found = 0
    for table in columns.keys() & set(FACTS.values()):
        rows = columns[table]
        dates = rows[next(name for name in _DATES if name in rows.column_names)]
        found += pc.sum(pc.greater(dates.cast(_MOMENT), pa.scalar(moment.replace(tzinfo=None), _MOMENT))).as_py() or 0
    return found


def _bytes(digests: pa.Array) -> bytes:
    return bytes(digests.buffers()[1][16 * digests.offset : 16 * (digests.offset + len(digests))])


def _column(name: str, values: Sequence[Any]) -> pa.Array:
    return digest_column(b"".join(values)) if name in DIGESTS else pa.array(values, _ARROW.get(name, _TEXT))


def digest_column(digests: bytes) -> pa.Array:
    """Digests, 16 bytes each, as a column."""
    stored = pa.Array.from_buffers(_DIGEST.storage_type, len(digests) // 16, [None, pa.py_buffer(digests)])
    return pa.ExtensionArray.from_storage(_DIGEST, stored)


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, _path: object, _target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def spare_pandas() -> None:
    """Keep PyArrow from importing pandas, half a second of each process, to see that a list is none of its series."""
    if "pandas" not in sys.modules:
        finder = _NoPandas()
        sys.meta_path.insert(0, finder)
        try:
            pa.array([0])  # it looks once
        finally:
            sys.meta_path.remove(finder)


def _by_type(parts: Sequence[Any]) -> dict[type, list[Any]]:
    found: dict[type, list[Any]] = {}
    for part in parts:
        found.setdefault(type(part), []).append(part)
    return found
