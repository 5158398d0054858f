"""Rows on their way into the next warehouse: as Arrow keeps them for as long as they are few, then in DuckDB's tables.

`warehouse.staging` adds what is read, by the file that it came in, and asks for the tables when all is there. What fits
into `KEPT` is never copied into the area: DuckDB looks at it where it lies, under the table's name.
"""

# ruff: noqa: S608 (statements are put together from this package's own names, never from input)

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import duckdb
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.masks import Mask
from analytics_dash.warehouse.columns import Columns, masked
from analytics_dash.warehouse.layout import COLUMNS, SUPERSEDED

KEPT: Final = 128 << 20
"""Bytes of rows that are kept as they are; DuckDB, where more of them go, lays on disk what is too much for memory."""


class StagedRows:
    """The staged rows of some tables, each with a column `file` in front: which of the load's files it came in."""

    def __init__(self, db: duckdb.DuckDBPyConnection, tables: Iterable[str], mask: Mask) -> None:
        """`db` has next.TABLE for each of the tables, whose shape the staged one takes without its constraints."""
        self._db = db
        self._mask = mask
        self._tables = tuple(tables)
        self._kept: dict[tuple[int, str], list[pa.Table]] = {}
        self._size = 0  # of what is kept, bytes
        self._stored: set[str] = set()  # the tables of which something has gone into DuckDB
        for table in self._tables:
            self._db.execute(f"CREATE TABLE {table} AS SELECT 0 AS file, {_names(table)} FROM next.{table} LIMIT 0")

    def add(self, file: int, columns: Columns) -> None:
        """Stage rows and pairs as the given file's."""
        for table, rows in columns.items():
            self._kept.setdefault((file, table), []).append(rows)
            self._size += rows.nbytes
        if self._size > KEPT:
            self._store(self._kept.copy())

    def forget(self, file: int) -> None:
        """Take back everything of a file that turned out to be unreadable."""
        for key in [key for key in self._kept if key[0] == file]:
            self._size -= sum(rows.nbytes for rows in self._kept.pop(key))
        for table in self._stored:
            self._db.execute(f"DELETE FROM {table} WHERE file = {file}")

    def settle(self) -> None:
        """Now that all is there: have every table of the area show its rows."""
        self._store({key: rows for key, rows in self._kept.items() if key[1] in self._stored})
        for table in self._tables:
            kept = [self._masked(*key) for key in list(self._kept) if key[1] == table]
            if kept:
                self._db.execute(f"DROP TABLE {table}")
                self._db.register(table, pa.concat_tables(kept))

    def _store(self, keys: Iterable[tuple[int, str]]) -> None:
        # One thread: on some ten thousands of rows several do no more than wait for each other, at twice the cost.
        self._db.execute("SET threads = 1")
        for file, table in keys:
            self._db.register("arrow", self._masked(file, table))
            self._db.execute(f"INSERT INTO {table} SELECT * FROM arrow")
            self._db.unregister("arrow")
            self._stored.add(table)
        self._db.execute("RESET threads")

    def _masked(self, file: int, table: str) -> pa.Table:
        """The kept rows, no longer kept, as they are written. The more at once, the less the mask costs."""
        kept = self._kept.pop((file, table))
        self._size -= sum(rows.nbytes for rows in kept)
        rows = masked(pa.concat_tables(kept), self._mask).select(_columns(table))
        return rows.add_column(0, "file", pa.repeat(pa.scalar(file, pa.int32()), len(rows)))


def _columns(table: str) -> list[str]:
    """The columns that readers fill in."""
    return [name for name in COLUMNS[table] if name != SUPERSEDED]


def _names(table: str) -> str:
    return ", ".join(f'"{name}"' for name in _columns(table))
