"""The staging area of one load: rows as they are read, then the next warehouse made of the old one and of them.

Every rule that makes the content a function of the inputs alone is here: a fact counts once whatever file it came in,
rows lie in an order of their own, and of two reports of one person's period the larger one counts. Nothing reads the
area but `warehouse.load`; DuckDB keeps what does not fit into memory in FILE.spill.
"""

# ruff: noqa: S608 (statements are put together from this package's own names, never from input)

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import duckdb
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
from analytics_dash.sources.roster import Roster
from analytics_dash.warehouse import store
from analytics_dash.warehouse.files import Files
from analytics_dash.warehouse.groups import grouped
from analytics_dash.warehouse.schema import REPORTING_ZONE

MEMORY: Final = "2GB"

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
PARTS: Final[dict[type[ItemAnswer | Detected | Redacted | Guarded], str]] = {
    ItemAnswer: "item_answers",
    Detected: "detections",
    Redacted: "tutor_redactions",
    Guarded: "tutor_guards",
}
_PART_OF: Final = {
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
    "item_answers": '"at", digest, item',
    "detections": '"at", digest',
}
_PERSON: Final = "coalesce(s.canonical, f.alias)"
# Of several records about the same, the one that counts: the first in its order. Reports are snapshots and figures grow
# while a period is open, so it is the latest one, in whatever order they were loaded.
_LATEST: Final = {
    "usage": (
        f"{_PERSON}, f.tool, f.cadence, f.period_start",
        "f.period_end DESC, f.messages DESC NULLS LAST, f.gpt_messages DESC NULLS LAST, "
        "f.tool_messages DESC NULLS LAST, f.project_messages DESC NULLS LAST, f.is_active DESC, "
        "f.active_days DESC NULLS LAST, f.digest",
    ),
    "tutor_feedback": (f"{_PERSON}, f.turn, f.kind IN ('helpful', 'unhelpful')", 'f."at" DESC, f.kind, f.digest'),
    "course_results": (
        f"{_PERSON}, f.course",
        "f.as_of DESC, f.grade DESC NULLS LAST, f.passed DESC NULLS LAST, f.certificate DESC NULLS LAST, f.digest",
    ),
    "completions": (f"{_PERSON}, f.course", "f.as_of DESC, f.ratio DESC, f.digest"),
    "api_usage": ("f.day, f.project, f.model", "f.as_of DESC, f.requests DESC, f.tokens_out DESC, f.digest"),
    "api_costs": ("f.day, f.project, f.line_item, f.currency", "f.as_of DESC, f.amount_micro DESC, f.digest"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a file brought: `facts` distinct ones among its rows, of which `fresh` were not known before it."""

    facts: int
    fresh: int


class Staging:
    """A load's staging area. A context manager; leaving it removes everything that was not swapped in."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._has_old = files.has_warehouse
        store.create(files.next).close()
        self._db = duckdb.connect(
            str(files.staged), config={"temp_directory": str(files.spill), "memory_limit": MEMORY}
        )
        self._attach(files.next, "next", "")
        if self._has_old:
            self._attach(files.warehouse, "old", "(READ_ONLY)")
        for table in (*FACTS.values(), *_PART_OF):
            # The target's shape without its constraints, and the file in front.
            extra = " EXCLUDE (superseded)" if table in _LATEST else ""
            self._db.execute(f"CREATE TABLE {table} AS SELECT 0 AS file, *{extra} FROM next.{table} LIMIT 0")
        self._db.execute("CREATE TABLE same_as (file INTEGER, alias BIGINT, canonical BIGINT)")

    def _attach(self, path: Path, name: str, options: str) -> None:
        quoted = str(path).replace("'", "''")
        self._db.execute(f"ATTACH '{quoted}' AS {name} {options}")

    def add(self, file: int, batch: Batch) -> None:
        """Stage a batch's rows and pairs as the given file's."""
        if batch.rows:
            kind = type(batch.rows[0])
            self._insert(FACTS[kind], file, kind._fields, batch.rows)
        for part, table in PARTS.items():
            self._insert(table, file, part._fields, [row for row in batch.parts if isinstance(row, part)])
        self._insert("same_as", file, ("alias", "canonical"), list(batch.same_as))

    def _insert(self, table: str, file: int, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self._db.register("arrow", _arrow(names, rows))
            self._db.execute(f"INSERT INTO {table} BY NAME SELECT {file} AS file, * FROM arrow")
            self._db.unregister("arrow")

    def forget(self, file: int) -> None:
        """Take back everything of a file that turned out to be unreadable."""
        for table in (*FACTS.values(), *_PART_OF, "same_as"):
            self._db.execute(f"DELETE FROM {table} WHERE file = {file}")

    def found(self, row: type) -> dict[int, Found]:
        """Per file: its distinct facts, and those that neither the warehouse nor an earlier file has."""
        table = FACTS[row]
        known = f"EXISTS (SELECT 1 FROM old.{table} o WHERE o.digest = f.digest)" if self._has_old else "false"
        rows = self._db.execute(f"""
            WITH facts AS (SELECT digest, file FROM {table} GROUP BY ALL),
                 firsts AS (SELECT digest, min(file) AS file FROM facts GROUP BY digest),
                 fresh AS (SELECT file, count(*) AS n FROM firsts f WHERE NOT {known} GROUP BY file)
            SELECT facts.file, count(*), coalesce(any_value(fresh.n), 0)
            FROM facts LEFT JOIN fresh ON fresh.file = facts.file GROUP BY facts.file
        """).fetchall()
        return {int(file): Found(int(facts), int(fresh)) for file, facts, fresh in rows}

    def merge(self, *, fingerprint: str, loads: Iterable[tuple[Any, ...]], roster: Roster | None) -> None:
        """Fill the next warehouse: the old one's facts and the staged ones, each once, in order."""
        self._meta_and_loads(fingerprint, loads, replace_roster=roster is not None)
        self._people(roster)
        pairs = self._pairs()
        self._fill("next.same_as", ("alias", "canonical"), sorted(grouped(pairs).items()))
        for table in (*FACTS.values(), *_PART_OF):
            # A fact that is read again replaces itself with its parts: so a new reader version reaches old facts.
            fact = _PART_OF.get(table, table)
            kept = (
                f"UNION ALL SELECT * FROM old.{table} o WHERE o.digest NOT IN (SELECT digest FROM {fact})"
                if self._has_old
                else ""
            )
            columns, joined = "f.*", ""
            if table in _LATEST:
                kept = kept.replace("SELECT *", "SELECT * EXCLUDE (superseded)")
                same, order = _LATEST[table]
                columns = f"f.*, row_number() OVER (PARTITION BY {same} ORDER BY {order}) > 1"
                if _PERSON in same:
                    joined = "LEFT JOIN next.same_as s ON s.alias = f.alias"
            self._db.execute(f"""
                INSERT INTO next.{table}
                SELECT {columns}
                FROM (SELECT DISTINCT * EXCLUDE (file) FROM {table} {kept}) f {joined}
                ORDER BY {", ".join("f." + name.strip() for name in _ORDER[table].split(","))}
            """)

    def _meta_and_loads(self, fingerprint: str, loads: Iterable[tuple[Any, ...]], *, replace_roster: bool) -> None:
        self._db.execute(
            "INSERT INTO next.meta VALUES ('key_fingerprint', ?), ('reporting_zone', ?)", [fingerprint, REPORTING_ZONE]
        )
        entries = {(row[0], row[1], row[-1]): row for row in loads}
        if self._has_old:
            for row in self._db.execute("SELECT * FROM old.loads").fetchall():
                if not (replace_roster and row[1] == Roster.kind):
                    entries.setdefault((row[0], row[1], row[-1]), row)
        for _key, row in sorted(entries.items()):
            self._db.execute(f"INSERT INTO next.loads VALUES ({', '.join('?' * len(row))})", list(row))

    def _people(self, roster: Roster | None) -> None:
        if roster is not None:
            self._fill("next.people", roster.people[0]._fields, sorted(roster.people))
            self._fill("next.links", ("alias", "person"), sorted(roster.links.items()))
        elif self._has_old:
            for table in ("people", "links"):
                self._db.execute(f"INSERT INTO next.{table} SELECT * FROM old.{table} ORDER BY ALL")

    def _pairs(self) -> list[tuple[int, int]]:
        old = "UNION SELECT alias, canonical FROM old.same_as" if self._has_old else ""
        return self._db.execute(f"SELECT DISTINCT alias, canonical FROM same_as {old}").fetchall()

    def _fill(self, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self._db.register("arrow", _arrow(names, rows))
            self._db.execute(f"INSERT INTO {table} BY NAME SELECT * FROM arrow")
            self._db.unregister("arrow")

    def close_next(self) -> None:
        """Write the next warehouse out, so that it can be swapped in."""
        self._db.execute("DETACH next")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._files.clear_leftovers()


def _arrow(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return pa.table({name: pa.array(values, _ARROW.get(name, _TEXT)) for name, values in columns})
