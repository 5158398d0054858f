"""Readers of other packages: really installed ones, found by entry point, and what a bad one can and cannot do."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analytics_dash import cli, errors
from analytics_dash.sources import FETCHERS, READERS
from analytics_dash.warehouse.load import load
from tests.support import feeds

READER = '''
"""Counts of an imaginary tool, written by somebody who has only the documentation."""
from typing import ClassVar

from analytics_dash.sources import Reader, Sample
from analytics_dash.sources.description import FeedSchema, Field, NeverRead, Option
from analytics_dash.sources.json_lines import json_text, read_json_lines
from analytics_dash.sources.records import Rejected, UsageRecord
from analytics_dash.sources.samples import Somebody, json_lines, never_read
import msgspec


class AcmeTool(Reader):
    kind: ClassVar[str] = "acme-tool"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Acme's tool"
    summary: ClassVar[str] = "Acme's daily counts"
    row: ClassVar[type] = UsageRecord
    options: ClassVar[tuple[Option, ...]] = (Option("day", "day", "day of the counts", required=True),)
    schema: ClassVar[FeedSchema] = FeedSchema(
        version=1, form="JSON lines", counts="lines", source="Acme's manual",
        reads=(Field("email", "text", "who", required=True, identifies=True), Field("n", "whole number", "messages")),
        never=(NeverRead("prompt", "what somebody asked"),),
    )

    def read(self, lines, identity):
        def take(line, batch):
            row = msgspec.json.decode(json_text(line))
            if not isinstance(row, dict) or not isinstance(row.get("email"), str):
                raise Rejected("no person")
            day = self.values["day"]
            alias = identity.alias("email", row["email"])
            kept = (alias, "chatgpt-edu", "daily", day, day, True, 1, row["n"], 0, 0, None)
            return UsageRecord(identity.digest(repr(kept).encode()), *kept)

        yield from read_json_lines(lines, take)

    def sample(self, seed, rows, broken=0):
        people = [{"email": Somebody(n).email, "n": n, "prompt": never_read("prompt")} for n in range(1, rows + 1)]
        data, options = json_lines([*people, *["{"] * broken]), {"day": "2026-05-01"}
        return Sample("acme.jsonl", data, rows + broken, broken, options)
'''

HOLLOW = "from analytics_dash.sources import Reader\nclass Thing(Reader): kind = 'bad'"
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a distribution as pip leaves it: its modules and its dist-info, in a folder on the path."""
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))

    def installed(name: str, points: dict[str, str], group: str = READERS.group, **modules: str) -> None:
        site = tmp_path / f"site-{name}"
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = "".join(f"{kind} = {target}\n" for kind, target in points.items())
        (info / "entry_points.txt").write_text(f"[{group}]\n{lines}")
        for module, source in modules.items():
            (site / f"{module}.py").write_text(source)
            monkeypatch.delitem(sys.modules, module, raising=False)
        monkeypatch.syspath_prepend(site)
        READERS.forget()
        FETCHERS.forget()

    monkeypatch.syspath_prepend(tmp_path)  # undone at the end, with what is put before it
    yield installed
    monkeypatch.undo()
    READERS.forget()
    FETCHERS.forget()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.cli, [str(argument) for argument in arguments])


def listed() -> dict[str, dict[str, str | None]]:
    done = run("feeds", "list", "--json")
    assert done.exit_code == 0, done.output
    return {f"{each['kind']} from {each['from']}": each for each in json.loads(done.stdout)["feeds"]}


def test_a_third_party_adds_a_reader_by_entry_point(install: Install, tmp_path: Path) -> None:
    install("acme-feeds", {"acme-tool": "acme_reader:AcmeTool"}, acme_reader=READER)
    assert "acme_reader" not in sys.modules
    assert "acme-tool" in READERS
    assert "acme_reader" not in sys.modules  # a name is known without importing what is behind it
    assert listed()["acme-tool from acme-feeds 1.0"]["problem"] is None
    assert "what somebody asked" in run("feeds", "show", "acme-tool").stdout
    assert run("feeds", "page", "acme-tool").stdout.startswith("# `acme-tool`: Acme's tool")
    told = run("feeds", "sample", "acme-tool", "--rows", "12", "--broken", "2", "--out", tmp_path / "out").stdout
    command = [*told.split()[1:], "--warehouse", f"duckdb:///{tmp_path}/w.duckdb", "--json"]
    report = json.loads(run(*command).stdout)
    assert (report["accepted"], report["rejected"]) == (12, 2)
    assert report["files"][0]["options"] == "day=2026-05-01"


@pytest.mark.parametrize(
    ("target", "source", "said"),
    [
        ("bad:Thing", "raise RuntimeError('words of a secret')", "importing it raised RuntimeError"),
        ("bad:Thing", "import a_package_that_nobody_has", "a package that it needs is not installed"),
        ("bad:Thing", "", "importing it raised AttributeError"),
        ("bad:Thing", "class Thing: pass", "no subclass of"),
        ("bad:Thing", READER + "\nThing = AcmeTool", "its kind is not the name"),
        (
            "bad:Thing",
            HOLLOW,
            "lacks the methods read, sample",
        ),
        ("bad:Thing", READER + "\nclass Thing(AcmeTool):\n kind = 'bad'\n row = str", "its row must be one of"),
        ("bad:Thing", READER + "\nclass Thing(AcmeTool):\n kind = 'bad'\n version = 0", "its version must be"),
        ("bad:Thing", READER + "\nclass Thing(AcmeTool):\n kind = 'bad'\n schema = None", "its schema must be"),
        ("bad", "", "must be module:Class"),
    ],
)
def test_a_broken_one_says_why_and_takes_no_other_down(target: str, source: str, said: str, install: Install) -> None:
    install("bad-feeds", {"bad": target}, bad=source)
    install("acme-feeds", {"acme-tool": "acme_reader:AcmeTool"}, acme_reader=READER)
    found = listed()
    assert said in (found["bad from bad-feeds 1.0"]["problem"] or "")
    assert "secret" not in (found["bad from bad-feeds 1.0"]["problem"] or "")
    assert [name for name, each in found.items() if each["problem"]] == ["bad from bad-feeds 1.0"]
    done = run("feeds", "show", "bad")
    assert done.exit_code == errors.REFUSED
    assert "bad-feeds 1.0" in done.stderr
    assert run("feeds", "show", "acme-tool").exit_code == 0
    assert run("load", "--help").exit_code == 0


def test_a_name_that_is_taken_is_said_and_ours_goes_on(install: Install, tmp_path: Path) -> None:
    install("thief", {"openedx-log": "acme_reader:AcmeTool"}, acme_reader=READER)
    found = listed()
    assert "built in" in (found["openedx-log from thief 1.0"]["problem"] or "")
    assert found["openedx-log from xblock-ai-tutor"]["problem"] is None
    log = tmp_path / "tracking.log"
    log.write_bytes(feeds.json_lines(feeds.many_events(2)))
    assert load(f"duckdb:///{tmp_path}/w.duckdb", kind="openedx-log", paths=[log]).totals["accepted"] == 6


def test_two_packages_with_one_name_are_told_and_neither_is_used(install: Install) -> None:
    for name in ("first-feeds", "second-feeds"):
        install(name, {"acme-tool": "acme_reader:AcmeTool"}, acme_reader=READER)
    for name in ("first-feeds", "second-feeds"):
        problem = listed()[f"acme-tool from {name} 1.0"]["problem"] or ""
        assert "first-feeds 1.0, second-feeds 1.0" in problem
    assert run("feeds", "page", "acme-tool").exit_code == errors.REFUSED
    assert run("feeds", "page", "openedx-log").exit_code == 0


@pytest.mark.parametrize("name", ["Acme Tool", "acme/tool", "../acme", "acme_tool", "a" * 41])
def test_a_name_is_one_that_may_stand_in_a_files_name(name: str, install: Install) -> None:
    install("odd-feeds", {name: "acme_reader:AcmeTool"}, acme_reader=READER)
    assert "lower-case letters" in (listed()[f"{name} from odd-feeds 1.0"]["problem"] or "")


def test_a_fetcher_comes_the_same_way(install: Install, tmp_path: Path) -> None:
    source = READER + (
        "\nfrom analytics_dash.sources import Fetcher, Page\n"
        "class AcmeFetcher(Fetcher):\n"
        "    kind = 'acme-tool'\n"
        "    summary = 'Asks Acme'\n"
        "    def pages(self, after):\n"
        "        yield Page([1, 2], None, done=True)\n"
    )
    install("acme-feeds", {"acme-tool": "acme_fetcher:AcmeFetcher"}, group=FETCHERS.group, acme_fetcher=source)
    assert json.loads(run("fetch", "acme-tool", "--into", tmp_path, "--json").stdout)["pages"] == 1
    assert run("fetch", "nothing", "--into", tmp_path).exit_code == errors.USAGE
