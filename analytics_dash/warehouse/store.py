"""A warehouse opened for reading: its tables as Ibis expressions, its content's digest, the digests of its inputs.

Indicators and releases open it here and get `people` and the views with persons resolved, nothing else. A
loading writer never blocks a reader: it swaps in a new file, and an open reader keeps the old one until it closes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

from analytics_dash.errors import UsageError, WarehouseError
from analytics_dash.i18n import _
from analytics_dash.warehouse.schema import SCHEMA_VERSION, TABLES, statements
from analytics_dash.warehouse.url import warehouse_path

if TYPE_CHECKING:
    import ibis.expr.types as ir  # type: ignore[import-untyped,unused-ignore]


@dataclass(frozen=True, slots=True)
class WarehouseTables:
    """What indicators may read, as Ibis table expressions; the columns are in `warehouse.schema`."""

    people: ir.Table
    learning: ir.Table
    usage: ir.Table
    turns: ir.Table
    answers: ir.Table
    detections: ir.Table
    redactions: ir.Table
    guards: ir.Table
    feedback: ir.Table
    results: ir.Table
    completions: ir.Table
    api_usage: ir.Table
    api_costs: ir.Table
    posture: ir.Table


class Warehouse:
    """An open warehouse. A context manager: `with open_warehouse(url) as warehouse: …`."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path = path
        self._read_only = read_only
        self.connection = connect(path, read_only=read_only)

    @cached_property
    def _backend(self) -> Any:
        # Ibis takes a second to import; commands that only look at a digest do without.
        import ibis  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415

        return ibis.duckdb.from_connection(self.connection)

    def tables(self) -> WarehouseTables:
        """The tables, bound to this connection."""
        table = self._backend.table
        return WarehouseTables(
            people=table("people"),
            learning=table("learning"),
            usage=table("usage_by_person"),
            turns=table("turns_by_person"),
            answers=table("answers_by_person"),
            detections=table("detections_by_person"),
            redactions=table("tutor_redactions"),
            guards=table("tutor_guards"),
            feedback=table("feedback_by_person"),
            results=table("results_by_person"),
            completions=table("completions_by_person"),
            api_usage=table("current_api_usage"),
            api_costs=table("current_api_costs"),
            posture=table("posture"),
        )

    def digest(self) -> str:
        """SHA-256 (hex) over the content of every table, whatever the order of the rows in the file."""
        total = hashlib.sha256()
        for name in sorted(TABLES):
            # All rows, of which there is one: a result that is not read to its end keeps DuckDB's connection busy.
            (row,) = self.connection.execute(
                f"SELECT count(*), sum(md5_number_lower(CAST(t AS VARCHAR))::HUGEINT), "  # noqa: S608 (our own names)
                f'sum(md5_number_upper(CAST(t AS VARCHAR))::HUGEINT) FROM "{name}" t'
            ).fetchall()
            total.update(f"{name} {row}\n".encode())
        return total.hexdigest()

    def inputs(self) -> list[str]:
        """SHA-256 (hex) of every file that was loaded, sorted."""
        rows = self.connection.execute("SELECT DISTINCT file_digest FROM loads ORDER BY 1").fetchall()
        return [str(row[0]) for row in rows]

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection to an existing warehouse.

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
        versions = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchall()
    except duckdb.Error as error:
        connection.close()
        raise WarehouseError(
            _("{name} is a DuckDB database but not an adoption warehouse; give the path of a new file instead.").format(
                name=path.name
            )
        ) from error
    if versions != [(SCHEMA_VERSION,)]:
        connection.close()
        raise WarehouseError(
            _("{name} was written by another version of this software: load the feeds into a new file.").format(
                name=path.name
            )
        )
    return connection


def create(path: Path) -> duckdb.DuckDBPyConnection:
    """A new, empty warehouse with its schema version set; the caller fills the rest of `meta`."""
    connection = duckdb.connect(str(path))
    for statement in statements():
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('schema_version', ?)", [SCHEMA_VERSION])
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
