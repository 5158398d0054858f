"""A copy on Spark or ClickHouse keeps its old content for its readers, but nobody who was erased, no old pseudonym."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analytics_dash.cli import cli
from analytics_dash.warehouse import open_engine, open_warehouse
from analytics_dash.warehouse.engines import clickhouse, parquet
from analytics_dash.warehouse.engines.copy import copy
from analytics_dash.warehouse.report import LoadReport
from analytics_dash.warehouse.url import ClickHouseAddress, address
from tests.support import feeds

Load = Callable[..., LoadReport]
ROSTER = feeds.csv_bytes([feeds.roster_row(number) for number in range(1, 6)])
FIRST = datetime(2013, 5, 4, 9, 30, 0, 123457, UTC)
THEIRS = struct.pack("<q", int(FIRST.timestamp()) * 1_000_000 + FIRST.microsecond)
"""When the person who is erased did something and nobody else did, as both engines write it."""


def enrolments(*numbers: int) -> bytes:
    return feeds.json_lines(
        feeds.enrolled(
            username=f"person_{number}",
            context={"user_id": 1000 + number, "course_id": feeds.COURSE},
            event={},
            time=FIRST.isoformat() if number == 3 else f"2026-05-0{number}T09:30:00Z",
        )
        for number in numbers
    )


@pytest.fixture
def spark(tmp_path: Path) -> str:
    """The URL of a copy of the warehouse into which the tests load."""
    (tmp_path / "elsewhere").mkdir()
    return f"spark://127.0.0.1:7077/adoption?path={tmp_path / 'elsewhere'}&loading={tmp_path / 'adoption.duckdb'}"


@pytest.fixture(params=["spark", "chdb"])
def elsewhere(request: pytest.FixtureRequest, spark: str, tmp_path: Path) -> str:
    """The same in either engine."""
    if request.param == "spark":
        return spark
    return f"chdb:///{tmp_path / 'elsewhere' / 'house'}?loading={tmp_path / 'adoption.duckdb'}"


def run(*arguments: str | Path) -> Result:
    done = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done


def on_disk(tmp_path: Path) -> bool:
    """Whether any file of the copy has the erased person's moment in it, also of versions that no reader opens."""
    return any(THEIRS in path.read_bytes() for path in (tmp_path / "elsewhere").rglob("*") if path.is_file())


def versions(url: str) -> int:
    place = address(url)
    if not isinstance(place, ClickHouseAddress):
        return len(list((Path(place.folder) / "versions").iterdir()))  # type: ignore[union-attr]
    client = clickhouse.client(place)
    found = client.query("SELECT count() FROM system.tables WHERE name LIKE 'people\\\\_\\\\_%'").result_rows
    client.close()
    return int(found[0][0])


def digest(url: str) -> str:
    with open_engine(url) as engine:
        return engine.digest()


def test_who_was_erased_is_gone_from_the_copys_disk_at_once(
    elsewhere: str, load_files: Load, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_files("openedx-log", enrolments(1, 2, 3), roster=ROSTER)
    copy(url, elsewhere)
    assert on_disk(tmp_path)
    request = tmp_path / "request.txt"
    request.write_text("email person3@canals.example\n")
    with monkeypatch.context() as killed:
        for engine in (parquet, clickhouse):
            killed.setattr(engine, "must_go", lambda *_versions: False)  # killed before it came to that
        run("identity", "erase", "--warehouse", elsewhere, "--from", request)
    assert on_disk(tmp_path)
    assert versions(elsewhere) == 2
    run("identity", "erase", "--warehouse", elsewhere, "--from", request)
    assert not on_disk(tmp_path)
    assert versions(elsewhere) == 1
    with open_warehouse(url) as opened:
        assert opened.connection.execute("SELECT count(*) FROM people").fetchall() == [(4,)]
    assert digest(elsewhere) == digest(url)
    assert '"people"' in run("warehouse", "show", "--warehouse", elsewhere, "--json").stdout


def test_the_version_before_stays_for_its_readers_until_the_key_is_rotated(
    spark: str, load_files: Load, url: str, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        load_files("openedx-log", enrolments(number), roster=ROSTER)
        copy(url, spark)
    assert versions(spark) == 2
    run("identity", "rotate", "--warehouse", spark, "--old", "destroy")
    assert versions(spark) == 1
    assert digest(spark) == digest(url)
