"""Copying between engines: the same content, in the same order, while readers go on reading; and what URLs mean."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from click.testing import CliRunner

from analytics_dash.cli import cli
from analytics_dash.errors import BusyError, UsageError, WarehouseError
from analytics_dash.warehouse import open_engine, open_warehouse
from analytics_dash.warehouse.engines import opening, parquet
from analytics_dash.warehouse.engines.copy import copy
from analytics_dash.warehouse.layout import COLUMNS, READ, order
from analytics_dash.warehouse.schema import TABLES
from analytics_dash.warehouse.url import ClickHouseAddress, SparkAddress, address, loading_url
from tests.support.disclosure import Facts
from tests.support.engines import awkward

SPARK = "spark://127.0.0.1:7077/adoption?path="


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    return awkward(3, people=30, facts=40).write(tmp_path_factory.mktemp("source") / "warehouse.duckdb")


@pytest.fixture(scope="module")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clickhouse")


@pytest.fixture(params=["spark", "chdb"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, clickhouse: Path) -> str:
    """The URL of a place in another engine that is still empty."""
    if request.param == "spark":
        return f"{SPARK}{tmp_path / 'spark'}"
    return f"chdb:///{clickhouse}?database=w{uuid.uuid4().hex[:8]}"


def digest(url: str) -> str:
    with open_engine(url) as engine:
        return engine.digest()


def test_there_and_back_is_the_same_warehouse(source: str, elsewhere: str, tmp_path: Path) -> None:
    back = f"duckdb:///{tmp_path / 'back.duckdb'}"
    assert copy(source, elsewhere).changed
    assert copy(elsewhere, back).changed
    assert digest(source) == digest(elsewhere) == digest(back)
    with open_engine(source) as one, open_engine(back) as other:
        assert one.inputs() == other.inputs()
        for table in TABLES:
            rows = [[row for batch in engine.batches(table) for row in batch.to_pylist()] for engine in (one, other)]
            assert rows[0] == rows[1], table
    with open_warehouse(back) as typed:
        # Texts of which there are few are numbers in the file.
        found = typed.connection.execute("SELECT typeof(kind), typeof(lesson) FROM learning_events LIMIT 1").fetchall()
    assert all(kind.startswith("ENUM") for kind in found[0])


def test_copying_again_changes_nothing_and_one_other_value_is_seen(
    source: str, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(source, elsewhere)
    assert not copy(source, elsewhere).changed
    other = awkward(3, people=30, facts=40)
    other.people[0]["nation"] = "Ynys"
    url = other.write(tmp_path / "other.duckdb")
    assert copy(url, elsewhere).changed
    assert digest(elsewhere) == digest(url) != digest(source)
    monkeypatch.setattr(opening, "SCHEMA_VERSION", "the next")  # as a copy of the version before is to the next
    with pytest.raises(WarehouseError, match="another version of this software: copy it again"):
        digest(elsewhere)


def test_a_reader_reads_the_old_content_to_its_end_while_a_copy_is_swapped_in(
    source: str, elsewhere: str, tmp_path: Path
) -> None:
    copy(source, elsewhere)
    with open_engine(elsewhere) as reader:
        usages = sum(batch.num_rows for batch in reader.batches("usage"))
        assert usages >= 40
        rows = reader.batches("usage")
        first = next(rows)
        copy(Facts().write(tmp_path / "empty.duckdb"), elsewhere)
        assert first.num_rows + sum(batch.num_rows for batch in rows) == usages
        assert reader.digest() == digest(source)
    assert digest(elsewhere) == digest(f"duckdb:///{tmp_path / 'empty.duckdb'}")


def test_a_copy_that_was_killed_is_cleared_away_by_the_next_one(source: str, tmp_path: Path) -> None:
    folder = tmp_path / "adoption"
    with parquet.new_version(folder) as draft:
        (draft / "half").write_text("…")
        draft.rename(draft.with_name("left.draft"))
    copy(source, f"{SPARK}{tmp_path}")
    assert [path.name for path in (folder / "versions").iterdir()] == [digest(source)]


def test_two_copies_at_once_are_refused(source: str, tmp_path: Path) -> None:
    with parquet.new_version(tmp_path / "adoption"), pytest.raises(BusyError):
        copy(source, f"{SPARK}{tmp_path}")


def test_a_file_with_other_content_is_not_overwritten_unasked(source: str, tmp_path: Path) -> None:
    target = Facts().write(tmp_path / "mine.duckdb")
    with pytest.raises(UsageError, match="--replace"):
        copy(source, target)
    stages: list[str] = []
    assert copy(source, target, replace=True, begun=stages.append).changed
    assert stages == ["looking at what there is", "writing", "comparing what was written"]
    assert digest(target) == digest(source)


def test_the_command_copies_and_prints_the_digest(source: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["warehouse", "copy", source, f"{SPARK}{tmp_path}", "--json"])
    assert json.loads(done.stdout) == {"digest": digest(source), "changed": True}


def test_loading_into_another_engine_loads_once_and_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    roster = tmp_path / "staff.csv"
    roster.write_text("work_email,department,grade_band\nann@example.gov.uk,Canals,EO\n")
    url = f"{SPARK}{tmp_path / 'spark'}"
    (tmp_path / "spark").mkdir()
    digests = set()
    for _ in range(2):
        done = CliRunner().invoke(cli, ["load", "--warehouse", url, "--roster", str(roster)])
        assert done.exit_code == 0, done.output
        digests |= {digest(url), digest(loading_url(url))}
    assert len(digests) == 1


def test_every_column_of_the_schema_is_known_to_the_other_engines(tmp_path: Path) -> None:
    with open_warehouse(Facts().write(tmp_path / "w.duckdb")) as engine:
        connection = engine.connection
        for table, columns in COLUMNS.items():
            found = connection.execute(f"DESCRIBE {table}").fetchall()
            assert [(name, kind, null == "NO") for name, kind, null, *_more in found] == [
                (name, column.type, column.required) for name, column in columns.items()
            ]
            assert set(order(table)) <= set(columns)
        assert set(READ) == set(engine.tables().__slots__) - {"share"}


@pytest.mark.parametrize(
    "url",
    [
        "postgres://host/db",
        "spark://host/adoption?path=/srv",
        "spark://host:7077/adoption",
        "spark://host:7077/../x?path=/srv",
        "spark://host:7077/adoption?path=relative",
        "spark://host:port/adoption?path=/srv",
        "clickhouse://host/",
        "clickhouse://host/a-b",
        "clickhouse://host/db?ssl=1",
        "chdb:///",
    ],
)
def test_a_url_that_cannot_be_meant_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        address(url)


def test_a_password_in_a_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as refused:
        address("clickhouse://reader:hunter2@host/adoption")
    assert "hunter2" not in str(refused.value)
    assert "ADOPTION_CLICKHOUSE_PASSWORD" in str(refused.value)


def test_urls_say_engine_place_and_where_feeds_are_loaded() -> None:
    spark = address("spark://spark.internal:7077/adoption?path=/srv/w")
    assert spark == SparkAddress(
        "spark://spark.internal:7077", "adoption", Path("/srv/w"), Path("/srv/w/adoption.duckdb")
    )
    house = address("clickhouse://reader@house.internal:8443/adoption?secure=true&loading=/srv/w.duckdb")
    assert isinstance(house, ClickHouseAddress)
    assert (house.host, house.port, house.user, house.secure) == ("house.internal", 8443, "reader", True)
    assert loading_url("duckdb:///a.duckdb") == "duckdb:///a.duckdb"
    with pytest.raises(UsageError, match="loading"):
        loading_url("clickhouse://house.internal/adoption")
