"""`adoption release`: the whole way on the command line, JSON, refusals and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analytics_dash.cli import cli
from tests.support.disclosure import plausible_facts


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call `adoption release …` with a home of the test's own."""
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ADOPTION_REGISTER", raising=False)
    return lambda *arguments: CliRunner().invoke(cli, ["release", *arguments])


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_release_is_built_listed_shown_and_published(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = plausible_facts(60, departments=2).loaded("gateway-ledger").write(tmp_path / "w.duckdb")
    result = run("build", "--warehouse", url, "--through", "2026-10", "--json", "--timings")
    built = answer(result)
    late, *stages = result.stderr.splitlines()
    assert "gateway-ledger ends on 2026-09-12" in late
    assert [line.split()[0] for line in stages] == [
        "digest", "indicators", "attacker", "learning", "writing"
    ]  # fmt: skip
    assert (built["release"], built["status"], built["new"]) == ("2026-10.1", "built", True)
    assert (tmp_path / "home" / "releases.sqlite").is_file()
    assert answer(run("build", "--warehouse", url, "--through", "2026-10", "--json"))["new"] is False
    assert [each["release"] for each in answer(run("list", "--json"))["releases"]] == ["2026-10.1"]
    shown = answer(run("show", "2026-10.1", "--json"))
    assert shown["manifest"]["rule"]["name"] == "10-5"
    assert sum(shown["statuses"].values()) == shown["cells"]
    with monkeypatch.context() as terminal:
        terminal.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _stream: True, raising=False)
        said = [run(*command).stderr.splitlines() for command in (["publish", "2026-10.1"], ["audit"])]
    assert [[line.partition(" …")[0] for line in lines] for lines in said] == [
        ["looking at every cell", "attacking it, with the help of earlier releases: 0", "checking cells and signature"],
        ["2026-10.1, 1 of 1"],
    ]
    assert all(line.endswith(" s") for lines in said for line in lines)
    assert answer(run("publish", "2026-10.1", "--json"))["status"] == "published"
    for command in (["list"], ["show", "2026-10.1"], ["publish", "2026-10.1"]):
        assert "2026-10.1" in run(*command).output


def test_an_empty_register_says_how_to_begin(run: Callable[..., Result]) -> None:
    assert "adoption release build" in run("list").output


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (["build", "--warehouse", "duckdb:///none.duckdb", "--through", "2026-10"], 2, "no warehouse"),
        (["build", "--warehouse", "spark://x", "--through", "2026-10"], 2, "spark://HOST:PORT"),
        (["build", "--warehouse", "WAREHOUSE", "--through", "2026-13"], 2, "YYYY-MM"),
        (["build", "--warehouse", "WAREHOUSE", "--through", "9998-01"], 3, "not over yet"),
        (["build", "--warehouse", "WAREHOUSE", "--through", "2020-01"], 3, "no data"),
        (["publish", "2026-10.7"], 3, "2026-10.7"),
        (["show", "x"], 3, "adoption release list"),
        (["list", "--register", "nonsense"], 3, "sqlite:///"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_to_do(
    run: Callable[..., Result], warehouse_url: str, arguments: list[str], exit_code: int, message: str
) -> None:
    result = run(*(warehouse_url if argument == "WAREHOUSE" else argument for argument in arguments))
    assert result.exit_code == exit_code
    assert message in result.output
