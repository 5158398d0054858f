"""A folder with a home for the key, a warehouse URL, and a way to dump what a warehouse holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.load import load
from analytics_dash.warehouse.report import LoadReport
from analytics_dash.warehouse.schema import TABLES, VIEWS

Dump = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("ADOPTION_HOME", str(folder))
    return folder


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"duckdb:///{tmp_path / 'adoption.duckdb'}"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Write a feed's file and give its path."""

    def write_file(name: str, data: bytes) -> Path:
        path = tmp_path / "feeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    return write_file


@pytest.fixture
def load_files(url: str, write: Callable[[str, bytes], Path]) -> Callable[..., LoadReport]:
    """Load bytes as files of a kind into the warehouse."""

    def load_bytes(
        kind: str | None,
        *data: bytes,
        roster: bytes | None = None,
        into: str | None = None,
        accept_roster: bool = False,
    ) -> LoadReport:
        paths: Sequence[Path] = [write(f"feed-{number}", each) for number, each in enumerate(data)]
        return load(
            into or url,
            kind=kind,
            paths=paths,
            roster=write("roster.csv", roster) if roster is not None else None,
            accept_roster=accept_roster,
        )

    return load_bytes


@pytest.fixture
def dump(url: str) -> Callable[..., Dump]:
    """Every table and view, row by row in the order in which they lie in the file (views sorted)."""

    def dump_warehouse(of: str | None = None) -> Dump:
        with open_warehouse(of or url) as warehouse:
            rows = warehouse.connection.execute
            tables = {name: rows(f"SELECT * FROM {name}").fetchall() for name in TABLES}
            return tables | {name: rows(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in VIEWS}

    return dump_warehouse
