"""Rows as columns: which table a row type belongs to, its columns' Arrow types, and a batch turned into tables.

Readers give rows, DuckDB takes columns. `warehouse.workers` turns them here, `warehouse.staging` puts them in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.masks import Mask
from analytics_dash.sources.records import (
    ApiCost,
    ApiUsage,
    Batch,
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
    **dict.fromkeys(
        ("tokens_in", "tokens_cached", "tokens_out", "requests", "cost_microusd", "amount_micro"), pa.int64()
    ),
    **dict.fromkeys(("active_days", "prompts", "redactions", "times", "attempt"), pa.int32()),
    **dict.fromkeys(("guarded", "citations", "first_text_ms", "total_ms"), pa.int32()),
    **dict.fromkeys(("hits", "false_alarms", "targets", "non_targets"), pa.int32()),
    **dict.fromkeys(("day", "as_of", "period_start", "period_end", "licence_from", "licence_to"), _DAY),
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
}
# Tables whose rows are parts of a fact: they come with it, and when it is read again they are replaced with it.
PARTS: Final[dict[type[Any], str]] = {
    ItemAnswer: "item_answers",
    Detected: "detections",
    Redacted: "tutor_redactions",
    Guarded: "tutor_guards",
}

NO_MASK: Final = Mask(b"")

Columns = Mapping[str, pa.Table]
"""The rows of a batch by table; `same_as` holds its pairs of aliases."""


def columns(batch: Batch, mask: Mask) -> Columns:
    """A batch's rows, parts and pairs, by the table that they go to, under the key version's mask."""
    found = {}
    if batch.rows:
        kind: Any = type(batch.rows[0])
        found[FACTS[kind]] = arrow(kind._fields, batch.rows, mask)
    part: Any
    for part, rows in groupby(sorted(batch.parts, key=_place), key=type):
        found[PARTS[part]] = arrow(part._fields, list(rows), mask)
    if batch.same_as:
        found["same_as"] = arrow(("alias", "canonical"), sorted(batch.same_as), mask)
    return found


def arrow(names: Sequence[str], rows: Sequence[Sequence[Any]], mask: Mask = NO_MASK) -> pa.Table:
    """Rows as an Arrow table with the given columns; aliases and digests are put under the mask."""
    return pa.table(
        {name: _column(name, values, mask) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
    )


def _column(name: str, values: Sequence[Any], mask: Mask) -> pa.Array:
    kind = _ARROW.get(name, _TEXT)
    if name in DIGESTS:
        return digest_column(mask.digests(b"".join(values)))
    if name in ALIASES and mask.changes:
        return pa.array(map(mask.alias, values), kind)
    return pa.array(values, kind)


def digest_column(digests: bytes) -> pa.Array:
    """Digests, 16 bytes each, as a column."""
    stored = pa.Array.from_buffers(_DIGEST.storage_type, len(digests) // 16, [None, pa.py_buffer(digests)])
    return pa.ExtensionArray.from_storage(_DIGEST, stored)


def _place(row: Any) -> int:
    return _PLACES[type(row)]


_PLACES: Final = {part: place for place, part in enumerate(PARTS)}
