"""What loading a tracking log costs beside DuckDB and beside Aspects, and the memory that one long line costs.

`scripts/bench-load` runs it alone, `scripts/bench-analytics` with the releases' part. The logs are `bench_log`'s.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar

import duckdb

from scripts.bench_log import log_lines, write_log

T = TypeVar("T", bound=tuple[Any, ...])

HEADER: Final = """\
In brackets by processor time, which other work on the machine disturbs less; so is the line on Aspects.
| log | thousand lines a second | are facts | of read_json into a table | of read_json counted | |
|---|---|---|---|---|---|"""


_COLUMNS: Final = (
    "{name: 'VARCHAR', event_type: 'VARCHAR', event_source: 'VARCHAR', time: 'TIMESTAMPTZ', username: 'VARCHAR', "
    "context: 'STRUCT(user_id BIGINT, username VARCHAR, course_id VARCHAR)', event: 'JSON'}"
)
"""What a load reads of a line. Without them DuckDB guesses a schema first: a minute for 200,000 such lines."""


def read_json_seconds(path: Path, *, table: bool) -> tuple[float, float]:
    """DuckDB's bare `read_json` of the file on two threads, into a table or counted: seconds, processor seconds."""
    with duckdb.connect(config={"threads": 2}) as db:
        source = f"read_json('{path}', format = 'newline_delimited', columns = {_COLUMNS})"
        started, worked = time.perf_counter(), time.process_time()
        if table:
            db.execute(f"CREATE TEMP TABLE read AS SELECT * FROM {source}")
        else:
            db.execute(f"SELECT count(name), count(time), count(username), count(context), count(event) FROM {source}")
        return time.perf_counter() - started, time.process_time() - worked


def load_seconds(path: Path, folder: Path, processes: int | None) -> tuple[float, float, dict[str, Any]]:
    """`adoption load` of the file into a new warehouse: seconds, processor seconds of all its processes, its report."""
    url = f"duckdb:///{folder / f'w{processes}.duckdb'}"
    command = [
        sys.executable,
        "-m",
        "analytics_dash.cli",
        "load",
        "--warehouse",
        url,
        "--kind",
        "openedx-log",
        "--json",
    ]
    command += ["--processes", str(processes)] if processes else []
    # An installation has its modules compiled; so have they here, from the first load on.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env |= {"ADOPTION_HOME": str(folder / "home"), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    started, worked = time.perf_counter(), _children()
    done = subprocess.run([*command, str(path)], capture_output=True, check=True, env=env)
    return time.perf_counter() - started, _children() - worked, json.loads(done.stdout)


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def aspects_rate(path: Path, lines: int) -> float | None:
    """Lines a second of Aspects' own transformation on the file's first lines; None where it is not installed."""
    if find_spec("event_routing_backends") is None:
        return None
    with path.open("rb") as file:
        given = b"".join(line[line.find(b"{") :] for line in itertools.islice(file, lines))
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("bench_aspects_rate.py"))],
        input=given,
        capture_output=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return float(found["lines"] / found["seconds"])


def measure(lines: int, *, processes: int | None = None, aspects: bool = True, folder: Path | None = None) -> list[str]:
    """The table of docs/benchmarks.md: plain and prefixed log, each beside DuckDB on the plain one, and Aspects."""
    said = []
    with tempfile.TemporaryDirectory(prefix="bench-load-", dir=folder) as base:
        here = Path(base)
        for name, options in (("mixed", {}), ("only counted events", {"counted_only": True})):
            plain, prefixed = here / "plain.log", here / "prefixed.log"
            size = write_log(plain, lines, **options)
            write_log(prefixed, lines, prefixed=True, **options)
            load_seconds(plain, here, processes)  # once to warm the page cache, to make the key, and to compile
            (here / f"w{processes}.duckdb").unlink()
            counted = _least(lambda: read_json_seconds(plain, table=False))  # noqa: B023 (called at once)
            table = _least(lambda: read_json_seconds(plain, table=True))  # noqa: B023
            work = 0.0
            for form, path in (("prefixed", prefixed), ("plain", plain)):
                seconds, work, facts = _least(lambda: _load_anew(path, here, processes))  # noqa: B023
                said.append(
                    f"| {name}, {form} | {lines / seconds / 1000:,.0f} | {facts / lines:.0%} "
                    f"| {table[0] / seconds:.2f} ({table[1] / work:.2f}) | {counted[0] / seconds:.2f} "
                    f"({counted[1] / work:.2f}) | {size / seconds / 1e6:,.0f} MB/s |"
                )
            rate = aspects_rate(plain, min(lines, 2000)) if aspects else None
            if rate is not None:
                times = lines / work / rate
                said.append(f"| {name}: Aspects' transformation | {rate / 1000:.1f} | load: {times:,.0f} times | | | |")
    return said


def _least(run: Callable[[], T]) -> T:
    """The run that took the least processor time of three: other work on the machine only adds."""
    return min((run() for _again in range(3)), key=lambda found: found[1])


def _load_anew(path: Path, folder: Path, processes: int | None) -> tuple[float, float, int]:
    seconds, work, report = load_seconds(path, folder, processes)
    (folder / f"w{processes}.duckdb").unlink()
    return seconds, work, int(report["accepted"])


def long_line(size: int) -> str:
    """What a file with one line of so many bytes costs in memory: the load's peak, in MB."""
    with tempfile.TemporaryDirectory(prefix="bench-load-") as base:
        here = Path(base)
        (sound,) = log_lines(1, counted_only=True)
        with (here / "long.log").open("wb") as file:
            file.write(sound)
            file.truncate(len(sound) + size)
            file.seek(0, os.SEEK_END)
            file.write(b"\n" + sound)
        seconds, _work, report = load_seconds(here / "long.log", here, 1)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        counts = {name: report[name] for name in ("lines", "accepted", "duplicates", "rejected")}
        return f"a line of {size / 1e9:.1f} GB: {seconds:.1f} s, peak {peak:.0f} MB, {counts}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of each log (1.9 kB each)")
    parser.add_argument("--processes", type=int, help="how many processes load; by default one a processor")
    parser.add_argument("--no-aspects", action="store_true")
    parser.add_argument("--long-line", type=int, metavar="BYTES", help="only: a file with one line of so many bytes")
    parser.add_argument("--folder", type=Path, help="where the logs and warehouses are made, for a while")
    given = parser.parse_args()
    if given.long_line:
        print(long_line(given.long_line))
        return
    print(HEADER)
    for row in measure(given.lines, processes=given.processes, aspects=not given.no_aspects, folder=given.folder):
        print(row, flush=True)


if __name__ == "__main__":
    main()
