"""Completion over REST: fetched from a real HTTP server into a file, resumed where it stopped, and read from it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_dash import cli
from analytics_dash.errors import FetchError, UsageError
from analytics_dash.sources import FETCHERS, READERS, Batch
from analytics_dash.sources.fetching import Fetched, fetch
from analytics_dash.sources.streams import lines, look_at
from tests.support import feeds
from tests.support.lms import CLIENT, Lms, serving

AGAIN = {"Retry-After": "0"}


def fetched(lms: Lms, folder: Path, environment: dict[str, str] | None = None) -> Fetched:
    options = {"lms": lms.url, "course": feeds.COURSE}
    return fetch(FETCHERS["completion"](options, CLIENT if environment is None else environment), folder)


def read(path: Path, **options: str) -> Batch:
    return feeds.joined(READERS["completion"](options).for_file(path.name).read(lines(look_at(path)), feeds.identity()))


def ratios(path: Path) -> list[float]:
    batch = read(path)
    assert batch.rejects == []
    return sorted(row.ratio for row in batch.rows)


@pytest.mark.parametrize("within", [True, False])
def test_every_learner_of_every_page_is_fetched_and_read(within: bool, tmp_path: Path) -> None:
    with serving(Lms(within=within)) as lms:
        done = fetched(lms, tmp_path)
        again = fetched(lms, tmp_path)
    assert (done.pages, done.resumed) == (3, False)
    assert ratios(done.path) == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert stat.S_IMODE(done.path.stat().st_mode) == 0o600
    assert again.path != done.path
    batch = read(done.path)
    assert batch.lines == 5
    assert {row.course for row in batch.rows} == {feeds.COURSE}
    assert batch.rows[0].alias == feeds.identity().alias("lms_username", "fictional.person.1")


def test_a_busy_server_is_asked_again_and_an_old_token_renewed(tmp_path: Path) -> None:
    with serving(Lms(token_uses=2)) as lms:
        lms.answers = [(429, AGAIN, b"slow down"), (503, AGAIN, b"")]
        assert ratios(fetched(lms, tmp_path).path) == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert len(lms.tokens) == 3


def test_a_fetch_that_stopped_goes_on_after_its_last_whole_page(tmp_path: Path) -> None:
    with serving(Lms()) as lms:
        lms.answers = [(200, {}, json.dumps(lms.page(1)).encode()), (404, {}, b"names and words")]
        with pytest.raises(FetchError, match="status 404") as failed:
            fetched(lms, tmp_path)
        assert "words" not in str(failed.value)
        (part,) = tmp_path.glob(".*.part")
        with part.open("ab") as file:
            file.write(b'{"feed": "completion", "cut')  # a kill in the middle of a write
        done = fetched(lms, tmp_path)
    assert (done.pages, done.resumed) == (2, True)
    assert ratios(done.path) == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert [path.name for path in tmp_path.iterdir()] == [done.path.name]


def test_a_token_goes_to_no_other_host(tmp_path: Path) -> None:
    with serving(Lms()) as other, serving(Lms()) as lms:
        lms.next_host = other.url
        assert fetched(lms, tmp_path).pages == 3
        assert other.asked == []
        lms.answers = [(302, {"Location": other.url}, b"")]
        with pytest.raises(FetchError, match="status 302"):
            fetched(lms, tmp_path)
        assert other.asked == []


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"<html>Sign in</html>", "no JSON"), (b'{"detail": "no"}', "no page of results"), (b"[" * 100_000, "no JSON")],
)
def test_an_answer_that_is_no_page_is_said_without_quoting_it(body: bytes, said: str, tmp_path: Path) -> None:
    with serving(Lms()) as lms:
        lms.answers = [(200, {}, body)]
        with pytest.raises(FetchError, match=said):
            fetched(lms, tmp_path)


def test_secrets_come_from_the_environment_or_from_files_that_it_names(tmp_path: Path) -> None:
    with serving(Lms()) as lms:
        with pytest.raises(FetchError, match="ADOPTION_LMS_TOKEN"):
            fetched(lms, tmp_path, {})
        with pytest.raises(FetchError, match="refuses the access"):
            fetched(lms, tmp_path, {**CLIENT, "ADOPTION_LMS_CLIENT_SECRET": "wrong"})
        secret = tmp_path / "secret"
        secret.write_text("correct horse\n")
        named = {"ADOPTION_LMS_CLIENT_ID": "adoption-client", "ADOPTION_LMS_CLIENT_SECRET_FILE": str(secret)}
        assert fetched(lms, tmp_path, named).pages == 3
        lms.tokens["made elsewhere"] = 10
        assert fetched(lms, tmp_path, {"ADOPTION_LMS_TOKEN": "made elsewhere"}).pages == 3


@pytest.mark.parametrize("address", ["http://learn.example", "https://me:pw@x.example", "ftp://x", "x.example"])
def test_an_address_that_would_show_the_token_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="https"):
        FETCHERS["completion"]({"lms": address, "course": feeds.COURSE}, CLIENT)


def test_the_command_fetches_and_load_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    for name, value in CLIENT.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "fetched"
    folder.mkdir()
    with serving(Lms()) as lms:
        arguments = ["fetch", "completion", "--into", str(folder), "--option", f"lms={lms.url}", "--json"]
        done = CliRunner().invoke(cli.cli, [*arguments, "--option", f"course={feeds.COURSE}"])
    assert done.exit_code == 0, done.output
    assert "fictional" not in done.output
    assert "correct horse" not in done.output
    url = f"duckdb:///{tmp_path}/w.duckdb"
    loaded = CliRunner().invoke(cli.cli, ["load", "--warehouse", url, "--kind", "completion", "--json", str(folder)])
    assert json.loads(loaded.stdout)["accepted"] == 5


def saved(folder: Path, *results: Any) -> Path:
    path = folder / "saved.jsonl"
    path.write_bytes(feeds.json_lines([{"count": 1, "results": list(results)}]))
    return path


def result(**completion: Any) -> dict[str, Any]:
    return {"username": "fictional.person.1", "completion": completion}


@pytest.mark.parametrize(
    ("completion", "ratio"),
    [
        ({"earned": 12.0, "possible": 24.0, "percent": 0.5}, 0.5),
        ({"earned": 12.0, "possible": 24.0, "ratio": 0.5}, 0.5),
        ({"earned": 1.0, "possible": 21.0, "percent": 5}, 1 / 21),
        ({"earned": 1.0, "possible": 100.0, "percent": 1}, 0.01),
        ({"earned": 0.0, "possible": None, "percent": 0.0}, 0.0),
        ({"percent": 62}, 0.62),
    ],
)
def test_both_names_and_both_scales_are_understood(completion: dict[str, Any], ratio: float, tmp_path: Path) -> None:
    (row,) = read(saved(tmp_path, result(**completion)), course=feeds.COURSE, as_of="2026-05-29").rows
    assert row.ratio == pytest.approx(ratio)


@pytest.mark.parametrize(
    "completion",
    [
        {"earned": 25.0, "possible": 24.0},
        {"earned": 12.0, "possible": 24.0, "percent": 0.9},
        {"earned": -1.0, "possible": 24.0},
        {"possible": 24.0, "percent": 0.5},
        {},
    ],
)
def test_a_share_that_contradicts_itself_is_rejected(completion: dict[str, Any], tmp_path: Path) -> None:
    batch = read(saved(tmp_path, result(**completion)), course=feeds.COURSE, as_of="2026-05-29")
    assert [reject.reason.split(":")[0] for reject in batch.rejects] == ["completion"]


def test_a_saved_page_needs_its_day_and_its_course(tmp_path: Path) -> None:
    path = saved(tmp_path, result(earned=1.0, possible=2.0))
    assert [reject.reason for reject in read(path).rejects] == ["wrong field: Object missing required field `feed`"]
    reasons = [reject.reason for reject in read(path, as_of="2026-05-29").rejects]
    assert reasons == ["no course: neither the result nor the request names one"]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300) | st.text(alphabet='{}[]":,results\n1', max_size=200).map(str.encode))
def test_whatever_a_file_of_pages_holds_every_record_is_accounted_for(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rubbish.jsonl"
    path.write_bytes(READERS["completion"]().sample(1, 3).data + b"." + data)
    batch = read(path)
    assert batch.lines == len(batch.rows) + batch.ignored + len(batch.rejects)
    assert len(batch.rows) >= 3
