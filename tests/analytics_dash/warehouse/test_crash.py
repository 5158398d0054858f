"""Killed at any moment, a load leaves the old warehouse; the same command again gives an undisturbed run's result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_dash.errors import BusyError
from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.files import Files, locked
from analytics_dash.warehouse.load import load
from tests.support import feeds

DumpOf = Callable[..., dict[str, list[tuple[Any, ...]]]]
Write = Callable[[str, bytes], Path]

OLD = feeds.json_lines(feeds.many_events(30))
NEW = feeds.json_lines(feeds.many_events(1500)) + b"broken\n"
ROSTER = feeds.csv_bytes([feeds.roster_row(number) for number in range(1, 1000)])

# The moments at which the loader is killed: as soon as this is there.
MOMENTS: dict[str, Callable[[Path], bool]] = {
    "the lock is held": lambda w: w.with_name(w.name + ".lock").exists(),
    "the next version has begun": lambda w: w.with_name(w.name + ".next").exists(),
    "rejects are written": lambda w: any(w.with_name(w.name + ".rejects").glob("*")),
    "the journal is written": lambda w: w.with_name(w.name + ".journal.jsonl").stat().st_size > _journal_size(w),
}
_sizes: dict[Path, int] = {}


def _journal_size(warehouse: Path) -> int:
    return _sizes[warehouse]


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at(moment: str, url: str, tmp_path: Path, write: Write, dump: DumpOf) -> None:
    old, new, roster = write("old.log", OLD), write("new.log", NEW), write("roster.csv", ROSTER)
    undisturbed = url.replace("adoption", "undisturbed")
    for each in (url, undisturbed):
        load(each, kind="openedx-log", paths=[old])
    load(undisturbed, kind="openedx-log", paths=[new], roster=roster)
    before = dump(url)

    warehouse = tmp_path / "adoption.duckdb"
    warehouse.with_name(warehouse.name + ".lock").unlink()
    _sizes[warehouse] = warehouse.with_name(warehouse.name + ".journal.jsonl").stat().st_size
    command = [sys.executable, "-m", "analytics_dash.cli", "load", "--warehouse", url, "--kind", "openedx-log"]
    running = subprocess.Popen(
        [*command, "--roster", str(roster), str(new)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ,
    )
    reached = MOMENTS[moment]
    deadline = time.monotonic() + 30
    while not reached(warehouse) and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.0005)
    running.send_signal(signal.SIGKILL)
    assert running.wait() in {-signal.SIGKILL, 0}

    killed = dump(url)
    assert killed in (before, dump(undisturbed))
    load(url, kind="openedx-log", paths=[new], roster=roster)
    assert dump(url) == dump(undisturbed)
    with open_warehouse(url) as one, open_warehouse(undisturbed) as two:
        assert one.digest() == two.digest()
    left = {path.name.removeprefix("adoption.duckdb") for path in tmp_path.glob("adoption.duckdb*")}
    assert left == {"", ".lock", ".rejects", ".journal.jsonl"}
    assert [path.suffix for path in (tmp_path / "adoption.duckdb.rejects").iterdir()] == [".jsonl"]


def test_two_loads_at_once_are_told_apart(url: str, tmp_path: Path, write: Write) -> None:
    with locked(Files(tmp_path / "adoption.duckdb")), pytest.raises(BusyError, match="Another load is writing"):
        load(url, kind="openedx-log", paths=[write("old.log", OLD)])


def test_a_reader_keeps_what_it_opened_while_a_load_swaps(url: str, write: Write) -> None:
    load(url, kind="openedx-log", paths=[write("old.log", OLD)])
    with open_warehouse(url) as reader:
        before = reader.connection.execute("SELECT count(*) FROM learning").fetchone()
        report = load(url, kind="openedx-log", paths=[write("new.log", NEW)])
        assert report.changed
        assert reader.connection.execute("SELECT count(*) FROM learning").fetchone() == before
    with open_warehouse(url) as reader:
        assert reader.connection.execute("SELECT count(*) FROM learning").fetchone() == (4500,)


def test_a_full_disk_leaves_the_old_warehouse(url: str, tmp_path: Path, write: Write, dump: DumpOf) -> None:
    load(url, kind="openedx-log", paths=[write("old.log", OLD)])
    before = dump()
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, 900_000)); "
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "from analytics_dash.cli import main; sys.argv[0] = 'adoption'; main()"
    )
    arguments = ["load", "--warehouse", url, "--kind", "openedx-log", str(write("new.log", NEW))]
    done = subprocess.run([sys.executable, "-c", limited, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, dump()) == (3, before), done.stderr
    assert "the warehouse is as it was before" in done.stderr
    assert load(url, kind="openedx-log", paths=[tmp_path / "feeds" / "new.log"]).totals["rejected"] == 1
