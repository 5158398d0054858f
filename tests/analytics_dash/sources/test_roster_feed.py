"""The roster describes itself like the other feeds, and a made-up one loads by the command that is printed with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analytics_dash.cli import cli
from analytics_dash.sources.roster import OPTIONAL, REQUIRED, Roster, read_roster
from analytics_dash.sources.roster_feed import StaffRoster
from analytics_dash.sources.samples import FICTIONAL, NEVER
from analytics_dash.sources.streams import lines, look_at
from tests.support import feeds


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def read(folder: Path, rows: int, broken: int) -> tuple[Roster, bytes]:
    sample = StaffRoster().sample(1, rows, broken)
    path = folder / sample.name
    path.write_bytes(sample.data)
    return read_roster(lines(look_at(path)), feeds.identity()), sample.data


def test_a_sample_has_as_many_rejects_as_it_has_broken_rows(tmp_path: Path) -> None:
    assert read(tmp_path, 50, 0)[0].rejects == []
    roster, _data = read(tmp_path, 50, 40)
    assert (roster.lines, len(roster.people), len(roster.rejects)) == (90, 50, 40)


def test_nobody_of_a_sample_and_nothing_that_is_never_read_is_in_what_is_kept(tmp_path: Path) -> None:
    roster, data = read(tmp_path, 50, 40)
    for never in StaffRoster.schema.never:
        assert f"{NEVER} {never.name}".encode() in data
    for left in (roster.people, roster.links, roster.rejects, roster.notes):
        assert NEVER not in repr(left)
        assert FICTIONAL not in repr(left)


def test_what_is_described_is_what_is_read() -> None:
    told = json.loads(run("feeds", "show", "roster", "--json").stdout)
    assert [field["name"] for field in told["schema"]["reads"] if field["required"]] == list(REQUIRED)
    assert {field["name"] for field in told["schema"]["reads"]} == {*REQUIRED, *OPTIONAL}
    assert (told["kind"], told["version"], told["row"]) == ("roster", StaffRoster.version, "Person")
    assert "work_email (text, required)" in run("feeds", "show", "roster").stdout
    assert run("feeds", "page", "roster").stdout.startswith("# `roster`: the staff roster")
    assert json.loads(run("feeds", "list", "--json").stdout)["feeds"][0]["kind"] == "roster"


def test_a_sample_loads_by_the_command_that_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    told = run("feeds", "sample", "roster", "--rows", "30", "--out", tmp_path / "out").stdout
    url = f"duckdb:///{tmp_path}/w.duckdb"
    report = json.loads(run(*told.split()[1:], "--warehouse", url, "--json").stdout)
    assert report["roster"]["accepted"] == 30
    assert run("feeds", "sample", "roster", "--rows", "30").stdout == (tmp_path / "out" / "staff.csv").read_text()


def test_the_roster_as_a_kind_is_told_how_it_is_loaded(tmp_path: Path) -> None:
    done = run("load", "--warehouse", f"duckdb:///{tmp_path}/w.duckdb", "--kind", "roster", tmp_path / "staff.csv")
    assert done.exit_code == 2
    assert "--roster FILE" in done.stderr
