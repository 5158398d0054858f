"""A warehouse on Apache Spark: Parquet tables of one version, registered as views of a session on the given master.

The session has bounded memory unless the operator says otherwise (`ADOPTION_SPARK`); its zone is UTC, as the tables
are. Opened by `opening.open_engine`; tables are written by `engines.parquet`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.errors import UnavailableError, UsageError, WarehouseError
from analytics_dash.i18n import _
from analytics_dash.warehouse.engines import parquet
from analytics_dash.warehouse.engines.base import Engine
from analytics_dash.warehouse.layout import stored
from analytics_dash.warehouse.url import SparkAddress

if TYPE_CHECKING:
    import ibis.expr.types as ir  # type: ignore[import-untyped,unused-ignore]

_TYPES: Final = {
    "BIGINT": "BIGINT",
    "INTEGER": "INT",
    "VARCHAR": "STRING",
    "DOUBLE": "DOUBLE",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP_NTZ",
    "UUID": "STRING",
}

CONFIGURATION: Final = "ADOPTION_SPARK"
"""The environment variable with settings of the operator's: `spark.executor.memory=4g spark.cores.max=16`."""

DEFAULTS: Final = {
    "spark.driver.memory": "1g",
    "spark.executor.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "16",
}
"""What the session is started with where the operator says nothing else."""

_PINNED: Final = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}

EXECUTOR_SECONDS: Final = 90
"""So long may the master take to give the first executor; Spark itself would wait for ever."""


class SparkWarehouse(Engine):
    """An open warehouse on Spark."""

    def __init__(self, place: SparkAddress) -> None:
        super().__init__()
        version = parquet.current(place.folder)
        if version is None:
            raise WarehouseError(
                _("There is no warehouse {name} for Spark yet: adoption warehouse copy FROM TO makes one.").format(
                    name=place.name
                )
            )
        self.version: Path = parquet.version_folder(place.folder, version)
        self._place = place

    @cached_property
    def _session(self) -> Any:
        return session(self._place.master)

    @cached_property
    def _backend(self) -> Any:
        import ibis  # noqa: PLC0415 (takes a second)

        return ibis.pyspark.connect(self._session)

    def batches(self, table: str, *, extras: bool = False) -> Iterator[pa.RecordBatch]:
        return parquet.read(self.version, table, extras=extras)

    def _table(self, name: str) -> ir.Table:
        columns = ", ".join(f"`{column}` {_TYPES[kind.type]}" for column, kind in stored(name).items())
        view = f"v{self.version.name[:16]}_{name}"
        self._session.read.schema(columns).parquet(str(self.version / name)).createOrReplaceTempView(view)
        return self._backend.table(view)

    def _store(self, name: str, expression: ir.Table) -> ir.Table:
        self._backend._run_pre_execute_hooks(expression)  # Ibis's own tables in memory become views
        frame = self._session.sql(self._backend.compile(expression)).persist()
        frame.createOrReplaceTempView(name)
        return self._backend.table(name)

    def _drop(self, name: str) -> None:
        self._session.table(name).unpersist()
        self._session.catalog.dropTempView(name)

    def close(self) -> None:
        """Let go of what was kept; the session stays for the process, which ends it."""
        for table, _schema in self._shared.values():
            self._drop(table.get_name())
        self._shared.clear()


def session(master: str) -> Any:
    """The process's Spark session: the one that is there, or a new one on `master`."""
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415 (an extra)
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UnavailableError(
            _('A warehouse on Spark needs PySpark and Java: python -m pip install "xblock-ai-tutor[spark]".')
        ) from error
    if (active := SparkSession.getActiveSession()) is not None:
        return active
    try:
        builder = SparkSession.builder.master(master).appName("adoption")
        for name, value in _settings(master).items():
            builder = builder.config(name, value)
        made = builder.getOrCreate()
    except (PySparkException, OSError) as error:
        raise WarehouseError(
            _("Spark could not be started on {master}: is Java 17 or 21 here, and the master reachable?").format(
                master=master
            )
        ) from error
    made.sparkContext.setLogLevel("ERROR")
    _wait_for_an_executor(made, master)
    return made


def _settings(master: str) -> dict[str, str]:
    # A cluster on this machine: nothing of it need be seen from outside.
    local = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    settings = DEFAULTS | (local if master.startswith("spark://127.0.0.1:") else {})
    for setting in os.environ.get(CONFIGURATION, "").split():
        name, separator, value = setting.partition("=")
        if not separator or not name.startswith("spark."):
            raise UsageError(
                _("{variable} must hold settings as spark.NAME=VALUE, with blanks between them.").format(
                    variable=CONFIGURATION
                )
            )
        settings[name] = value
    return settings | _PINNED


def _wait_for_an_executor(made: Any, master: str) -> None:
    deadline = time.monotonic() + EXECUTOR_SECONDS
    # The driver is among them.
    while len(made.sparkContext._jsc.sc().statusTracker().getExecutorInfos()) < 2:
        if time.monotonic() > deadline:
            made.stop()
            raise WarehouseError(
                _(
                    "{master} gives no executor: its workers are busy, or have less memory or fewer cores than asked "
                    "for; {variable} says what is asked for."
                ).format(master=master, variable=CONFIGURATION)
            )
        time.sleep(0.2)
