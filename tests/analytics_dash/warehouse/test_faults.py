"""Bad files, bad bytes and a full disk: clear errors, every line accounted for, and nothing lost that was accepted."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_dash.errors import FeedError
from analytics_dash.sources import streams
from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.files import Files
from analytics_dash.warehouse.load import load
from analytics_dash.warehouse.meant import expand
from analytics_dash.warehouse.report import LoadReport
from tests.support import feeds

Dump = Callable[..., dict[str, list[tuple[Any, ...]]]]
Load = Callable[..., LoadReport]

GOOD = feeds.json_lines(feeds.many_events(20))
PLAIN = feeds.json_lines(feeds.many_events(25)[60:])


@pytest.fixture
def mess(tmp_path: Path) -> Path:
    """A folder as one finds it: sound files among everything that can be wrong with others."""
    folder = tmp_path / "mess"
    (folder / "sub").mkdir(parents=True)
    contents = {
        "good.log": GOOD,
        "good-again.log": GOOD,
        "sub/prefixed.log": feeds.json_lines(feeds.many_events(20), head=feeds.HEAD),
        "cut.log.gz": feeds.gz(GOOD)[:-40],
        "spoilt.log.gz": feeds.gz(GOOD)[:200] + b"\x00\xff" * 50 + feeds.gz(GOOD)[300:],
        "rubbish.bin": bytes(range(256)) * 40,
        "zeros.bin": bytes(100_000),
        "empty.log": b"",
        "bom.log": b"\xef\xbb\xbf" + PLAIN,
        "utf16.log": "{}\n".encode("utf-16"),
        "latin1.log": '{"name": "caf\xe9", "time": "2026-05-04T09:30:00Z"}\n'.encode("latin-1") + GOOD[:400],
        "clock.log": feeds.json_lines(
            [
                feeds.enrolled(time="2026-05-04T09:30:00Z"),
                feeds.enrolled(time="2025-01-01T00:00:00Z"),
                feeds.enrolled(time="1970-01-01T00:00:00Z"),
                feeds.enrolled(time="2199-01-01T00:00:00Z"),
                feeds.enrolled(time="2026-03-29T01:30:00"),
            ]
        ),
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    (folder / "loop").symlink_to(folder)
    (folder / "itself").symlink_to(folder / "itself")
    (folder / "gone").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe")
    return folder


def test_a_folder_of_everything_that_can_go_wrong(mess: Path, url: str, dump: Dump) -> None:
    report = load(url, kind="openedx-log", paths=[mess])
    by_name = {Path(one.file).name: one for one in report.files}
    for one in report.files:
        assert one.lines == one.accepted + one.ignored + one.duplicates + one.rejected, one
    good = {"good.log", "good-again.log", "prefixed.log", "bom.log", "clock.log", "empty.log"}
    assert all(by_name[name].error is None for name in good)
    sound = GOOD.count(b"\n")
    first, second, third = (by_name[name] for name in ("good-again.log", "good.log", "prefixed.log"))
    assert [one.lines for one in (first, second, third)] == [sound] * 3
    assert (third.duplicates, third.rejected) == (sound - third.ignored, 0)
    assert "cut short" in Path(by_name["cut.log.gz"].rejects_file or "").read_text()
    for name in ("cut.log.gz", "spoilt.log.gz"):
        assert "damaged" in (by_name[name].error or "")
    assert (by_name["rubbish.bin"].accepted, by_name["zeros.bin"].rejected) == (0, 1)
    assert "UTF-16" in (by_name["utf16.log"].error or "")
    assert "leads back to a folder above" in (by_name["loop"].error or "")
    assert "link that cannot be followed" in (by_name["itself"].error or "")
    assert "link that cannot be followed" in (by_name["gone"].error or "")
    assert "neither a file nor a folder" in (by_name["pipe"].error or "")
    assert (by_name["clock.log"].accepted, by_name["clock.log"].rejected) == (3, 2)
    latin = [json.loads(line) for line in Path(by_name["latin1.log"].rejects_file or "").read_text().splitlines()]
    assert latin[0] == {"line": 1, "reason": "not valid UTF-8"}
    # And what is good is what loading the good files alone would have brought, but for what damaged ones still had.
    alone = url.replace("adoption", "alone")
    load(alone, kind="openedx-log", paths=[mess / "good.log", mess / "bom.log", mess / "clock.log"])
    assert dump()["learning_events"] == dump(alone)["learning_events"]
    assert not load(url, kind="openedx-log", paths=[mess]).changed


def test_a_file_that_cannot_be_read_to_its_end_keeps_no_other_out(url: str, mess: Path) -> None:
    """A bad sector looks like this: the file opens, and reading fails (here: a process's own memory at address 0)."""
    (mess / "sector.log").symlink_to("/proc/self/mem")
    report = load(url, kind="openedx-log", paths=[mess])
    (sector,) = [one for one in report.files if one.file.endswith("sector.log")]
    assert "cannot be read: Input/output error" in (sector.error or "")
    assert sum(one.accepted for one in report.files) > 60


def test_what_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in" / "locked").mkdir(parents=True)
    (tmp_path / "in" / "a.log").write_bytes(GOOD)
    listed = Path.iterdir

    def refused(path: Path) -> Any:
        if path.name == "locked":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refused)  # root, under which tests may run, is refused nothing
    meant = expand([tmp_path / "in"], Files(tmp_path / "w.duckdb"))
    assert [path.name for path in meant.files] == ["a.log"]
    assert [sentence for _path, sentence in meant.problems] == ["locked cannot be read: Permission denied."]


@pytest.mark.parametrize("act", ["grows", "shrinks", "is replaced"])
def test_a_file_that_changes_while_it_is_read(
    act: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = tmp_path / "live.log", tmp_path / "other.log"
    path.write_bytes(GOOD)
    other.write_bytes(PLAIN)
    glance_at = streams.glance_at

    def glanced_at_and_then(path: Path) -> Any:
        feed = glance_at(path)
        if path.name == "live.log":
            if act == "grows":
                path.write_bytes(GOOD + PLAIN)
            elif act == "shrinks":
                path.write_bytes(GOOD[:-100])
            else:
                (tmp_path / "new").write_bytes(PLAIN * 2)
                (tmp_path / "new").replace(path)
        return feed

    with monkeypatch.context() as patch:
        patch.setattr("analytics_dash.warehouse.load.glance_at", glanced_at_and_then)
        live, rest = load(url, kind="openedx-log", paths=[path, other]).files
    assert rest.error is None
    assert rest.accepted > 0
    if act == "grows":
        assert (live.error, live.lines) == (None, GOOD.count(b"\n"))
    else:
        assert "was changed while it was being read" in (live.error or "")
        assert (live.lines, live.accepted) == (0, 0)
    # The same command again takes the file as it is by now, and nothing twice.
    again = url.replace("adoption", "again")
    for each in (url, again):
        load(each, kind="openedx-log", paths=[path, other])
    query = "SELECT digest FROM learning_events ORDER BY 1"
    with open_warehouse(url) as one, open_warehouse(again) as two:
        assert one.connection.execute(query).fetchall() == two.connection.execute(query).fetchall()


@pytest.mark.parametrize("wrap", ["plain", "gzip"])
def test_a_line_without_end_is_not_held_in_memory(wrap: str, tmp_path: Path) -> None:
    """120 MB in one line, between two sound ones; `scripts/bench-load --long-line` does it with a gigabyte."""
    path = tmp_path / "long.log"
    good = GOOD.split(b"\n")[0] + b"\n"
    size = 120 << 20
    if wrap == "plain":
        with path.open("wb") as file:
            file.write(good)
            file.truncate(len(good) + size)  # a hole: zeros that take no room
            file.seek(0, os.SEEK_END)
            file.write(b"\n" + good.replace(b"09:30", b"09:31"))
    else:
        zeros = feeds.gz(bytes(1 << 20))
        path.write_bytes(feeds.gz(good) + zeros * 120 + feeds.gz(b"\n" + good.replace(b"09:30", b"09:31")))
    code = (
        "import resource, sys; from pathlib import Path; from analytics_dash.warehouse.load import load; "
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        "load(sys.argv[1], kind='openedx-log', paths=[Path(sys.argv[3])]); "
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        "report = load(sys.argv[1], kind='openedx-log', paths=[Path(sys.argv[2])], processes=1); "
        "print(report.totals['lines'], report.totals['rejected'], "
        "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    (tmp_path / "warm.log").write_bytes(GOOD)
    arguments = [f"duckdb:///{tmp_path / 'w.duckdb'}", str(path), str(tmp_path / "warm.log")]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    lines, rejected, kilobytes = map(int, done.stdout.split())
    assert (lines, rejected) == (3, 1)
    assert kilobytes < 60_000


@pytest.mark.parametrize("limit", [20_000, 300_000, 900_000])
def test_a_full_disk_at_any_point_leaves_what_was_there(limit: int, url: str, tmp_path: Path, dump: Dump) -> None:
    """A limit on the size of files fails writes as a full disk does, at another step for another limit."""
    old, new = tmp_path / "old.log", tmp_path / "new.log"
    old.write_bytes(GOOD)
    new.write_bytes(feeds.json_lines(feeds.many_events(1500)) + b"broken\n" * 3000)
    load(url, kind="openedx-log", paths=[old])
    before = dump()
    limited = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); "
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "from analytics_dash.cli import main; sys.argv[0] = 'adoption'; main()"
    )
    arguments = ["load", "--warehouse", url, "--kind", "openedx-log", str(new)]
    done = subprocess.run([sys.executable, "-c", limited, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, dump()) == (3, before), done.stderr
    assert "the warehouse is as it was before" in done.stderr
    report = load(url, kind="openedx-log", paths=[new])
    assert report.totals["rejected"] == 3000
    assert [entry["action"] for entry in Files(tmp_path / "adoption.duckdb").read_journal()] == ["load", "load"]


ON_A_SMALL_DISK = """
mount -t tmpfs -o size={size} none {disk} || exit 90
cp {beside}/* {disk}
adoption() {{ {python} -m analytics_dash.cli "$@" --warehouse duckdb:///{disk}/adoption.duckdb; }}
adoption warehouse digest
adoption load --kind openedx-log {new} >&2; echo $?
adoption warehouse digest
mount -o remount,size=100m {disk}
adoption load --kind openedx-log {new} >&2; echo $?
adoption warehouse digest
"""


def test_a_disk_that_is_really_full_leaves_what_was_there(url: str, tmp_path: Path) -> None:
    """A file system of its own that is too small, in a namespace of its own, so that nobody else sees it."""
    beside, disk, new = tmp_path / "beside", tmp_path / "disk", tmp_path / "new.log"
    beside.mkdir()
    disk.mkdir()
    new.write_bytes(feeds.json_lines(feeds.many_events(1500)) + b"broken\n" * 3000)
    (tmp_path / "old.log").write_bytes(GOOD)
    url = f"duckdb:///{beside}/adoption.duckdb"
    load(url, kind="openedx-log", paths=[tmp_path / "old.log"])
    script = ON_A_SMALL_DISK.format(
        size=(beside / "adoption.duckdb").stat().st_size + (1 << 20),
        **{name: shlex.quote(str(path)) for name, path in (("disk", disk), ("beside", beside), ("new", new))},
        python=shlex.quote(sys.executable),
    )
    try:
        command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        done = None
    if done is None or done.returncode == 90 or "unshare" in done.stderr:
        pytest.skip("no namespaces here: the limit on the size of files, above, is all that stands for a full disk")
    before, failed, after, again, whole = done.stdout.split()
    assert (failed, after) == ("3", before), done.stderr
    assert "Is the disk full?" in done.stderr
    load(url, kind="openedx-log", paths=[new])
    with open_warehouse(url) as undisturbed:
        assert (again, whole) == ("0", undisturbed.digest())


def test_a_journal_that_was_broken_off_goes_on(load_files: Load, url: str, tmp_path: Path) -> None:
    load_files("openedx-log", GOOD)
    files = Files(tmp_path / "adoption.duckdb")
    with files.journal.open("ab") as journal:
        journal.write(b'{"at": "2026-')
    load_files("openedx-log", PLAIN)
    assert [entry["action"] for entry in files.read_journal()] == ["load", "load"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("jo.bloggs@canals.example export.log", "[…] export.log"),
        ("tracking-zebedee-10.77.66.55.log", "tracking-[…].log"),
        ("tracking.log-20261001-1791000000.gz", "tracking.log-20261001-[…].gz"),
        ("ip-10-0-66-55_2026-10.log.gz", "[…]_2026-10.log.gz"),
        ("ChatGPT users (Jo Bloggs) 2026-10-31.csv", "ChatGPT users ([…]) 2026-10-31.csv"),
        ("tracking_fe80::1ff:fe23:4567:890a.log", "tracking_[…].log"),
        ("s1234567.log", "[…].log"),
    ],
)
def test_the_journal_keeps_of_a_files_name_what_tells_of_nobody(tmp_path: Path, name: str, kept: str) -> None:
    path = tmp_path / name
    path.write_bytes(GOOD)
    load(f"duckdb:///{tmp_path / 'adoption.duckdb'}", kind="openedx-log", paths=[path])
    journal = (tmp_path / "adoption.duckdb.journal.jsonl").read_text()
    assert json.loads(journal)["files"][0]["file"] == kept
    assert not [word for word in ("bloggs", "zebedee", "10.77", "10-0-66", "4567") if word in journal.lower()]


def test_processes_give_what_one_gives(tmp_path: Path, url: str) -> None:
    """Several megabytes with broken lines all over, read by one, two and three processes: the same to the byte."""
    events = feeds.json_lines(feeds.many_events(120)).splitlines(keepends=True)
    filler = feeds.json_lines([feeds.log_event("edx.video.played", {"x": "y" * 9000})])
    parts = []
    for number, event in enumerate(events):
        parts += [filler, event, b"broken\n" if number % 7 == 0 else b"", b"\xff\n" if number % 501 == 0 else b""]
    path = tmp_path / "big.log"
    path.write_bytes(b"".join(parts) + b"x" * (5 << 20) + b"\n" + events[0])
    found = []
    for number in (1, 2, 3):
        into = url.replace("adoption", f"w{number}")
        report = load(into, kind="openedx-log", paths=[path], processes=number)
        with open_warehouse(into) as opened:
            rejects = Path(report.rejects_file or "").read_text()
            found.append((opened.digest(), dict(report.totals), rejects))
    assert found[0] == found[1] == found[2]
    assert found[0][1]["rejected"] > 50


def test_the_processes_of_a_killed_load_end_by_themselves(tmp_path: Path, url: str) -> None:
    path = tmp_path / "big.log"
    path.write_bytes(feeds.json_lines([feeds.log_event("edx.video.played", {"x": "y" * 9000})]) * 6000)
    command = [sys.executable, "-m", "analytics_dash.cli", "load", "--warehouse", url, "--kind", "openedx-log"]
    with subprocess.Popen([*command, "--processes", "2", str(path)], stdout=subprocess.DEVNULL) as running:
        helpers: list[int] = []
        deadline = time.monotonic() + 60
        while len(helpers) < 2 and running.poll() is None and time.monotonic() < deadline:
            helpers = _children(running.pid)
            time.sleep(0.002)
        running.kill()
    assert len(helpers) == 2
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in helpers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in helpers if b"warehouse.worker" in _command(pid)]


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def test_a_read_that_fails_says_which_file(tmp_path: Path) -> None:
    path = tmp_path / "sector.log"
    path.symlink_to("/proc/self/mem")
    with pytest.raises(FeedError, match=r"sector\.log cannot be read"):
        streams.look_at(path)
