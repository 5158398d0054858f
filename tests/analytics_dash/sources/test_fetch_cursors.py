"""Exactly once by cursor: a fetch that ends anywhere and is run again gives the same files, and so the same warehouse.

The real SDK against a real server; loads are real too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analytics_dash.errors import FetchError
from analytics_dash.sources import FETCHERS, fetching
from analytics_dash.sources.openai_admin import AdminFetcher
from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.load import load
from analytics_dash.warehouse.schema import TABLES
from tests.support.admin_api import DAY, KEY, AdminApi

FIRST = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp())
DAYS = 7
KINDS = ("openai-usage", "openai-costs", "openai-audit")
TORN = 37  # bytes of a page that a power cut takes back


class Killed(BaseException):
    """The process ends here: nothing catches it."""


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AdminApi]:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    with AdminApi() as server:
        server.usage = {FIRST + day * DAY: [_used(day)] for day in range(DAYS)}
        server.costs = {FIRST + day * DAY: [_cost(day)] for day in range(DAYS)}
        server.events = [_event(number) for number in range(DAYS)]
        yield server


def _used(day: int) -> dict[str, Any]:
    tokens = {"input_tokens": 100, "input_cached_tokens": 40, "output_tokens": 20}
    return {"project_id": "proj_a", "model": "model-a", "num_model_requests": day + 1, **tokens}


def _cost(day: int) -> dict[str, Any]:
    return {"project_id": "proj_a", "line_item": "model-a", "amount": {"value": day + 0.25, "currency": "usd"}}


def _event(number: int) -> dict[str, Any]:
    return {
        "id": f"audit_{number}",
        "type": "project.updated",
        "effective_at": FIRST + number * DAY,
        "project": {"id": "proj_a"},
    }


def fetch(
    api: AdminApi, kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, day: int = DAYS, **more: Any
) -> Path:
    folder.mkdir(exist_ok=True)
    now = FIRST + day * DAY - 3600
    monkeypatch.setattr(AdminFetcher, "now", lambda _self: float(now))
    given = {"host": api.host, "timeout": "5", "from": "2026-05-01"}
    fetcher = FETCHERS[kind](given, {"ADOPTION_OPENAI_ADMIN_KEY": KEY})
    return fetching.fetch(fetcher, folder, now=lambda: datetime.fromtimestamp(now, UTC), **more).path


def facts(kind: str, folder: Path, warehouse: Path) -> dict[str, list[Any]]:
    """What the warehouse holds after the folder is loaded, but for the list of files."""
    url = f"duckdb:///{warehouse}"
    load(url, kind=kind, paths=[folder])
    with open_warehouse(url) as opened:
        return {
            table: opened.connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
            for table in TABLES
            if table != "loads"
        }


def pages_of(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("*.jsonl"))]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("torn", [0, TORN])
def test_killed_after_any_page_the_same_call_writes_the_same_file(
    kind: str, torn: int, api: AdminApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(api, kind, tmp_path / "undisturbed", monkeypatch)
    (whole,) = pages_of(tmp_path / "undisturbed")
    assert whole.count(b"\n") > 2
    for last in range(1, whole.count(b"\n") + 1):
        folder = tmp_path / f"killed-{last}"

        def die(page: int, last: int = last) -> None:
            if page == last:
                raise Killed

        with pytest.raises(Killed):
            fetch(api, kind, folder, monkeypatch, advance=die)
        assert pages_of(folder) == []  # what is not whole has no name that a load would find
        (part,) = folder.glob(".*.part")
        with part.open("r+b") as file:
            file.truncate(part.stat().st_size - torn)
        fetch(api, kind, folder, monkeypatch)
        assert pages_of(folder) == [whole]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("moment", ["before the file has its name", "before the cursor is kept"])
def test_killed_at_the_end_the_same_call_changes_no_fact(
    kind: str, moment: str, api: AdminApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(api, kind, tmp_path / "undisturbed", monkeypatch)
    expected = facts(kind, tmp_path / "undisturbed", tmp_path / "undisturbed.duckdb")
    folder = tmp_path / "killed"

    def die(*_given: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*((Path, "rename") if moment.endswith("name") else (fetching, "_keep")), die)
        with pytest.raises(Killed):
            fetch(api, kind, folder, monkeypatch)
    fetch(api, kind, folder, monkeypatch)
    assert facts(kind, folder, tmp_path / "killed.duckdb") == expected


@pytest.mark.parametrize("kind", KINDS)
def test_files_that_were_loaded_may_be_deleted_and_the_next_fetch_goes_on(
    kind: str, api: AdminApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, deleted in (("kept", False), ("deleted", True)):
        api.usage.pop(FIRST + (DAYS + 9) * DAY, None)
        first = fetch(api, kind, tmp_path / folder, monkeypatch)
        facts(kind, tmp_path / folder, tmp_path / f"{folder}.duckdb")
        if deleted:
            first.unlink()
        api.usage[FIRST + (DAYS + 9) * DAY] = [_used(40)]
        api.received.clear()
        second = fetch(api, kind, tmp_path / folder, monkeypatch, day=DAYS + 10)
        assert second.stem.endswith("-0002")
        asked = [each for path in ("usage/completions", "costs", "audit_logs") for each in api.questions(path)]
        begun = min(int((each.get("start_time") or each["effective_at[gte]"])[0]) for each in asked)
        assert begun > FIRST or kind != "openai-audit"
    found = [facts(kind, tmp_path / folder, tmp_path / f"{folder}.duckdb") for folder in ("kept", "deleted")]
    assert found[0] == found[1]


def test_a_damaged_cursor_is_told_and_not_guessed(
    api: AdminApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(api, "openai-usage", tmp_path / "fetched", monkeypatch)
    (cursor,) = (tmp_path / "fetched").glob(".*.cursor")
    assert cursor.stat().st_mode & 0o777 == 0o600
    cursor.write_bytes(b'{"number": "one"')
    with pytest.raises(FetchError, match="damaged; move it away"):
        fetch(api, "openai-usage", tmp_path / "fetched", monkeypatch)
