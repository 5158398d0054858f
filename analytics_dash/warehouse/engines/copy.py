"""Copying a warehouse from one engine to another: the same content, in bounded memory, at once for readers.

The target is written beside what readers see, read again, compared with the source by digest, and only then swapped in.
A copy that was killed leaves the old content; the same command again gives what an undisturbed one would have given.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.errors import UsageError, WarehouseError
from analytics_dash.i18n import _
from analytics_dash.stages import Begun, quiet
from analytics_dash.warehouse import store
from analytics_dash.warehouse.engines import parquet
from analytics_dash.warehouse.engines.base import Engine
from analytics_dash.warehouse.engines.content import content_digest
from analytics_dash.warehouse.engines.opening import open_engine
from analytics_dash.warehouse.enumerations import enumerate_texts
from analytics_dash.warehouse.files import Files, locked
from analytics_dash.warehouse.layout import COLUMNS, arrow_schema, order
from analytics_dash.warehouse.schema import SCHEMA_VERSION, TABLES
from analytics_dash.warehouse.url import ClickHouseAddress, DuckDBAddress, SparkAddress, address

MEMORY = "1GB"


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy did: the content's digest; `changed` is false where the target had it already."""

    digest: str
    changed: bool


def copy(source_url: str, target_url: str, *, replace: bool = False, begun: Begun = quiet) -> Copied:
    """Make the warehouse at `target_url` hold exactly what the one at `source_url` holds.

    A DuckDB file that holds something else is overwritten only with `replace`: it may be the one that feeds are loaded
    into. `begun` is told of each stage. Raises `UsageError`, `BusyError`, and `WarehouseError` where the target cannot
    hold the content.
    """
    place = address(target_url)
    if place == address(source_url):
        raise UsageError(_("The warehouse cannot be copied onto itself."))
    with open_engine(source_url) as source:
        begun(_("looking at what there is"))
        digest = source.digest()
        if isinstance(place, DuckDBAddress):
            changed = _to_duckdb(source, digest, place.path, replace=replace, begun=begun)
        elif isinstance(place, SparkAddress):
            changed = _to_parquet(source, digest, place, begun)
        else:
            changed = _to_clickhouse(source, digest, place, begun)
    return Copied(digest, changed)


def _to_parquet(source: Engine, digest: str, place: SparkAddress, begun: Begun) -> bool:
    with parquet.new_version(place.folder) as draft:
        if parquet.current(place.folder) == digest:
            parquet.forget(place.folder)  # a copy that was killed may not have come to it
            return False
        begun(_("writing"))
        for table in TABLES:
            parquet.write(draft, table, source.batches(table, extras=True))
        begun(_("comparing what was written"))
        _same(digest, content_digest(lambda table: parquet.read(draft, table, extras=False)))
        parquet.swap_in(place.folder, draft, digest)
    return True


def _to_clickhouse(source: Engine, digest: str, place: ClickHouseAddress, begun: Begun) -> bool:
    from analytics_dash.warehouse.engines import clickhouse  # noqa: PLC0415 (an extra)

    version = clickhouse.NewVersion(place)
    try:
        if clickhouse.current(version.client, place.database)[1] == digest:
            version.clear()  # a copy that was killed may not have come to it
            return False
        begun(_("writing"))
        for table in TABLES:
            version.write(table, source.batches(table, extras=True))
        begun(_("comparing what was written"))
        with clickhouse.ClickHouseWarehouse(place, suffix=version.suffix) as written:
            _same(digest, written.digest())
        version.swap_in(digest)
    except BaseException:
        version.give_up()
        raise
    finally:
        version.client.close()
    return True


def _to_duckdb(source: Engine, digest: str, path: Path, *, replace: bool, begun: Begun) -> bool:
    files = Files(path.resolve())
    with locked(files):
        files.clear_leftovers()
        if files.has_warehouse:
            with store.Warehouse(files.warehouse, read_only=True) as there:
                if there.digest() == digest:
                    return False
            if not replace:
                raise UsageError(
                    _("{name} holds a warehouse with other content; give --replace to overwrite it.").format(
                        name=path.name
                    )
                )
        try:
            begun(_("writing"))
            _fill(source, files)
            begun(_("comparing what was written"))
            with store.Warehouse(files.next, read_only=True) as written:
                _same(digest, written.digest())
            files.write_journal({"action": "copy", "digest": digest})
            files.swap_in()
        finally:
            files.clear_leftovers()
    return True


def _fill(source: Engine, files: Files) -> None:
    """Fill the next warehouse, in order; DuckDB keeps what does not fit into memory in FILE.spill."""
    store.create(files.next).close()
    with duckdb.connect(str(files.next), config={"temp_directory": str(files.spill), "memory_limit": MEMORY}) as db:
        db.execute("DELETE FROM meta")
        for table in TABLES:
            reader = pa.RecordBatchReader.from_batches(arrow_schema(COLUMNS[table]), source.batches(table))
            db.register("incoming", reader)
            columns = ", ".join(f'"{name}"' for name in COLUMNS[table])
            by = ", ".join(f'"{name}"' for name in order(table))
            db.execute(f'INSERT INTO "{table}" SELECT {columns} FROM incoming ORDER BY {by}')  # noqa: S608
            db.unregister("incoming")
            enumerate_texts(db, "main", table, [f'"{table}"'])
        if db.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchall() != [(SCHEMA_VERSION,)]:
            raise WarehouseError(
                _("The warehouse was written by another version of this software: copy it again from its DuckDB file.")
            )


def _same(digest: str, written: str) -> None:
    if digest != written:
        raise WarehouseError(
            _(
                "The target does not hold the same content when it is read again, so it stays as it was. Look at the "
                "target's disk, and report it should it happen again."
            )
        )
