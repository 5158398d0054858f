"""The staging area of one load: rows as they are read, then the next warehouse made of the old one and of them.

Here is whose the rows are: who is one person, who was erased, which file brought what. How they become the next
warehouse's tables is `warehouse.merging`'s. Nothing reads the area but `warehouse.load`; DuckDB keeps what does not fit
into memory in FILE.spill.
"""

# ruff: noqa: S608 (statements are put together from this package's own names, never from input)

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import duckdb
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.errors import WarehouseError
from analytics_dash.i18n import _
from analytics_dash.masks import Mask
from analytics_dash.sources.roster import Roster
from analytics_dash.warehouse import store
from analytics_dash.warehouse.columns import FACTS, NO_MASK, arrow
from analytics_dash.warehouse.files import Files
from analytics_dash.warehouse.groups import grouped
from analytics_dash.warehouse.layout import COLUMNS, SUPERSEDED
from analytics_dash.warehouse.merging import PART_OF, has_alias, merge_table
from analytics_dash.warehouse.schema import IDENTITIES, REPORTING_ZONE, erased_with
from analytics_dash.warehouse.staged_rows import StagedRows

MEMORY: Final = "2GB"
_AT_A_TIME: Final = 50_000
# What DuckDB raises when the disk is full or memory ends; after such an error in a write it calls the database invalid.
_STOPPED: Final = (
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.TransactionException,
    duckdb.FatalException,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a file brought: `facts` distinct ones among its rows, of which `fresh` were not known before it.

    `gone` would be fresh, were they not about somebody who was erased.
    """

    facts: int
    fresh: int
    gone: int = 0


class Staging:
    """A load's staging area. A context manager; leaving it removes everything that was not swapped in."""

    def __init__(self, files: Files, mask: Mask = NO_MASK) -> None:
        self._files = files
        self._mask = mask
        self._has_old = files.has_warehouse
        self._loads: list[tuple[Any, ...]] = []
        store.create(files.next).close()
        self._db = duckdb.connect(config={"temp_directory": str(files.spill), "memory_limit": MEMORY})
        self._attach(files.next, "next", "")
        if self._has_old:
            self._attach(files.warehouse, "old", "(READ_ONLY)")
        self._db.begin()  # one commit, and so one wait for the disk, instead of one a table
        self.rows = StagedRows(self._db, (*FACTS.values(), *PART_OF, "same_as"), mask)
        self._db.execute("CREATE TABLE erase (alias BIGINT); CREATE TABLE said_anew (old UUID, new UUID)")
        self._db.commit()

    def erase(self, aliases: Iterable[int]) -> None:
        """Leave out everything of the persons who bear these aliases (under the mask), now and ever after."""
        self._db.executemany("INSERT INTO erase VALUES (?)", [[alias] for alias in aliases])

    def who_is_who(self, roster: Roster | None) -> None:
        """Now that all is read: who is one person, who is on the roster, and who was erased."""
        self.rows.settle()
        self._db.begin()
        self._db.execute("CREATE SCHEMA whole; CREATE TABLE whole.same_as (alias BIGINT, canonical BIGINT)")
        self._fill("whole.same_as", self._groups())
        for table in ("people", "links"):
            source = f"old.{table}" if self._has_old and roster is None else f"next.{table} LIMIT 0"
            self._db.execute(f"CREATE TABLE whole.{table} AS SELECT * FROM {source}")
        if roster is not None:
            of = self._mask.alias
            people = [person._replace(person=of(person.person)) for person in roster.people]
            self._fill("whole.people", arrow(people[0]._fields, people))
            links = [(of(alias), of(person)) for alias, person in roster.links.items()]
            if links:
                self._fill("whole.links", arrow(("alias", "person"), links))
        old = "UNION SELECT alias FROM old.erased" if self._has_old else ""
        self._db.execute(f"CREATE TABLE whole.seeds AS SELECT alias FROM erase {old}")
        identities = re.sub(r"\b(FROM|JOIN) (same_as|links)\b", r"\1 whole.\2", IDENTITIES)
        self._db.execute(f"CREATE TABLE whole.erased AS {erased_with('whole.seeds', identities)}")
        self._db.commit()

    def _attach(self, path: Path, name: str, options: str) -> None:
        quoted = str(path).replace("'", "''")
        self._db.execute(f"ATTACH '{quoted}' AS {name} {options}")

    def take_over(self, change: Callable[[str, pa.RecordBatch], pa.Table]) -> None:
        """Stage everything of the old warehouse, each batch of rows as `change` gives it, and forget the old one."""
        for table in (*FACTS.values(), *PART_OF):
            rows = self._old_rows(table, " EXCLUDE (superseded)" if SUPERSEDED in COLUMNS[table] else "")
            for batch in rows:
                self.rows.add(0, {table: change(table, batch)})
        for batch in self._old_rows("same_as", ""):
            self.rows.add(0, {"same_as": change("same_as", batch)})
        self.rows.settle()
        self._db.execute(
            "CREATE SCHEMA IF NOT EXISTS whole; CREATE TABLE whole.same_as (alias BIGINT, canonical BIGINT)"
        )
        self._fill("whole.same_as", self._groups(old=False))
        for table in ("people", "links", "erased"):
            self._db.execute(f"CREATE TABLE whole.{table} AS SELECT * FROM old.{table} LIMIT 0")
            for batch in self._old_rows(table, ""):
                self._fill(f"whole.{table}", change(table, batch))
        self._loads = self._db.execute("SELECT * FROM old.loads").fetchall()
        self._has_old = False

    def _old_rows(self, table: str, extra: str) -> Iterator[pa.RecordBatch]:
        # A cursor of its own: rows go into the area while these come out.
        with self._db.cursor() as cursor:
            yield from cursor.sql(f"SELECT *{extra} FROM old.{table}").to_arrow_reader(_AT_A_TIME)

    def say_anew(self, row: type) -> None:
        """Find the old facts that staged ones say anew: equal in all but the digest, which once was made otherwise.

        They are known already, and the staged ones take their place. Call it where an earlier version of the reader,
        whose digests are no more, has loaded facts.
        """
        if not self._has_old:
            return
        table = FACTS[row]
        same = " AND ".join(
            f'o."{name}" {"=" if column.required else "IS NOT DISTINCT FROM"} f."{name}"'
            for name, column in COLUMNS[table].items()
            if name not in {"digest", SUPERSEDED}
        )
        self._db.execute(f"""
            INSERT INTO said_anew SELECT DISTINCT o.digest, f.digest FROM old.{table} o JOIN {table} f ON {same}
            WHERE o.digest NOT IN (SELECT digest FROM {table})
        """)

    def found(self, row: type) -> dict[int, Found]:
        """Per file: its distinct facts, and those that neither the warehouse nor an earlier file has."""
        table = FACTS[row]
        known = "f.digest IN (SELECT new FROM said_anew)"
        if self._has_old:
            known = f"({known} OR f.digest IN (SELECT digest FROM old.{table}))"
        who = "alias" if has_alias(table) else "NULL::BIGINT AS alias"
        rows = self._db.execute(f"""
            WITH facts AS (SELECT DISTINCT digest, file, {who} FROM {table}),
                 firsts AS (SELECT digest, min(file) AS file, any_value(alias) AS alias FROM facts GROUP BY digest),
                 fresh AS (
                    SELECT file, count(*) FILTER (e.alias IS NULL) AS n, count(e.alias) AS gone
                    FROM firsts f LEFT JOIN whole.erased e ON e.alias = f.alias WHERE NOT {known} GROUP BY file
                 )
            SELECT facts.file, count(*), coalesce(any_value(fresh.n), 0), coalesce(any_value(fresh.gone), 0)
            FROM facts LEFT JOIN fresh ON fresh.file = facts.file GROUP BY facts.file
        """).fetchall()
        return {int(file): Found(int(facts), int(fresh), int(gone)) for file, facts, fresh, gone in rows}

    def merge(self, *, fingerprint: str, loads: Iterable[tuple[Any, ...]], replace_roster: bool = False) -> None:
        """Fill the next warehouse: the old one's facts and the staged ones, each once, in order."""
        self._db.begin()
        self._meta_and_loads(fingerprint, loads, replace_roster=replace_roster)
        not_erased = "NOT IN (SELECT alias FROM whole.erased)"
        self._db.execute(f"""
            INSERT INTO next.people SELECT * FROM whole.people WHERE person {not_erased} ORDER BY ALL;
            INSERT INTO next.links
            SELECT * FROM whole.links WHERE alias {not_erased} AND person {not_erased} ORDER BY ALL;
            INSERT INTO next.same_as SELECT alias, min(alias) OVER (PARTITION BY canonical)
            FROM whole.same_as WHERE alias {not_erased} ORDER BY ALL;
            INSERT INTO next.erased SELECT alias FROM whole.erased ORDER BY ALL;
        """)
        for table in (*FACTS.values(), *PART_OF):
            merge_table(self._db, table, has_old=self._has_old)
        self._db.commit()

    def _meta_and_loads(self, fingerprint: str, loads: Iterable[tuple[Any, ...]], *, replace_roster: bool) -> None:
        self._db.execute(
            "INSERT INTO next.meta VALUES ('key_fingerprint', ?), ('reporting_zone', ?)", [fingerprint, REPORTING_ZONE]
        )
        entries = {(row[0], row[1], row[-1]): row for row in loads}
        if self._has_old:
            self._loads = self._db.execute("SELECT * FROM old.loads").fetchall()
        for row in self._loads:
            if not (replace_roster and row[1] == Roster.kind):
                entries.setdefault((row[0], row[1], row[-1]), row)
        for _key, row in sorted(entries.items()):
            self._db.execute(f"INSERT INTO next.loads VALUES ({', '.join('?' * len(row))})", list(row))

    def _groups(self, *, old: bool = True) -> pa.Table:
        before = "UNION SELECT alias, canonical FROM old.same_as" if self._has_old and old else ""
        # By way of Arrow: DuckDB's own way to NumPy imports masked arrays, 0.03 s.
        pairs = self._db.sql(f"SELECT DISTINCT alias, canonical FROM same_as {before}").to_arrow_table()
        return pa.table(grouped(*(column.to_numpy() for column in pairs.columns)), ["alias", "canonical"])

    def _fill(self, table: str, rows: pa.Table) -> None:
        self._db.register("arrow", rows)
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


@contextmanager
def told_apart() -> Iterator[None]:
    """Turn what happens when the disk is full or memory ends into a `WarehouseError`; the old warehouse stays."""
    try:
        yield
    except (OSError, *_STOPPED) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise WarehouseError(
            _("The load stopped ({reason}); the warehouse is as it was before. Is the disk full?").format(reason=reason)
        ) from error
