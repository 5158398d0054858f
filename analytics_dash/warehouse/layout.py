"""How the warehouse's tables lie in an engine: columns and their types, order, what a copy outside DuckDB adds.

Derived from `warehouse.schema`, so that a table or column which is added there is in every engine. A copy outside
DuckDB keeps, beside a fact's own columns, the person (and the form of a test): a copy is replaced whole and nothing can
change under it, so what DuckDB's views work out at every reading is worked out once, and in one dialect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.warehouse.schema import TABLES


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its DuckDB type, and whether every row has a value."""

    type: str
    required: bool


_LINE: Final = re.compile(r'^\s*"?(?P<name>\w+)"? (?P<type>[A-Z]+)(?P<rule> NOT NULL| PRIMARY KEY)?,?\s*(--.*)?$')

COLUMNS: Final[Mapping[str, Mapping[str, Column]]] = {
    table: {
        match["name"]: Column(match["type"], match["rule"] is not None)
        for match in map(_LINE.match, text.splitlines())
        if match is not None
    }
    for table, text in TABLES.items()
}
"""The columns of every table, in their order."""

READ: Final[Mapping[str, tuple[str, str]]] = {
    "people": ("people", "people"),
    "learning": ("learning", "learning_events"),
    "usage": ("usage_by_person", "usage"),
    "turns": ("turns_by_person", "tutor_turns"),
    "answers": ("answers_by_person", "item_answers"),
    "detections": ("detections_by_person", "detections"),
    "redactions": ("tutor_redactions", "tutor_redactions"),
    "guards": ("tutor_guards", "tutor_guards"),
    "feedback": ("feedback_by_person", "tutor_feedback"),
    "results": ("results_by_person", "course_results"),
    "completions": ("completions_by_person", "completions"),
    "api_usage": ("current_api_usage", "api_usage"),
    "api_costs": ("current_api_costs", "api_costs"),
    "posture": ("posture", "posture"),
    "attestations": ("attestations", "attestations"),
    "budgets": ("budgets", "budgets"),
}
"""What indicators read (`WarehouseTables`): DuckDB's view, and the table of which it shows the rows that count."""

SUPERSEDED: Final = "superseded"

_ADDED: Final = {"person": Column("BIGINT", required=True), "form": Column("VARCHAR", required=False)}
_ALIASES: Final = ("links", "same_as")  # tables about aliases, not facts

ARROW: Final[Mapping[str, pa.DataType]] = {
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    # As 36 characters: engines disagree about the type and, which is worse, about the order of its values.
    "UUID": pa.string(),
}


def added(table: str) -> Mapping[str, Column]:
    """The columns that a copy outside DuckDB keeps beside the table's own."""
    columns = COLUMNS[table]
    return {
        name: column
        for name, column in _ADDED.items()
        if ("alias" in columns and table not in _ALIASES and (name == "person" or table == "learning_events"))
    }


def stored(table: str) -> Mapping[str, Column]:
    """All columns of a table in a copy outside DuckDB."""
    return {**COLUMNS[table], **added(table)}


def arrow_schema(columns: Mapping[str, Column]) -> pa.Schema:
    """The columns as Arrow fields: how rows travel from engine to engine."""
    return pa.schema([pa.field(name, ARROW[column.type]) for name, column in columns.items()])


def order(table: str) -> tuple[str, ...]:
    """The columns by which a table's rows lie: what is filtered on first, and then until nothing is left to chance."""
    columns = COLUMNS[table]
    if "digest" not in columns:
        return tuple(columns)
    moment = next((name for name in ("at", "period_start", "day", "as_of") if name in columns), None)
    parts = tuple(name for name in ("item", "type", "rule") if name in columns and table not in {"posture"})
    return (*((moment,) if moment else ()), "digest", *parts)


def select(table: str, *, extras: bool) -> str:
    """DuckDB's statement for a table's rows in order, with the added columns if wanted; an UUID as its text."""
    columns = [
        f'CAST(f."{name}" AS VARCHAR) AS "{name}"'
        if column.type == "UUID"
        else f'f."{name}"::{column.type} AS "{name}"'
        for name, column in COLUMNS[table].items()
    ]
    joins = ""
    if extras and "person" in added(table):
        columns.append("coalesce(i.person, f.alias) AS person")
        joins += " LEFT JOIN identities i ON i.alias = f.alias"
    if extras and "form" in added(table):
        columns.append("t.form::VARCHAR AS form")
        joins += " LEFT JOIN test_forms t ON t.lesson = f.lesson"
    by = ", ".join(f'f."{name}"' for name in order(table))
    return f'SELECT {", ".join(columns)} FROM "{table}" f{joins} ORDER BY {by}'  # noqa: S608 (our own names)
