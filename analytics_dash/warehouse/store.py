"""A warehouse in a DuckDB file, opened for reading: its tables as Ibis expressions, the digests of content and inputs.

Indicators and releases open it here and get `people` and the views with persons resolved, nothing else. A
loading writer never blocks a reader: it swaps in a new file, and an open reader keeps the old one until it closes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.errors import UsageError, WarehouseError
from analytics_dash.i18n import _
from analytics_dash.warehouse.engines.base import ROWS, Engine, conform
from analytics_dash.warehouse.engines.content import digest_of, folded
from analytics_dash.warehouse.engines.tables import WarehouseTables
from analytics_dash.warehouse.layout import COLUMNS, READ, arrow_schema, select, stored
from analytics_dash.warehouse.memory import enough_memory, memory
from analytics_dash.warehouse.schema import SCHEMA_VERSION, UPGRADES, statements
from analytics_dash.warehouse.url import warehouse_path

if TYPE_CHECKING:
    import ibis.expr.types as ir  # type: ignore[import-untyped,unused-ignore]


class Warehouse(Engine):
    """An open warehouse in a DuckDB file. A context manager: `with open_warehouse(url) as warehouse: …`."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        super().__init__()
        self.path = path
        self._read_only = read_only
        self.connection = connect(path, read_only=read_only)
        # What a release gathers of hundreds of millions of rows goes to disk, beside the file, rather than on growing.
        self.connection.execute(f"SET memory_limit = '{memory()}'; SET preserve_insertion_order = false")

    @cached_property
    def _backend(self) -> Any:
        # Ibis takes a second to import; commands that only look at a digest do without.
        import ibis  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415

        return ibis.duckdb.from_connection(self.connection)

    def tables(self) -> WarehouseTables:
        """The tables, bound to this connection; persons are resolved by the file's own views."""
        if self._tables is None:
            each = {name: self._backend.table(view) for name, (view, _table) in READ.items()}
            self._tables = WarehouseTables(share=self.share, **each)
        return self._tables

    def digest(self) -> str:
        """SHA-256 (hex) over the content of every table, whatever the order of the rows in the file."""
        return digest_of(lambda table: folded(self.connection, table, table))

    def inputs(self) -> list[str]:
        """SHA-256 (hex) of every file that was loaded, sorted."""
        rows = self.connection.execute("SELECT DISTINCT file_digest FROM loads ORDER BY 1").fetchall()
        return [str(row[0]) for row in rows]

    def batches(self, table: str, *, extras: bool = False) -> Iterator[pa.RecordBatch]:
        schema = arrow_schema(stored(table) if extras else COLUMNS[table])
        # A cursor of its own: the connection may be asked something else while the rows are on their way.
        with self.connection.cursor() as cursor:
            for batch in cursor.sql(select(table, extras=extras)).to_arrow_reader(ROWS):
                yield conform(batch, schema)

    def _table(self, name: str) -> ir.Table:
        return self._backend.table(name)

    def _store(self, name: str, expression: ir.Table) -> ir.Table:
        with enough_memory():
            return self._backend.create_table(name, expression, temp=True)

    def _drop(self, name: str) -> None:
        self.connection.execute(f'DROP TABLE "{name}"')  # Ibis 12 writes a statement without a name

    def close(self) -> None:
        self.connection.close()


def connect(path: Path, *, read_only: bool, versions: Collection[str] = (SCHEMA_VERSION,)) -> duckdb.DuckDBPyConnection:
    """A connection to an existing warehouse of one of these schema versions.

    Raises `WarehouseError` where the file is no DuckDB database, no warehouse of ours, or of another schema version.
    """
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        raise WarehouseError(
            _("{name} cannot be opened as a DuckDB database: check that it is the warehouse's file.").format(
                name=path.name
            )
        ) from error
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    except duckdb.Error as error:
        connection.close()
        raise WarehouseError(
            _("{name} is a DuckDB database but not an adoption warehouse; give the path of a new file instead.").format(
                name=path.name
            )
        ) from error
    version = row[0] if row else None
    if version not in versions:
        connection.close()
        if version in UPGRADES:
            raise WarehouseError(
                _(
                    "{name} was written by an earlier version of this software. Nothing in it is lost: run adoption "
                    "warehouse upgrade --warehouse URL once."
                ).format(name=path.name)
            )
        raise WarehouseError(
            _("{name} was written by another version of this software: load the feeds into a new file.").format(
                name=path.name
            )
        )
    return connection


def create(path: Path) -> duckdb.DuckDBPyConnection:
    """A new, empty warehouse with its schema version set; the caller fills the rest of `meta`."""
    connection = duckdb.connect(str(path))
    connection.begin()  # one commit, and so one wait for the disk, instead of one a table
    for statement in statements():
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('schema_version', ?)", [SCHEMA_VERSION])
    connection.commit()
    return connection


def open_warehouse(url: str, *, read_only: bool = True) -> Warehouse:
    """Open the warehouse at `url` (`duckdb:///FILE`).

    Raises `UsageError` for a malformed URL or a file that is not there, `WarehouseError` for one that is no warehouse.
    """
    path = warehouse_path(url)
    if not path.is_file():
        raise UsageError(
            _("There is no warehouse at {name}: load feeds into it first (adoption load --warehouse …).").format(
                name=path.name
            )
        )
    return Warehouse(path, read_only=read_only)
