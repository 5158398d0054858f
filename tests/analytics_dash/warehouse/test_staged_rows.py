"""Staged rows are the same whether they fit into memory or not, and a file that is taken back leaves none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
import pytest

from analytics_dash.identity import Identity
from analytics_dash.warehouse import staged_rows, store
from analytics_dash.warehouse.report import LoadReport
from tests.support import feeds

LOG = feeds.json_lines([*feeds.many_events(20), *(feeds.step_submitted({"attempt": n}) for n in range(1, 5))])
BOUNDS = (0, 4_000, staged_rows.KEPT)  # bytes: nothing is kept; some is; all is


@pytest.mark.parametrize("bound", BOUNDS)
def test_the_warehouse_is_the_same_whether_rows_fit_into_memory_or_not(
    load_files: Callable[..., LoadReport], dump: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, bound: int
) -> None:
    parts = LOG[:2000], LOG, LOG + LOG
    whole = load_files("openedx-log", LOG)
    expected = dump()
    monkeypatch.setattr(staged_rows, "KEPT", bound)
    other = f"duckdb:///{Path(str(whole.files[0].file)).parent / 'other.duckdb'}"
    reports = load_files("openedx-log", *parts, into=other)
    found = dump(other)
    assert sum(report.accepted for report in reports.files) == whole.files[0].accepted == 64
    assert expected["item_answers"]
    for table in ("learning_events", "item_answers", "detections", "same_as"):
        assert found[table] == expected[table]


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_file_that_is_taken_back_leaves_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: int) -> None:
    monkeypatch.setattr(staged_rows, "KEPT", bound)
    store.create(tmp_path / "next.duckdb").close()
    with duckdb.connect() as db:
        db.execute(f"ATTACH '{tmp_path / 'next.duckdb'}' AS next")
        rows = staged_rows.StagedRows(db, ("same_as",), Identity(bytes(32)).mask)
        for file in (0, 1, 0, 2):
            pairs = pa.table({"alias": pa.array(range(200)), "canonical": pa.array([file] * 200)})
            rows.add(file, {"same_as": pairs})
        rows.forget(0)
        rows.settle()
        assert db.execute("SELECT file, canonical, count(*) FROM same_as GROUP BY ALL ORDER BY ALL").fetchall() == [
            (1, 1, 200),
            (2, 2, 200),
        ]
