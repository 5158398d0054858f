"""Logs that grow: each whole line is loaded once, through rotation, truncation, restarts and a signal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from analytics_dash import cli, errors
from analytics_dash.errors import BusyError, FeedError
from analytics_dash.warehouse.files import Files, locked
from analytics_dash.warehouse.follow import follow
from analytics_dash.warehouse.load import load
from analytics_dash.warehouse.report import LoadReport
from tests.support import feeds

LINES = [feeds.json_lines([event]) for event in feeds.many_events(30)]


class Site:
    """A warehouse, a log, and a follower that stops when there is nothing more to do."""

    def __init__(self, folder: Path) -> None:
        self.url = f"duckdb:///{folder}/w.duckdb"
        self.files = Files(folder / "w.duckdb")
        self.log = folder / "tracking.log"
        self.reports: list[LoadReport] = []
        self.pauses: list[float] = []

    def follow(self, *then: Callable[[], Any], load_stretches: Callable[[Any], LoadReport] | None = None) -> list[int]:
        """Follow, doing one of `then` each time that nothing is new; how many lines each load had."""
        waiting = list(then)
        self.reports = []
        self.pauses = pauses = []

        class Stop(Event):
            def wait(self, timeout: float | None = None) -> bool:
                pauses.append(timeout or 0)
                if not waiting:
                    return True
                waiting.pop(0)()
                return False

        follow(
            self.files,
            [self.log],
            load_stretches or (lambda stretches: load(self.url, kind="openedx-log", stretches=stretches)),
            every=1,
            stop=Stop(),
            tell=self.reports.append,
        )
        return [report.totals["lines"] for report in self.reports]

    def append(self, *lines: bytes) -> None:
        with self.log.open("ab") as file:
            file.write(b"".join(lines))

    def facts(self) -> list[Any]:
        with duckdb.connect(str(self.files.warehouse), read_only=True) as db:
            return db.execute("SELECT * FROM learning_events ORDER BY ALL").fetchall()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))
    return Site(tmp_path)


def test_a_busy_log_leaves_the_warehouse_alone_for_most_of_the_time(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.append(LINES[0])
    clock = count(0, 50)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))

    def load_slowly(stretches: Any) -> LoadReport:
        site.append(LINES[len(site.reports) + 1])  # it grows while it is loaded, again and again
        return load(site.url, kind="openedx-log", stretches=stretches)

    assert site.follow(lambda: None, load_stretches=load_slowly) == [1, 1]
    assert site.pauses[0] >= 4 * 50


def whole(site: Site, folder: Path) -> list[Any]:
    """What a load of all lines at once gives."""
    other = Site(folder / "other")
    other.files.warehouse.parent.mkdir()
    other.append(*LINES)
    load(other.url, kind="openedx-log", paths=[other.log])
    return other.facts()


def test_what_is_complete_is_loaded_and_the_rest_is_left_for_later(site: Site, tmp_path: Path) -> None:
    half = len(LINES[10]) // 2
    site.append(*LINES[:10], LINES[10][:half])
    counts = site.follow(
        lambda: site.append(LINES[10][half:-1]),
        lambda: site.append(LINES[10][-1:], *LINES[11:50]),
        lambda: site.append(*LINES[50:]),
    )
    assert counts == [10, 40, len(LINES) - 50]
    assert site.facts() == whole(site, tmp_path)
    assert all(report.totals["duplicates"] == report.totals["rejected"] == 0 for report in site.reports)


def test_a_log_that_is_renamed_is_read_to_its_end_before_its_successor(site: Site, tmp_path: Path) -> None:
    def rotate() -> None:
        site.append(*LINES[10:20])
        writer = site.log.open("ab")
        site.log.rename(tmp_path / "tracking.log.1")
        writer.write(b"".join(LINES[20:30]) + LINES[30].rstrip(b"\n"))  # the platform still has it open
        writer.close()
        (tmp_path / "tracking.log.1").rename(tmp_path / "elsewhere.1")
        site.append(*LINES[31:])

    site.append(*LINES[:10])
    assert sum(site.follow(rotate)) == len(LINES)
    assert site.facts() == whole(site, tmp_path)


def test_a_log_that_is_not_there_yet_is_waited_for(site: Site) -> None:
    assert site.follow(lambda: None, lambda: site.append(*LINES[:3])) == [3]


def test_a_log_that_was_cut_off_is_read_from_its_beginning(site: Site, tmp_path: Path) -> None:
    def cut(*lines: bytes) -> None:
        site.log.write_bytes(b"".join(lines))  # as copytruncate does: the same file, emptied

    site.append(*LINES[:40])
    counts = site.follow(lambda: cut(*LINES[40:50]), lambda: cut(*LINES[50:]))
    assert counts == [40, 10, len(LINES) - 50]  # shorter than before, then longer: both are told
    assert site.facts() == whole(site, tmp_path)


@pytest.mark.parametrize("renamed", [False, True])
def test_another_run_goes_on_where_the_last_one_ended(renamed: bool, site: Site, tmp_path: Path) -> None:
    site.append(*LINES[:20], LINES[20][:9])
    assert site.follow() == [20]
    site.append(LINES[20][9:], *LINES[21:30])
    if renamed:
        site.log.rename(tmp_path / "tracking.log.1")
    site.append(*LINES[30:])
    assert sum(site.follow()) == len(LINES) - 20
    assert site.facts() == whole(site, tmp_path)


def test_nothing_counts_twice_where_the_state_is_lost_or_was_not_yet_written(site: Site, tmp_path: Path) -> None:
    site.append(*LINES)
    site.follow()
    for state in (None, "{}", "no state", '{"0": 1}'):
        site.files.beside(".follow.json").unlink(missing_ok=True)
        if state is not None:
            site.files.beside(".follow.json").write_text(state)
        site.follow()
        assert sum(report.totals["accepted"] for report in site.reports) == 0
    assert site.facts() == whole(site, tmp_path)


def test_no_path_and_no_line_is_in_the_state(site: Site) -> None:
    site.append(*LINES)
    site.follow()
    text = site.files.beside(".follow.json").read_text()
    assert set(next(iter(json.loads(text).values()))) == {"device", "inode", "offset"}
    assert "tracking" not in text


def test_a_load_that_is_kept_out_is_tried_again(site: Site) -> None:
    site.append(*LINES[:5])
    tried = []

    def busy(stretches: Any) -> LoadReport:
        tried.append(stretches)
        raise BusyError

    class Once(Event):
        def wait(self, timeout: float | None = None) -> bool:
            return len(tried) >= 3

    with locked(site.files):
        follow(site.files, [site.log], busy, every=1, stop=Once(), tell=site.reports.append)
    assert (len(tried), site.reports) == (3, [])
    assert site.follow() == [5]


def test_a_log_in_another_format_ends_it_with_what_to_do(site: Site) -> None:
    site.log.write_bytes(b"PK\x03\x04\n")
    with pytest.raises(FeedError, match="is zip"):
        site.follow()


def test_a_line_without_end_is_searched_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda *arguments: read.append(arguments[1]) or pread(*arguments))
    site.append(*LINES[:2], b'{"x": "' + b"y" * (8 << 20))
    site.follow(lambda: site.append(b"y"), lambda: site.append(b"y"))
    assert sum(read) < 30 << 20
    assert [report.totals["lines"] for report in site.reports] == [2]


def test_a_signal_ends_it_cleanly(site: Site, tmp_path: Path) -> None:
    site.append(*LINES[:20])
    command = [sys.executable, "-m", "analytics_dash.cli", "load", "--warehouse", site.url, "--kind", "openedx-log"]
    with subprocess.Popen(
        [*command, "--follow", "--every", "0.1", "--json", str(site.log)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["accepted"] == 15
        site.append(*LINES[20:], b"{")
        assert json.loads(running.stdout.readline())["lines"] == len(LINES) - 20
        time.sleep(0.2)
        running.send_signal(signal.SIGTERM)
        out, said = running.communicate(timeout=30)
    assert (running.returncode, out) == (0, b"")
    assert b"Traceback" not in said
    assert site.facts() == whole(site, tmp_path)
    assert not site.files.next.exists()


def test_only_what_is_written_line_by_line_can_be_followed(site: Site) -> None:
    arguments = ["load", "--warehouse", site.url, "--follow", "--kind", "chatgpt-users", str(site.log)]
    done = CliRunner().invoke(cli.cli, arguments)
    assert (done.exit_code, "line by line" in done.stderr) == (errors.USAGE, True)
