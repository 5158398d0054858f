"""A warehouse on ClickHouse: a server over HTTP, or the same engine in this process (chdb), with its settings pinned.

    adoption_versions          one row a version: its number, its tables' suffix, its content's digest
    TABLE__SUFFIX              a version's tables; never changed, and the one before stays until the next copy, unless
                               it knows somebody who was erased since (`forgetting`)

Without the settings half of Ibis's expressions are silently wrong: a missing partner of an outer join is then nought or
the empty text, and a sum of nothing is nought. Opened by `opening.open_engine`, written by `engines.copy`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.errors import UnavailableError, WarehouseError
from analytics_dash.i18n import _
from analytics_dash.warehouse.engines.base import Engine, conform
from analytics_dash.warehouse.engines.forgetting import must_go
from analytics_dash.warehouse.layout import COLUMNS, Column, arrow_schema, order, stored
from analytics_dash.warehouse.schema import TABLES
from analytics_dash.warehouse.url import PASSWORD, ClickHouseAddress

if TYPE_CHECKING:
    import ibis.expr.types as ir  # type: ignore[import-untyped,unused-ignore]

SETTINGS: Final = {
    "join_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "session_timezone": "UTC",
}
"""Pinned for every connection, whatever the server's profile says."""

_VERSIONS: Final = "adoption_versions"
_TYPES: Final = {
    "BIGINT": "Int64",
    "INTEGER": "Int32",
    "VARCHAR": "String",
    "DOUBLE": "Float64",
    "BOOLEAN": "Bool",
    "DATE": "Date32",
    "TIMESTAMP": "DateTime64(6)",
    "UUID": "String",
}
# Texts of which there are few, in columns without nulls (Ibis takes a nullable one for one without).
_FEW: Final = frozenset({"kind", "tool", "cadence", "status", "lesson", "step", "item", "type", "rule", "course"})


class ClickHouseWarehouse(Engine):
    """An open warehouse on ClickHouse; `suffix` names the version whose tables are read, the last one if not given."""

    def __init__(self, place: ClickHouseAddress, *, suffix: str | None = None) -> None:
        super().__init__()
        self._place = place
        self.client = client(place)
        found = suffix or current(self.client, place.database)[0]
        if found is None:
            raise WarehouseError(
                _("ClickHouse's {name} holds no warehouse yet: adoption warehouse copy FROM TO makes one.").format(
                    name=place.database
                )
            )
        self.suffix: str = found

    @cached_property
    def _backend(self) -> Any:
        from analytics_dash.warehouse.engines.clickhouse_ibis import backend  # noqa: PLC0415 (imports Ibis)

        return backend(self.client)

    def batches(self, table: str, *, extras: bool = False) -> Iterator[pa.RecordBatch]:
        columns = stored(table) if extras else COLUMNS[table]
        schema = arrow_schema(columns)
        names, by = (", ".join(f'"{name}"' for name in some) for some in (columns, order(table)))
        source = f'"{self._place.database}"."{table}__{self.suffix}"'
        statement = f"SELECT {names} FROM {source} ORDER BY {by}"  # noqa: S608 (our own names)
        with self.client.query_arrow_stream(statement) as stream:
            for batch in stream:
                yield conform(batch, schema)

    def _table(self, name: str) -> ir.Table:
        return self._backend.table(f"{name}__{self.suffix}", database=self._place.database)

    def _store(self, name: str, expression: ir.Table) -> ir.Table:
        return self._backend.keep(name, expression)

    def _drop(self, name: str) -> None:
        self.client.command(f'DROP TABLE "{name}"')

    def close(self) -> None:
        self.client.close()


def client(place: ClickHouseAddress) -> Any:
    """A connection with the settings pinned. Raises `UnavailableError`, `WarehouseError`."""
    try:
        import clickhouse_connect  # noqa: PLC0415 (an extra)
        from clickhouse_connect.driver.exceptions import Error  # noqa: PLC0415

        if place.path is not None:
            import chdb  # noqa: F401, PLC0415
    except ImportError as error:
        raise UnavailableError(
            _('A warehouse on ClickHouse needs its driver: python -m pip install "xblock-ai-tutor[clickhouse]".')
        ) from error
    try:
        if place.path is not None:
            return clickhouse_connect.get_client(interface="chdb", path=str(place.path), settings=dict(SETTINGS))
        return clickhouse_connect.get_client(
            host=place.host,
            port=place.port or 0,
            username=place.user,
            password=os.environ.get(PASSWORD, ""),
            secure=place.secure,
            query_limit=0,
            settings=dict(SETTINGS),
        )
    except Error as error:
        raise WarehouseError(
            _("ClickHouse does not answer at {host}: check address and user, and the password in {variable}.").format(
                host=place.host or place.database, variable=PASSWORD
            )
        ) from error


def current(connection: Any, database: str) -> tuple[str | None, str | None, int]:
    """Suffix, digest and number of the version that readers open; None, None and 0 where there is none."""
    if not _exists(connection, database):
        return None, None, 0
    rows = connection.query(
        f'SELECT suffix, digest, number FROM "{database}"."{_VERSIONS}" ORDER BY number DESC LIMIT 1'  # noqa: S608
    ).result_rows
    return (str(rows[0][0]), str(rows[0][1]), int(rows[0][2])) if rows else (None, None, 0)


def _exists(connection: Any, database: str) -> bool:
    found = connection.query(
        "SELECT count() FROM system.tables WHERE database = {db:String} AND name = {name:String}",
        parameters={"db": database, "name": _VERSIONS},
    ).result_rows
    return bool(found[0][0])


class NewVersion:
    """The next version's tables, which no reader sees before `swap_in`."""

    def __init__(self, place: ClickHouseAddress) -> None:
        self._place = place
        self.client = client(place)
        self.suffix = uuid4().hex[:12]
        self._current = False
        self.client.command(f'CREATE DATABASE IF NOT EXISTS "{place.database}"')
        self.client.command(
            f'CREATE TABLE IF NOT EXISTS "{place.database}"."{_VERSIONS}" '
            "(number Int64, suffix String, digest String) ENGINE = MergeTree ORDER BY number"
        )

    def write(self, table: str, batches: Iterable[pa.RecordBatch]) -> int:
        """Make and fill a table; return how many rows."""
        columns = ", ".join(f'"{name}" {_type(name, column)}' for name, column in stored(table).items())
        # Nothing may be null in the order: an optional column is no part of it.
        by = ", ".join(f'"{name}"' for name in order(table) if stored(table)[name].required)
        name = f"{table}__{self.suffix}"
        self.client.command(
            f'CREATE TABLE "{self._place.database}"."{name}" ({columns}) ENGINE = MergeTree ORDER BY ({by})'
        )
        total = 0
        for batch in batches:
            if batch.num_rows:
                self.client.insert_arrow(name, pa.Table.from_batches([batch]), database=self._place.database)
                total += batch.num_rows
        return total

    def swap_in(self, digest: str) -> None:
        """Let readers open this version; older ones go."""
        database = self._place.database
        _before, _digest, number = current(self.client, database)
        self.client.insert(
            _VERSIONS,
            [[number + 1, self.suffix, digest]],
            column_names=["number", "suffix", "digest"],
            database=database,
        )
        self._current = True
        self.clear()

    def clear(self) -> None:
        """Drop all versions but the one that readers open, and the one before that unless it must go."""
        database = self._place.database
        rows = self.client.query(
            f'SELECT suffix FROM "{database}"."{_VERSIONS}" ORDER BY number DESC LIMIT 2'  # noqa: S608
        ).result_rows
        now, *before = [str(suffix) for (suffix,) in rows]
        there = self._tables()
        kept = {now, *(each for each in before if each in there and not self._must_go(each, now))}
        for suffix in there.keys() - kept:
            for name in there[suffix]:
                self._drop(name)

    def _tables(self) -> dict[str, list[str]]:
        """The names of the tables that are there, by their version's suffix."""
        names = self.client.query(
            "SELECT name FROM system.tables WHERE database = {db:String}", parameters={"db": self._place.database}
        ).result_rows
        found: dict[str, list[str]] = {}
        for (name,) in names:
            table, _separator, suffix = str(name).rpartition("__")
            if table in TABLES:
                found.setdefault(suffix, []).append(str(name))
        return found

    def _must_go(self, before: str, now: str) -> bool:
        with (
            ClickHouseWarehouse(self._place, suffix=now) as new,
            ClickHouseWarehouse(self._place, suffix=before) as old,
        ):
            return must_go(old.batches, new.batches)

    def give_up(self) -> None:
        """Remove what was written, unless readers open it already."""
        for table in () if self._current else TABLES:
            self._drop(f"{table}__{self.suffix}")

    def _drop(self, table: str) -> None:
        # SYNC: without it a table's files stay for some minutes, or for good where the engine ends before.
        self.client.command(f'DROP TABLE IF EXISTS "{self._place.database}"."{table}" SYNC')


def _type(name: str, column: Column) -> str:
    kind = _TYPES[column.type]
    if not column.required:
        return f"Nullable({kind})"
    return f"LowCardinality({kind})" if kind == "String" and name in _FEW else kind
