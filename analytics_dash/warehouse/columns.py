"""Rows as columns: which table a row type belongs to, its columns' Arrow types, and a batch turned into tables.

Readers give rows, DuckDB takes columns. `warehouse.workers` turns them here, `warehouse.staging` puts them in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

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

_DIGEST, _ALIAS, _TEXT = pa.uuid(), pa.int64(), pa.string()
_MOMENT, _DAY, _FLAG, _NUMBER = pa.timestamp("us"), pa.date32(), pa.bool_(), pa.float64()
_ARROW: Final[dict[str, pa.DataType]] = {
    **dict.fromkeys(("alias", "canonical", "person"), _ALIAS),
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
    "digest": _DIGEST,
    "turn": _DIGEST,
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
PARTS: Final[dict[type, str]] = {
    ItemAnswer: "item_answers",
    Detected: "detections",
    Redacted: "tutor_redactions",
    Guarded: "tutor_guards",
}

Columns = Mapping[str, pa.Table]
"""The rows of a batch by table; `same_as` holds its pairs of aliases."""


def columns(batch: Batch) -> Columns:
    """A batch's rows, parts and pairs, by the table that they go to."""
    found = {}
    if batch.rows:
        kind = type(batch.rows[0])
        found[FACTS[kind]] = arrow(kind._fields, batch.rows)
    for part, rows in groupby(sorted(batch.parts, key=_place), key=type):
        found[PARTS[part]] = arrow(part._fields, list(rows))
    if batch.same_as:
        found["same_as"] = arrow(("alias", "canonical"), sorted(batch.same_as))
    return found


def arrow(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Rows as an Arrow table with the given columns."""
    return pa.table(
        {
            name: pa.array(values, _ARROW.get(name, _TEXT))
            for name, values in zip(names, zip(*rows, strict=True), strict=True)
        }
    )


def _place(row: Any) -> int:
    return _PLACES[type(row)]


_PLACES: Final = {part: place for place, part in enumerate(PARTS)}
