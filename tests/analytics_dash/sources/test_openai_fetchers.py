"""Fetching from OpenAI's Admin API with the real SDK against a real server: paging, patience, resuming, and privacy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from analytics_dash.cli import cli
from analytics_dash.errors import FetchError
from analytics_dash.sources import FETCHERS, READERS, Batch
from analytics_dash.sources.fetching import fetch
from analytics_dash.sources.openai_admin import AdminFetcher, check_request
from analytics_dash.sources.streams import lines, look_at
from tests.support import feeds
from tests.support.admin_api import DAY, KEY, AdminApi, Fault

FIRST = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp())
NOW = FIRST + 9 * DAY + 3600  # 10 May
WAITED: list[float] = []


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[AdminApi]:
    WAITED.clear()
    monkeypatch.setattr(AdminFetcher, "wait", lambda _self, seconds: WAITED.append(seconds))
    monkeypatch.setattr(AdminFetcher, "now", lambda _self: float(NOW))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/elsewhere")
    with AdminApi() as server:
        yield server


def get(api: AdminApi, kind: str, folder: Path, key: str = KEY, **options: str) -> Path:
    given = {"host": api.host, "timeout": "5", **options}
    if kind != "openai-posture":
        given = {"from": "2026-05-01", **given}
    fetcher = FETCHERS[kind](given, {"ADOPTION_OPENAI_ADMIN_KEY": key})
    return fetch(fetcher, folder, now=lambda: datetime.fromtimestamp(NOW, UTC)).path


def read(kind: str, path: Path) -> Batch:
    return feeds.joined(READERS[kind]().read(lines(look_at(path)), feeds.identity()))


def used(project: str | None = "proj_a", requests: int = 3, **more: Any) -> dict[str, Any]:
    return {
        "object": "organization.usage.completions.result",
        "project_id": project,
        "model": "model-a",
        "num_model_requests": requests,
        "input_tokens": 100,
        "input_cached_tokens": 40,
        "output_tokens": 20,
        "user_id": None,
        "api_key_id": None,
        "batch": None,
        **more,
    }


def test_usage_comes_page_by_page_by_project_and_never_by_person(api: AdminApi, tmp_path: Path) -> None:
    api.usage = {FIRST + day * DAY: [used(requests=day + 1), used("proj_b")] for day in range(10)}
    batch = read("openai-usage", get(api, "openai-usage", tmp_path))
    assert (batch.lines, len(batch.rows), batch.rejects) == (20, 20, [])
    row = next(row for row in batch.rows if row.project == "proj_a" and row.day == FIRST // DAY + 2)
    assert row[3:] == ("proj_a", "model-a", 3, 100, 40, 20)
    assert row.as_of == NOW // DAY
    asked = api.questions("usage/completions")
    assert len(asked) == 5  # ten days, two a page
    assert {tuple(each["group_by[]"]) for each in asked} == {("project_id", "model")}
    assert {each["bucket_width"][0] for each in asked} == {"1d"}
    assert all("api_key" not in target and "user" not in target for _method, target, _headers in api.received)


def test_a_later_fetch_asks_for_open_days_again_and_its_figures_count(api: AdminApi, tmp_path: Path) -> None:
    api.usage = {FIRST + 9 * DAY: [used(requests=1)]}
    first = get(api, "openai-usage", tmp_path)
    api.received.clear()
    api.usage = {FIRST + 9 * DAY: [used(requests=8)]}
    second = get(api, "openai-usage", tmp_path)
    asked = [int(each["start_time"][0]) for each in api.questions("usage/completions")]
    assert min(asked) == FIRST + 3 * DAY  # a week before today is open, what is before it is closed
    assert first != second
    assert [row.requests for row in read("openai-usage", second).rows] == [8]


def test_a_fetch_that_was_broken_off_goes_on_after_its_last_page(api: AdminApi, tmp_path: Path) -> None:
    api.usage = {FIRST + day * DAY: [used(requests=day + 1)] for day in range(10)}
    api.most = 4
    real = api.answer
    api.answer = lambda target, headers: (500, b"") if "page_" in target else real(target, headers)  # type: ignore[method-assign]
    with pytest.raises(FetchError, match="asked 5 times: it cannot answer just now"):
        get(api, "openai-usage", tmp_path)
    assert not list(tmp_path.glob("*.jsonl"))
    api.answer = real  # type: ignore[method-assign]
    api.received.clear()
    batch = read("openai-usage", get(api, "openai-usage", tmp_path))
    assert [row.requests for row in batch.rows] == list(range(1, 11))
    assert len(api.received) == 2  # the first page was not asked for again


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (Fault(429, headers={"Retry-After": "7"}), [7.0]),
        (Fault(429, headers={"Retry-After": "86400"}), [60.0]),
        (Fault(429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), [1.0]),
        (Fault(500), [1.0]),
        (Fault(200, body=b'{"data": [{"start_time"'), [1.0]),
        (Fault(200, body=b"[]"), [1.0]),
        (Fault(200, body=b"<html>", headers={"Content-Type": "text/html"}), [1.0]),
    ],
)
def test_a_server_in_trouble_is_asked_again_after_a_bounded_wait(
    fault: Fault, waited: list[float], api: AdminApi, tmp_path: Path
) -> None:
    api.usage = {FIRST: [used()]}
    api.most = 31
    api.faults = [fault]
    assert len(read("openai-usage", get(api, "openai-usage", tmp_path)).rows) == 1
    assert waited == WAITED


def test_a_server_that_is_too_slow_is_asked_again(api: AdminApi, tmp_path: Path) -> None:
    api.usage, api.most = {FIRST: [used()]}, 31
    api.faults = [Fault(pause_s=1.6)]
    assert len(read("openai-usage", get(api, "openai-usage", tmp_path, timeout="1")).rows) == 1


@pytest.mark.parametrize(
    ("faults", "says"),
    [
        ([Fault(401)], "refuses the key"),
        ([Fault(403)], "may not read this"),
        ([Fault(302, headers={"Location": "http://127.0.0.1:9/"})], "sends elsewhere"),
        ([Fault(400)], "does not answer this"),
        ([Fault(503)] * 5, "asked 5 times"),
        ([Fault(200, body=b"{")] * 5, "not what was asked for"),
        ([Fault(200, body=b'{"data": 7}')], "not a page"),
    ],
)
def test_what_cannot_be_fetched_is_a_sentence_without_what_the_server_said(
    faults: list[Fault], says: str, api: AdminApi, tmp_path: Path
) -> None:
    api.faults = list(faults)
    with pytest.raises(FetchError, match=says) as caught:
        get(api, "openai-usage", tmp_path)
    assert "department.example" not in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("following", ["page_1", None, ""])
def test_pages_that_go_round_in_a_circle_or_break_off_are_no_whole(
    following: str | None, api: AdminApi, tmp_path: Path
) -> None:
    circle = json.dumps({"data": [], "has_more": True, "next_page": following}).encode()
    api.answer = lambda _target, _headers: (200, circle)  # type: ignore[method-assign]
    with pytest.raises(FetchError, match="do not end as they should"):
        get(api, "openai-usage", tmp_path)
    assert not list(tmp_path.glob("*.jsonl"))


def test_a_cursor_that_the_api_has_forgotten_costs_a_second_look_and_no_figure(api: AdminApi, tmp_path: Path) -> None:
    api.usage = {FIRST + day * DAY: [used(requests=day + 1)] for day in range(10)}
    api.most = 4
    real = api.answer
    api.answer = lambda target, headers: (500, b"") if "page_" in target else real(target, headers)  # type: ignore[method-assign]
    with pytest.raises(FetchError):
        get(api, "openai-usage", tmp_path)
    api.answer = real  # type: ignore[method-assign]
    api.faults = [Fault(400)]
    rows = read("openai-usage", get(api, "openai-usage", tmp_path)).rows
    assert {row.requests for row in rows} == set(range(1, 11))
    assert len({row.digest for row in rows}) == 10


def test_a_page_with_very_many_results_is_saved_in_pieces_and_none_is_lost(api: AdminApi, tmp_path: Path) -> None:
    api.most = 31
    api.usage = {
        FIRST: [used(f"proj_{number}", batch=None) for number in range(5_000)],
        FIRST + DAY: [used(f"proj_{number}") for number in range(7_001)],
    }
    path = get(api, "openai-usage", tmp_path)
    assert path.read_bytes().count(b"\n") == 3
    batch = read("openai-usage", path)
    assert (len(batch.rows), batch.rejects) == (12_001, [])
    assert len({row[1:] for row in batch.rows}) == 12_001


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", "https://gb.api.openai.com/v1/organization/projects"),
        ("GET", "https://api.openai.com/v1/organization/costs"),
        ("GET", "https://gb.api.openai.com.example/v1/organization/costs"),
        ("GET", "https://gb.api.openai.com/v1/responses"),
        ("GET", "https://gb.api.openai.com/v1/organization/costs?group_by[]=user_id"),
        ("GET", "https://gb.api.openai.com/v1/organization/costs?group_by%5B%5D=api_key_id"),
        ("GET", "https://gb.api.openai.com/v1/organization/audit_logs?actor_emails[]=jo%40department.example"),
        ("GET", "https://gb.api.openai.com/v1/organization/users"),
        ("GET", "https://gb.api.openai.com/v1/organization/projects/proj_a/users"),
    ],
)
def test_whatever_is_no_question_of_ours_does_not_leave(method: str, url: str) -> None:
    with pytest.raises(FetchError, match="was stopped"):
        check_request(httpx2.Request(method, url), "https://gb.api.openai.com/v1")


def test_the_command_fetches_into_a_file_that_the_load_reads(
    api: AdminApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.usage = {FIRST: [used()]}
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    (tmp_path / "key").write_text(f"{KEY}\n")
    monkeypatch.setenv("ADOPTION_OPENAI_ADMIN_KEY_FILE", str(tmp_path / "key"))
    folder = tmp_path / "fetched"
    folder.mkdir()
    options = ["--option", "from=2026-05-01", "--option", f"host={api.host}"]
    done = CliRunner().invoke(cli, ["fetch", "openai-usage", "--into", str(folder), *options, "--json"])
    assert done.exit_code == 0, done.output
    url = f"duckdb:///{tmp_path / 'adoption.duckdb'}"
    done = CliRunner().invoke(cli, ["load", "--warehouse", url, "--kind", "openai-usage", str(folder), "--json"])
    assert done.exit_code == 0, done.output
    assert '"accepted": 1' in done.output


def test_costs_are_exact_millionths(api: AdminApi, tmp_path: Path) -> None:
    texts = {"0.1": 100_000, "0.0600005": 60_000, "1234567.890123": 1_234_567_890_123, "-2.50": -2_500_000, "1e-6": 1}
    api.most = 31
    api.costs = {
        FIRST: [
            {
                "object": "organization.costs.result",
                "project_id": "proj_a",
                "line_item": f"line {number}",
                "amount": {"value": f"<{text}>", "currency": "usd"},
                "organization_name": "Jo Example Ltd",
            }
            for number, text in enumerate(texts)
        ]
    }
    path = get(api, "openai-costs", tmp_path)
    rows = read("openai-costs", path).rows
    assert [row.amount_micro for row in rows] == list(texts.values())
    assert {(row.project, row.currency, row.line_item) for row in rows} >= {("proj_a", "usd", "line 0")}
    assert b"Jo Example" not in path.read_bytes()


def test_posture_is_each_projects_residency_and_the_retention_that_holds(api: AdminApi, tmp_path: Path) -> None:
    api.projects = [
        {"id": "proj_a", "name": "Jo Example's", "residency": "GB_STORAGE", "status": "active", "archived_at": None},
        {"id": "proj_b", "name": "Old", "residency": None, "status": "archived", "archived_at": FIRST},
        {"id": "proj_c", "name": "New", "residency": "GLOBAL", "status": "active"},
    ]
    api.retention = {"proj_a": "organization_default", "proj_b": "modified_abuse_monitoring"}
    path = get(api, "openai-posture", tmp_path)
    assert [row[1:] for row in read("openai-posture", path).rows] == [
        (NOW // DAY, "proj_a", "GB_STORAGE", "zero_data_retention", "active"),
        (NOW // DAY, "proj_b", None, "modified_abuse_monitoring", "archived"),
        (NOW // DAY, "proj_c", "GLOBAL", None, "active"),
    ]
    assert b"Jo Example" not in path.read_bytes()


def test_the_audit_log_is_fetched_without_who_did_it(api: AdminApi, tmp_path: Path) -> None:
    who = {"type": "session", "session": {"user": {"email": "jo@department.example"}, "ip_address": "192.0.2.9"}}
    api.events = [
        {
            "id": f"audit_log-{number}",
            "type": "login.succeeded" if number == 3 else "project.updated",
            "effective_at": FIRST + number * DAY,
            "actor": who,
            "project": {"id": "proj_default", "name": "Jo's"},
            "project.updated": {"id": "proj_a", "changes_requested": {"title": "Jo's own"}},
        }
        for number in range(6)
    ]
    path = get(api, "openai-audit", tmp_path)
    rows = read("openai-audit", path).rows
    assert [(row.kind, row.project) for row in rows] == [("project.updated", "proj_a")] * 5
    for word in (b"jo@", b"192.0.2.9", b"Jo's"):
        assert word not in path.read_bytes()
    api.received.clear()
    get(api, "openai-audit", tmp_path)
    assert api.questions("audit_logs")[0]["effective_at[gte]"] == [str(FIRST + 4 * DAY)]


def test_the_key_goes_to_the_host_that_was_given_and_nowhere_else(api: AdminApi, tmp_path: Path) -> None:
    get(api, "openai-usage", tmp_path)
    assert {headers["authorization"] for _method, _target, headers in api.received} == {f"Bearer {KEY}"}
    assert all("openai-project" not in headers for _method, _target, headers in api.received)
    assert KEY.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    with pytest.raises(FetchError, match="refuses the key"):
        get(api, "openai-costs", tmp_path, key="sk-other")


def test_a_fetch_without_a_key_says_where_to_put_it() -> None:
    with pytest.raises(FetchError, match="ADOPTION_OPENAI_ADMIN_KEY"):
        FETCHERS["openai-usage"]({"from": "2026-05-01"}, {})
