"""A release of more people than the memory is enough for: the operator is told what to set, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analytics_dash.errors import UsageError, WarehouseError
from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.load import load
from tests.support.feeds import csv_bytes, roster_row

COLUMNS = {"k": "int64", "t": "string"}
Write = Callable[[str, bytes], Path]


@pytest.fixture
def loaded(url: str, write: Write) -> str:
    load(url, roster=write("roster.csv", csv_bytes([roster_row(number) for number in range(1, 21)])))
    return url


def test_a_warehouse_that_needs_more_memory_says_what_to_set(loaded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of long texts in one group nothing can be laid on disk.
    wide = "SELECT i % 2 AS k, string_agg(repeat(md5(i::VARCHAR), 50)) AS t FROM range(100000) r(i) GROUP BY k"
    monkeypatch.setenv("ADOPTION_MEMORY", "64MB")
    with open_warehouse(loaded) as warehouse, pytest.raises(WarehouseError, match=r"more than 64MB.*ADOPTION_MEMORY"):
        warehouse.keep(warehouse._backend.sql(wide, schema=COLUMNS)).__enter__()  # type: ignore[attr-defined]
    monkeypatch.setenv("ADOPTION_MEMORY", "3GB")
    with open_warehouse(loaded) as warehouse, warehouse.keep(warehouse._backend.sql(wide, schema=COLUMNS)) as kept:  # type: ignore[attr-defined]
        assert kept.columns == ("k", "t")


@pytest.mark.parametrize("text", ["much", "3 GB", "0GB", "-1GB", "3GB; DROP TABLE people", "80%"])
def test_a_bound_that_is_no_size_is_refused(loaded: str, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ADOPTION_MEMORY", text)
    with pytest.raises(UsageError, match="write a size such as 8GB"):
        open_warehouse(loaded)
