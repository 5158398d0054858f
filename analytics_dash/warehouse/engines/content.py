"""The digest of a warehouse's content, from its rows: what makes a copy comparable with what it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import duckdb
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.warehouse.layout import COLUMNS, arrow_schema
from analytics_dash.warehouse.schema import TABLES


def content_digest(batches: Callable[[str], Iterator[pa.RecordBatch]]) -> str:
    """SHA-256 (hex) over the content of every table, whatever the order of the rows.

    `batches(table)` gives the rows. DuckDB hashes them, whichever engine they come from.
    """
    with duckdb.connect() as db:

        def fold(table: str) -> tuple[object, ...]:
            reader = pa.RecordBatchReader.from_batches(arrow_schema(COLUMNS[table]), batches(table))
            db.register("incoming", reader)
            try:
                return folded(db, table, "incoming")
            finally:
                db.unregister("incoming")

        return digest_of(fold)


def digest_of(fold: Callable[[str], tuple[object, ...]]) -> str:
    """SHA-256 (hex) over what `folded` gives for every table."""
    total = hashlib.sha256()
    for table in sorted(TABLES):
        total.update(f"{table} {fold(table)}\n".encode())
    return total.hexdigest()


def folded(db: duckdb.DuckDBPyConnection, table: str, source: str) -> tuple[object, ...]:
    """How many rows `source` has, and two sums of their hashes: the same in whatever order they lie.

    DuckDB's own hashes of 64 bits, two of them with nothing in common: a hundred times as fast as MD5 of a row's text,
    which took longer than a release. Nobody can choose rows so that they collide, for every row is keyed. Another
    version of DuckDB may hash otherwise: compare digests that one version has made.
    """
    names = list(COLUMNS[table])
    columns = ", ".join(f'"{name}"::{column.type} AS "{name}"' for name, column in COLUMNS[table].items())
    forward, backward = (", ".join(f'"{name}"' for name in some) for some in (names, names[::-1]))
    # All rows, of which there is one: a result that is not read to its end keeps DuckDB's connection busy.
    (row,) = db.execute(
        f"SELECT count(*), sum(hash('one', {forward})::HUGEINT), "  # noqa: S608 (our own names)
        f"sum(hash({backward}, 'other')::HUGEINT) FROM (SELECT {columns} FROM \"{source}\")"
    ).fetchall()
    return tuple(row)
