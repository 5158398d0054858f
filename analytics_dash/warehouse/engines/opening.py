"""Opening a warehouse for reading, whichever engine it lies in."""

from __future__ import annotations

from analytics_dash.errors import WarehouseError
from analytics_dash.i18n import _
from analytics_dash.warehouse.engines.base import Engine
from analytics_dash.warehouse.schema import SCHEMA_VERSION
from analytics_dash.warehouse.store import open_warehouse
from analytics_dash.warehouse.url import DuckDBAddress, SparkAddress, address


def open_engine(url: str) -> Engine:
    """Open the warehouse at `url` for reading: `duckdb:///…`, `spark://…`, `clickhouse://…`, `chdb:///…`.

    Raises `UsageError` for a malformed URL, `WarehouseError` where there is no warehouse of ours, `UnavailableError`
    where the engine's package is not installed.
    """
    place = address(url)
    # An engine's package takes a second to import, and may not be installed.
    if isinstance(place, DuckDBAddress):
        return open_warehouse(url)
    if isinstance(place, SparkAddress):
        from analytics_dash.warehouse.engines.spark import SparkWarehouse  # noqa: PLC0415

        return _of_this_version(SparkWarehouse(place))
    from analytics_dash.warehouse.engines.clickhouse import ClickHouseWarehouse  # noqa: PLC0415

    return _of_this_version(ClickHouseWarehouse(place))


def _of_this_version(copied: Engine) -> Engine:
    """Refuse a copy that an earlier version made: what is worked out of its rows may be worked out otherwise now."""
    versions = [
        row["value"] for batch in copied.batches("meta") for row in batch.to_pylist() if row["key"] == "schema_version"
    ]
    if versions != [SCHEMA_VERSION]:
        copied.close()
        raise WarehouseError(
            _("The warehouse was written by another version of this software: copy it again from its DuckDB file.")
        )
    return copied
