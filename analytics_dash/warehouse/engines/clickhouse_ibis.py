"""Ibis on ClickHouse, with what its embedded engine cannot do done another way.

Tables in memory (the months of a window) travel beside a query to a server; the engine in the process takes none, so
here they become temporary tables, for both alike. Called by `engines.clickhouse`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ibis.backends.clickhouse import Backend  # type: ignore[import-untyped,unused-ignore]

if TYPE_CHECKING:
    import ibis.expr.types as ir  # type: ignore[import-untyped,unused-ignore]


class _Backend(Backend):  # type: ignore[misc]
    """Ibis's backend; `_sent` are the tables in memory that the session has already."""

    _sent: set[str]

    def _normalize_external_tables(self, external_tables: Mapping[str, Any] | None = None) -> None:
        mapper = self.compiler.type_mapper
        for name, table in (external_tables or {}).items():
            if name not in self._sent:
                columns = ", ".join(f'"{column}" {mapper.to_string(kind)}' for column, kind in table.schema.items())
                self.con.command(f'CREATE TEMPORARY TABLE "{name}" ({columns})')
                self.con.insert_arrow(name, table.data.to_pyarrow(schema=table.schema))
                self._sent.add(name)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Evaluate an expression into a temporary table of the session."""
        self._normalize_external_tables(self._collect_in_memory_tables(expression))
        self.con.command(f'CREATE TEMPORARY TABLE "{name}" AS {self.compile(expression)}')
        return self.table(name)


def backend(client: Any) -> _Backend:
    """Ibis's backend on a connection."""
    made: _Backend = _Backend.from_connection(client)
    made._sent = set()
    return made
