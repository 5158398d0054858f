"""The tables as Parquet in a folder: how a warehouse lies for Spark. Written here, read by Spark's workers.

    FOLDER/CURRENT                 the name of the version that readers open; replaced atomically
    FOLDER/versions/NAME/TABLE/    a version's tables, each in parts of at most so many rows; NAME says what is in it
    FOLDER/.lock                   held (flock) while a copy is written

A version is never changed. The one before stays until the next copy, for the readers that still have it open, unless it
knows somebody who was erased since (`forgetting`).
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.errors import BusyError
from analytics_dash.i18n import _
from analytics_dash.warehouse.engines.base import ROWS, conform
from analytics_dash.warehouse.engines.forgetting import must_go
from analytics_dash.warehouse.layout import COLUMNS, arrow_schema, stored

PART_ROWS: Final = 2_000_000
"""Rows of one file: a worker reads a file, or a row group of it, at a time."""


def current(folder: Path) -> str | None:
    """The name of the version that readers open, which is its content's digest; None where there is none."""
    try:
        return (folder / "CURRENT").read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def version_folder(folder: Path, version: str) -> Path:
    return folder / "versions" / version


def read(version: Path, table: str, *, extras: bool) -> Iterator[pa.RecordBatch]:
    """The rows of a table of a version, in the order in which they were written."""
    columns = stored(table) if extras else COLUMNS[table]
    schema = arrow_schema(columns)
    for part in sorted((version / table).glob("*.parquet")):
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(ROWS, columns=list(columns)):
                yield conform(batch, schema)


def write(version: Path, table: str, batches: Iterable[pa.RecordBatch]) -> int:
    """Write a table in parts; return how many rows. A table without rows has one part without rows."""
    folder = version / table
    folder.mkdir(parents=True)
    schema = arrow_schema(stored(table))
    total = rows = 0
    parts = 0
    writer: pq.ParquetWriter | None = None
    for batch in batches:
        if writer is None or rows + batch.num_rows > PART_ROWS:
            writer = _next_part(writer, folder, parts, schema)
            parts, rows = parts + 1, 0
        writer.write_batch(batch)
        rows += batch.num_rows
        total += batch.num_rows
    (writer or _next_part(None, folder, 0, schema)).close()
    return total


def _next_part(writer: pq.ParquetWriter | None, folder: Path, number: int, schema: pa.Schema) -> pq.ParquetWriter:
    if writer is not None:
        writer.close()
    path = folder / f"part-{number:05d}.parquet"
    path.touch(mode=0o640)  # person-level data: its owner's, and the group's that Spark's workers run in
    return pq.ParquetWriter(path, schema, compression="zstd")


@contextmanager
def new_version(folder: Path) -> Iterator[Path]:
    """A folder for the next version, under the lock; what a crash has left goes first. Raises `BusyError`."""
    (folder / "versions").mkdir(parents=True, exist_ok=True, mode=0o750)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                _("Another copy is being written to {name}; wait until it has ended and try again.").format(
                    name=folder.name
                )
            ) from error
        for left in (folder / "versions").glob("*.draft"):
            shutil.rmtree(left)
        draft = folder / "versions" / f"{uuid4().hex}.draft"
        draft.mkdir(mode=0o750)
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    finally:
        os.close(descriptor)


def swap_in(folder: Path, draft: Path, version: str) -> None:
    """Give the draft its name and let readers open it; older versions go."""
    before = current(folder)
    target = version_folder(folder, version)
    if target.exists():  # a copy that was killed before its version became the current one
        shutil.rmtree(target)
    draft.rename(target)
    pointer = folder / "CURRENT.next"
    with pointer.open("w", encoding="ascii") as file:
        file.write(version + "\n")
        file.flush()
        os.fsync(file.fileno())
    pointer.replace(folder / "CURRENT")
    for old in (folder / "versions").iterdir():
        if old.name not in {version, before}:
            shutil.rmtree(old)
    forget(folder)


def forget(folder: Path) -> None:
    """Remove the versions that know somebody whom the one that readers open must not: call it under the lock."""
    version = current(folder)
    if version is None:
        return
    now = partial(read, version_folder(folder, version), extras=False)
    for old in (folder / "versions").iterdir():
        if old.name != version and old.suffix != ".draft" and must_go(partial(read, old, extras=False), now):
            shutil.rmtree(old)
