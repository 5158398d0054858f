"""A warehouse of any size for `bench-analytics`: the real schema, filled by DuckDB from row numbers, always alike.

Every table gets rows. What a column is not given here is filled by its type, so that a new column needs nothing here.
People act over twelve months; rows come in the order of time, as `adoption load` leaves them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from analytics_dash.warehouse.layout import COLUMNS
from analytics_dash.warehouse.store import create

THROUGH: Final = "2026-10"
_START: Final = "TIMESTAMP '2025-11-01'"
_SECONDS: Final = 365 * 86_400

_GUESS: Final = {
    "UUID": "md5('{table}' || i)::UUID",
    "BIGINT": "hash(i, 11) % 1000",
    "INTEGER": "(hash(i, 12) % 20)::INTEGER",
    "DOUBLE": "(hash(i, 13) % 101) / 100.0",
    "BOOLEAN": "hash(i, 14) % 3 > 0",
    "VARCHAR": "'{column}-' || hash(i, 15) % 5",
    "DATE": "({at})::DATE",
    "TIMESTAMP": "{at}",
}
_COMMON: Final = {
    "at": "{at}",
    # London's days, to the hour that they begin in: near enough for a benchmark, and no time zone to work out.
    "day": "({at})::DATE",
    "alias": "{person} * 4 + 1",
    "course": "'course-v1:Gov+AI+' || hash(i, 2) % 3",
    "lesson": "'lesson-' || hash(i, 3) % 12",
    "step": "'step-' || hash(i, 4) % 8",
    "superseded": "false",
    "confidence": "hash(i, 5) % 101",
    "tool": "CASE WHEN hash(i, 6) % 4 = 0 THEN 'm365-copilot' ELSE 'chatgpt-enterprise' END",
}
_PLACE: Final = "hash(n, 21) % 25"
_TABLES: Final[dict[str, dict[str, str]]] = {
    "learning_events": {
        "kind": "CASE WHEN hash(i, 7) % 100 < 4 THEN 'lesson_completed' WHEN hash(i, 7) % 100 < 5 THEN 'course_passed' "
        "ELSE ['step_submitted', 'block_completed', 'problem_submitted', 'lesson_started', 'tutor_turn']"
        "[1 + (hash(i, 8) % 5)::INT] END",
        "earned": "hash(i, 9) % 11",
        "possible": "10",
    },
    "usage": {
        "cadence": "'daily'",
        "period_start": "({at})::DATE",
        "period_end": "({at})::DATE",
        "is_active": "hash(i, 10) % 10 > 0",
        "active_days": "(hash(i, 10) % 10 > 0)::INTEGER",
        "messages": "CASE WHEN hash(i, 10) % 10 > 0 THEN 1 + hash(i, 11) % 30 ELSE 0 END",
        "gpt_messages": "0",
        "tool_messages": "0",
        "project_messages": "0",
    },
    "item_answers": {"form": "NULL", "test": "NULL", "attempt": "1", "anchor": "NULL"},
    "detections": {
        "form": "NULL",
        "test": "NULL",
        "attempt": "1",
        "hits": "hash(i, 16) % 4",
        "targets": "4",
        "false_alarms": "hash(i, 17) % 3",
        "non_targets": "4",
    },
    "tutor_turns": {
        "status": "'answered'",
        "prompts": "1",
        "redactions": "(i % 20 = 0)::INTEGER",  # as many as `tutor_redactions` has rows of: the attacker adds them up
        "blocked": "hash(i, 19) % 50 = 0",
    },
    "tutor_feedback": {"kind": "['helpful', 'unhelpful', 'wrong', 'worrying'][1 + (hash(i, 20) % 4)::INT]"},
    "tutor_redactions": {
        "digest": "md5('tutor_turns' || i * 20)::UUID",
        "times": "1",
        "type": "['email', 'phone', 'postcode', 'person_name', 'nino', 'court_case', 'iban']"
        "[1 + (hash(i, 18) % 7)::INT]",
    },
    "tutor_guards": {"digest": "md5('tutor_turns' || i * 25)::UUID", "times": "1"},
    "api_costs": {"currency": "'usd'"},
}
# Rows of each table for one learning event.
_SHARE: Final = {
    "learning_events": 1.0,
    "usage": 1.0,
    "item_answers": 0.1,
    "detections": 0.02,
    "tutor_turns": 0.1,
    "tutor_feedback": 0.01,
    "tutor_redactions": 0.005,
    "tutor_guards": 0.004,
    "course_results": 0.02,
    "completions": 0.02,
}
_FEW: Final = 2_000  # rows of a table that grows with the organisation and not with its people


def generate(path: Path, *, rows: int, people: int) -> None:
    """Write a warehouse with `rows` learning events, as many usage rows, and `people` people."""
    db = create(path)
    db.execute("INSERT INTO meta VALUES ('reporting_zone', 'Europe/London'), ('key_fingerprint', 'generated')")
    db.execute(f"""
        INSERT INTO people BY NAME
        SELECT n * 4 AS person, 'Department ' || {_PLACE} AS department, 'Group ' || ({_PLACE}) % 5 AS department_group,
               'Team ' || hash(n, 22) % 8 AS team, 'Grade ' || hash(n, 23) % 7 AS grade_band,
               'Profession ' || hash(n, 24) % 12 AS profession, 'Nation ' || hash(n, 25) % 4 AS nation,
               CASE WHEN hash(n, 26) % 10 < 8 THEN DATE '2025-11-01' + (hash(n, 27) % 360)::INTEGER END AS licence_from
        FROM range(1, {people} + 1) t(n)
    """)
    db.execute(f"INSERT INTO links SELECT n * 4 + 1, n * 4 FROM range(1, {people} + 1) t(n)")
    db.execute(f"INSERT INTO same_as SELECT n * 4 + 1, n * 4 + 1 FROM range(1, {people} + 1) t(n) WHERE n % 3 = 0")
    for table, columns in COLUMNS.items():
        if "digest" not in columns:
            continue
        size = int(rows * _SHARE[table]) if table in _SHARE else _FEW
        # A person acts the more, the smaller the number: some much, most little.
        person = f"(1 + (pow((hash(i, 1) % 1000000) / 1000000.0, 1.5) * {people - 1})::BIGINT)"
        at = f"{_START} + to_seconds(i * {_SECONDS} // {size})"
        own = _COMMON | _TABLES.get(table, {})
        chosen = {
            name: own.get(name, _GUESS[column.type]).format(table=table, column=name, at=at, person=person)
            for name, column in columns.items()
        }
        listed = ", ".join(f'({expression})::{columns[name].type} AS "{name}"' for name, expression in chosen.items())
        db.execute(f'INSERT INTO "{table}" SELECT {listed} FROM range({size}) t(i)')
    db.execute("CHECKPOINT")
    db.close()
