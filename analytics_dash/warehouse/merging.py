"""From the old warehouse's rows of a table and the staged ones to the next warehouse's, each fact once and in order.

Every rule that makes the content a function of the inputs alone is here: a fact counts once whatever file it came in,
rows lie in an order of their own, and of two reports of one person's period the larger one counts. `warehouse.staging`
calls it for each table, with the catalogues old, next and whole (who is who) attached.
"""

# ruff: noqa: S608 (statements are put together from this package's own names, never from input)

from __future__ import annotations

import re
from typing import Final

import duckdb

from analytics_dash.warehouse.enumerations import enumerate_texts
from analytics_dash.warehouse.schema import TABLES

PART_OF: Final = {
    "item_answers": "learning_events",
    "detections": "learning_events",
    "tutor_redactions": "tutor_turns",
    "tutor_guards": "tutor_turns",
}
# The order in which a table's rows lie: by what is filtered on, then by digest so that nothing is left to chance.
_ORDER: Final = {
    "learning_events": '"at", digest',
    "usage": "period_start, digest",
    "tutor_turns": '"at", digest',
    "tutor_redactions": "digest, type",
    "tutor_guards": "digest, rule",
    "tutor_feedback": '"at", digest',
    "course_results": "as_of, digest",
    "completions": "as_of, digest",
    "api_usage": "day, digest",
    "api_costs": "day, digest",
    "posture": "as_of, digest",
    "posture_changes": '"at", digest',
    "attestations": '"at", digest',
    "budgets": '"at", digest',
    "item_answers": '"at", digest, item',
    "detections": '"at", digest',
}
_PERSON: Final = "coalesce(s.canonical, f.alias)"
_MONTH: Final = "date_trunc('month', f.as_of)"  # `as_of` is a day in the reporting zone
_TAKEN_BACK: Final = {"tutor_feedback": "f.kind = 'withdrawn'"}  # it ends what was said before, and says nothing itself
# Of several records about the same, the one that counts: the first in its order. Reports are snapshots and figures grow
# while a period is open, so it is the latest one, in whatever order they were loaded.
_LATEST: Final = {
    "usage": (
        f"{_PERSON}, f.tool, f.cadence, f.period_start",
        "f.period_end DESC, f.messages DESC NULLS LAST, f.gpt_messages DESC NULLS LAST, "
        "f.tool_messages DESC NULLS LAST, f.project_messages DESC NULLS LAST, f.is_active DESC, "
        "f.active_days DESC NULLS LAST, f.digest",
    ),
    "tutor_feedback": (f"{_PERSON}, f.turn, f.kind IN ('wrong', 'worrying')", 'f."at" DESC, f.kind, f.digest'),
    # How somebody stands in a course is asked of each month, so the last report of each month counts for that month.
    "course_results": (
        f"{_PERSON}, f.course, {_MONTH}",
        "f.as_of DESC, f.grade DESC NULLS LAST, f.passed DESC NULLS LAST, f.certificate DESC NULLS LAST, f.digest",
    ),
    "completions": (f"{_PERSON}, f.course, {_MONTH}", "f.as_of DESC, f.ratio DESC, f.digest"),
    "api_usage": ("f.day, f.project, f.model", "f.as_of DESC, f.requests DESC, f.tokens_out DESC, f.digest"),
    "api_costs": ("f.day, f.project, f.line_item, f.currency", "f.as_of DESC, f.amount_micro DESC, f.digest"),
}


def has_alias(table: str) -> bool:
    """Whether the table's rows are about somebody."""
    return bool(re.search(r"\balias BIGINT", TABLES[table]))


def merge_table(db: duckdb.DuckDBPyConnection, table: str, *, has_old: bool) -> None:
    """Fill next.TABLE with the staged facts and, where there is an old warehouse, with its facts that stay."""
    tables = [table, *([f"old.{table}"] if has_old else [])]
    if not any(db.execute(f"SELECT 1 FROM {each} LIMIT 1").fetchone() for each in tables):
        return
    # A fact that is read again replaces itself with its parts: so a new reader version reaches old facts.
    fact = PART_OF.get(table, table)
    kept = (
        f"UNION ALL SELECT * FROM old.{table} o WHERE o.digest NOT IN (SELECT digest FROM {fact}) "
        "AND o.digest NOT IN (SELECT old FROM said_anew)"
        if has_old
        else ""
    )
    columns, joined, condition = "f.*", "", "true"
    if table in _LATEST:
        kept = kept.replace("SELECT *", "SELECT * EXCLUDE (superseded)")
        same, order = _LATEST[table]
        taken_back = _TAKEN_BACK.get(table, "false")
        columns = f"f.*, row_number() OVER (PARTITION BY {same} ORDER BY {order}) > 1 OR {taken_back}"
        if _PERSON in same:
            joined = "LEFT JOIN next.same_as s ON s.alias = f.alias"
    if db.execute("SELECT count(*) FROM whole.erased").fetchone() != (0,):
        if has_alias(table):
            condition = "f.alias NOT IN (SELECT alias FROM whole.erased)"
        elif table in PART_OF:
            condition = f"f.digest IN (SELECT digest FROM next.{fact})"
    enumerate_texts(db, "next", table, tables)
    db.execute(f"""
        INSERT INTO next.{table}
        SELECT {columns}
        FROM (SELECT DISTINCT * EXCLUDE (file) FROM {table} {kept}) f {joined}
        WHERE {condition}
        ORDER BY {", ".join("f." + name.strip() for name in _ORDER[table].split(","))}
    """)
