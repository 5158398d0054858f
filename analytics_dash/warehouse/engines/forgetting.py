"""Whether the version before a copy's last may stay, for those who still read it, or knows somebody whom it must not.

A copy outside DuckDB keeps the version before until the next copy. After an erasure that would be the erased person,
and after a rotation everyone under the old pseudonyms: such a version goes at once. `parquet` and `clickhouse` ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

Rows = Callable[[str], Iterator[pa.RecordBatch]]
"""A table's rows, of one version."""


def must_go(before: Rows, now: Rows) -> bool:
    """Whether the version `before` lacks a tombstone of `now`, is under another key version, or cannot be read."""
    try:
        return bool(_erased(now) - _erased(before)) or _fingerprint(now) != _fingerprint(before)
    except (LookupError, OSError, ValueError):  # another version of this software wrote it
        return True


def _erased(rows: Rows) -> set[int]:
    return {alias for batch in rows("erased") for alias in batch["alias"].to_pylist()}


def _fingerprint(rows: Rows) -> object:
    meta = {row["key"]: row["value"] for batch in rows("meta") for row in batch.to_pylist()}
    return meta.get("key_fingerprint")
