"""The command `adoption`: help worth reading, one JSON object, sentences for errors, and documented exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from analytics_dash import cli as commands
from analytics_dash import errors
from analytics_dash.home import home, key_path, register_path
from tests.support import feeds

LOG = feeds.json_lines(feeds.many_events(20))


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ADOPTION_WAREHOUSE", raising=False)
    monkeypatch.delenv("ADOPTION_DEBUG", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands.cli, [str(argument) for argument in arguments])


def load(*arguments: str | Path) -> Result:
    return run("load", "--warehouse", "duckdb:///w.duckdb", *arguments)


def test_help_names_every_command_and_the_exit_codes_without_importing_them() -> None:
    code = (
        "import sys; from analytics_dash.cli import cli; cli(['--help'], standalone_mode=False); "
        "print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in commands.COMMANDS:
        assert f"  {name} " in done.stdout
    assert "Exit codes" in done.stdout
    for heavy in ("'duckdb'", "'dash'", "'ibis'", "'pyarrow'", "'flask_sqlalchemy'"):
        assert heavy not in done.stdout


def test_load_prints_one_json_object_and_speaks_of_the_key_on_stderr(somewhere: Path) -> None:
    (somewhere / "a.log").write_bytes(LOG + b"broken\n")
    done = load("--kind", "openedx-log", "--json", "a.log")
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert "Made a new pseudonym key" in done.stderr
    wanted = {"lines": 81, "accepted": 60, "ignored": 20, "duplicates": 0, "rejected": 1}
    assert wanted.items() <= report.items()
    assert json.loads(Path(report["rejects_file"]).read_text())["line"] == 81
    assert report["files"][0]["file"] == "a.log"
    assert "Made a new" not in load("--kind", "openedx-log", "--json", "a.log").stderr


def test_load_without_json_prints_sentences(somewhere: Path) -> None:
    (somewhere / "a.log").write_bytes(LOG + b"broken\n")
    (somewhere / "roster.csv").write_bytes(feeds.csv_bytes([feeds.roster_row(n) for n in range(1, 21)]))
    (somewhere / "b.log").write_bytes(LOG)
    done = load("--kind", "openedx-log", "--roster", "roster.csv", "a.log", "b.log")
    assert done.exit_code == 0
    assert "a.log: 81 lines = 60 accepted + 20 ignored + 0 duplicates + 1 rejected" in done.stdout
    assert "together: 161 lines = 60 accepted + 40 ignored + 60 duplicates + 1 rejected" in done.stdout
    assert "learning: 60 of 60 facts belong to people of the roster" in done.stdout


def test_progress_goes_to_stderr_and_only_when_asked_for(somewhere: Path) -> None:
    (somewhere / "a.log").write_bytes(LOG)
    assert "reading" in load("--kind", "openedx-log", "--progress", "a.log").stderr
    (somewhere / "a.log").write_bytes(LOG + LOG)
    assert load("--kind", "openedx-log", "a.log").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--kind", "openedx-log", "absent.log"], errors.USAGE, "There is no file"),
        (["--kind", "nothing", "a.log"], errors.USAGE, "Invalid value for '--kind'"),
        (["a.log"], errors.USAGE, "Say what the files are"),
        ([], errors.USAGE, "Nothing to load"),
        (["--kind", "openedx-log", "empty"], errors.USAGE, "There are no files in"),
        (["--kind", "openedx-log", "--roster", "absent.csv", "a.log"], errors.USAGE, "There is no file"),
        (["--kind", "openedx-log", "--strict", "a.log"], errors.STRICT, "1 lines were rejected"),
        (["--kind", "openedx-log", "cut.gz"], errors.PARTIAL, "cut.gz is damaged"),
        (["--kind", "chatgpt-users", "a.log"], errors.PARTIAL, "Missing columns"),
        (["--kind", "openedx-log", "nul.zip"], errors.PARTIAL, "nul.zip is zip"),
        (["--kind", "openedx-log", "--roster", "cut.gz", "a.log"], errors.PARTIAL, "Missing columns"),
    ],
)
def test_errors_are_sentences_with_documented_exit_codes(
    arguments: list[str], code: int, sentence: str, somewhere: Path
) -> None:
    (somewhere / "a.log").write_bytes(LOG + b"broken\n")
    (somewhere / "cut.gz").write_bytes(feeds.gz(LOG)[:-30])
    (somewhere / "nul.zip").write_bytes(b"PK\x03\x04")
    (somewhere / "empty").mkdir()
    done = load(*arguments)
    assert done.exit_code == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("url", ["w.duckdb", "sqlite:///w.db", "duckdb://w", "duckdb:///", "duckdb:///:memory:"])
def test_a_malformed_warehouse_url_is_wrong_usage(url: str, somewhere: Path) -> None:
    (somewhere / "a.log").write_bytes(LOG)
    done = run("load", "--warehouse", url, "--kind", "openedx-log", "a.log")
    assert done.exit_code == errors.USAGE
    assert "duckdb:///FILE" in done.stderr


def test_relative_and_absolute_urls_name_the_same_file(somewhere: Path) -> None:
    (somewhere / "a.log").write_bytes(LOG)
    load("--kind", "openedx-log", "a.log")
    digests = {
        run("warehouse", "digest", "--warehouse", url).stdout
        for url in ("duckdb:///w.duckdb", f"duckdb:///{somewhere}/w.duckdb")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


def test_a_warehouse_can_be_looked_at_without_seeing_anyone(somewhere: Path) -> None:
    (somewhere / "a.log").write_bytes(feeds.json_lines(feeds.many_events(3)))
    load("--kind", "openedx-log", "a.log")
    shown = json.loads(run("warehouse", "show", "--json", "--warehouse", "duckdb:///w.duckdb").stdout)
    assert shown["tables"]["learning_events"] == "[c]"
    assert shown["linked"]["learning"] == {"facts": "[c]", "linked": "[c]"}
    assert shown["loads"][0]["accepted"] == 9
    text = run("warehouse", "show", "--warehouse", "duckdb:///w.duckdb").stdout
    assert "reporting_zone: Europe/London" in text
    assert run("warehouse", "show", "--warehouse", "duckdb:///absent.duckdb").exit_code == errors.USAGE


def test_a_room_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(commands.COMMANDS, "absent", commands.Mounted("analytics_dash.absent", "absent", "—"))
    done = run("absent")
    assert (done.exit_code, "This installation has no `adoption absent`" in done.stderr) == (errors.REFUSED, True)


def test_a_missing_package_is_named_with_what_to_install(somewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (somewhere / "needs_more.py").write_text("import a_package_that_nobody_has\n")
    monkeypatch.syspath_prepend(somewhere)
    monkeypatch.setitem(commands.COMMANDS, "more", commands.Mounted("needs_more", "more", "—"))
    done = run("more")
    assert done.exit_code == errors.REFUSED
    assert "needs the package a_package_that_nobody_has" in done.stderr
    assert "xblock-ai-tutor[dashboard]" in done.stderr


def test_an_internal_error_names_its_place_and_quotes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def broken() -> None:
        raise KeyError("zebedee.thorncastle")

    monkeypatch.delitem(commands.COMMANDS, "demo")
    monkeypatch.setitem(commands.cli.commands, "broken", broken)
    done = run("broken")
    assert done.exit_code == errors.INTERNAL
    assert "KeyError at" in done.stderr
    assert "zebedee" not in done.output
    monkeypatch.setenv("ADOPTION_DEBUG", "1")
    assert isinstance(run("broken").exception, KeyError)


def test_every_branch_of_the_error_tree_has_an_exit_code() -> None:
    def branches(kind: type[errors.AdoptionError]) -> list[type[errors.AdoptionError]]:
        return [kind, *(each for branch in kind.__subclasses__() for each in branches(branch))]

    for kind in branches(errors.AdoptionError):
        assert errors.exit_code(kind("")) in {
            *(errors.INTERNAL, errors.USAGE, errors.REFUSED, errors.PARTIAL, errors.STRICT, errors.BUSY)
        }
    assert errors.exit_code(ValueError()) == errors.INTERNAL


def test_the_home_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert home({"ADOPTION_HOME": "/a/b", "XDG_DATA_HOME": "/c"}) == Path("/a/b")
    assert home({"XDG_DATA_HOME": "/c"}) == Path("/c/adoption")
    assert home({"XDG_DATA_HOME": "relative"}) == Path.home() / ".local" / "share" / "adoption"
    assert home({}) == Path.home() / ".local" / "share" / "adoption"
    monkeypatch.setenv("ADOPTION_HOME", "/a")
    assert (key_path(), register_path()) == (Path("/a/pseudonym.key"), Path("/a/releases.sqlite"))
