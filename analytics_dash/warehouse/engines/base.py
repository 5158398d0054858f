"""What every engine can do: show its tables as Ibis expressions, keep a result, give its rows, say what is in it.

Release building and `adoption warehouse copy` know this and nothing else of an engine.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import uuid4

import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.warehouse.engines.content import content_digest
from analytics_dash.warehouse.engines.tables import WarehouseTables
from analytics_dash.warehouse.layout import COLUMNS, READ, SUPERSEDED

if TYPE_CHECKING:
    import ibis.expr.types as ir  # type: ignore[import-untyped,unused-ignore]

ROWS: Final = 100_000
"""So many rows travel at once."""


class Engine(ABC):
    """An open warehouse, whatever it lies in. A context manager."""

    def __init__(self) -> None:
        self._shared: dict[Hashable, tuple[ir.Table, Any]] = {}
        self._tables: WarehouseTables | None = None

    @abstractmethod
    def batches(self, table: str, *, extras: bool = False) -> Iterator[pa.RecordBatch]:
        """The rows of a table in its order (`layout.arrow_schema`); with `extras`, also its added columns."""

    @abstractmethod
    def _table(self, name: str) -> ir.Table:
        """A stored table, with its added columns, as an Ibis expression."""

    @abstractmethod
    def _store(self, name: str, expression: ir.Table) -> ir.Table:
        """Evaluate an expression into a temporary table of this connection; return that table."""

    @abstractmethod
    def _drop(self, name: str) -> None:
        """Remove what `_store` has made."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the engine."""

    def tables(self) -> WarehouseTables:
        """What indicators read, bound to this engine; the same rows from every engine."""
        if self._tables is None:
            each = {name: self._current(table) for name, (_view, table) in READ.items()}
            self._tables = WarehouseTables(share=self.share, **each)
        return self._tables

    def _current(self, table: str) -> ir.Table:
        rows = self._table(table)
        return rows.filter(~rows[SUPERSEDED]).drop(SUPERSEDED) if SUPERSEDED in COLUMNS[table] else rows

    def share(self, key: Hashable, make: Callable[[], ir.Table]) -> ir.Table:
        """The table that `make` gives, evaluated when `key` is first asked for and kept until the engine is closed."""
        if key not in self._shared:
            expression = make()
            self._shared[key] = self._store(f"shared_{uuid4().hex}", expression), expression.schema()
        table, schema = self._shared[key]
        return table.cast(schema)  # engines say otherwise of a kept column how wide it is, and whether it may be null

    def keep(self, expression: ir.Table) -> AbstractContextManager[ir.Table]:
        """Evaluate an expression once, for as long as the context lasts."""
        return self._kept(expression)

    @contextmanager
    def _kept(self, expression: ir.Table) -> Iterator[ir.Table]:
        name = f"kept_{uuid4().hex}"
        yield self._store(name, expression)
        # Not after an error: the connection may be of no use then, and with it goes the table.
        self._drop(name)

    def digest(self) -> str:
        """SHA-256 (hex) over the content of every table (`content`): the same from every engine."""
        return content_digest(self.batches)

    def inputs(self) -> list[str]:
        """SHA-256 (hex) of every file that was loaded, sorted."""
        digests = {str(digest) for batch in self.batches("loads") for digest in batch["file_digest"].to_pylist()}
        return sorted(digests)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def conform(batch: Any, schema: pa.Schema) -> pa.RecordBatch:
    """A batch as another engine gave it, in our types: no dictionaries, no zones."""
    columns = [_cast(batch.column(batch.schema.get_field_index(field.name)), field.type) for field in schema]
    return pa.record_batch(columns, schema=schema)


def _cast(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        # UTC by our settings; Arrow takes the zone off without shifting only by way of the bare number.
        return column.cast(pa.timestamp("us", tz=column.type.tz)).cast(pa.int64()).cast(wanted)
    return column.cast(wanted)
