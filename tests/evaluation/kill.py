"""Killed at random moments: loading, building and publishing a release, rotating the key; then the same again.

`scripts/fuzz-kill` runs a hundred moments, the tests a few. A child process imports everything, says so, and works; it
is killed (SIGKILL) some random time later. The same work again must give the warehouse and the release of a run that
nobody disturbed, to the digest; and at the moment of death the warehouse is one that such a run passes through.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support import feeds

THROUGH: Final = "2026-06"
PEOPLE: Final = 120


def write_feeds(folder: Path, people: int = PEOPLE) -> None:
    """A small department's feeds over two months, with broken lines, repeated ones and a repeated file."""
    folder.mkdir(parents=True)
    lines: list[Any] = []
    for number in range(people):
        who = {"username": f"user{number}", "context": {"user_id": 1000 + number, "course_id": feeds.COURSE}}
        for month in (5, 6):
            at = f"2026-{month:02d}-{1 + number % 27:02d}T09:{number % 60:02d}:00Z"
            enrolled = {"course_id": feeds.COURSE, "user_id": 1000 + number}
            lines += [
                feeds.enrolled(event=enrolled, time=at, **who),
                feeds.step_submitted(time=at, **who),
                feeds.problem_check(grade=number % 2, time=at, **who),
                feeds.tutor_opened(f"{number:032x}", time=at, **who),
                feeds.log_event("edx.video.played", "{}", time=at, **who),
            ]
    log = feeds.json_lines(lines)
    (folder / "tracking").mkdir()
    (folder / "tracking" / "a.log").write_bytes(log + b"broken\n")
    (folder / "tracking" / "b.log.gz").write_bytes(feeds.gz(feeds.json_lines(lines[: people * 3], head=feeds.HEAD)))
    (folder / "tracking" / "c.log").write_bytes(log + b"broken\n")
    rows = [
        feeds.roster_row(n, work_email=f"p{n}@canals.example", lms_username=f"user{n}", lms_user_id=1000 + n)
        for n in range(people)
    ]
    (folder / "roster.csv").write_bytes(feeds.csv_bytes(rows))
    usage = [
        feeds.usage_row(
            email=f"p{n}@canals.example",
            public_id=f"user-{n}",
            period_start=f"2026-{month}-01",
            period_end=f"2026-{month}-28",
        )
        for n in range(people)
        for month in ("05", "06")
    ]
    (folder / "usage.csv").write_bytes(feeds.csv_bytes(usage))
    turns = [feeds.ledger_row(turn=f"t{n}", cursor=n + 1, learner=f"{n:032x}") for n in range(people)]
    (folder / "ledger.jsonl").write_bytes(feeds.json_lines(turns))


def work(folder: Path, feeds_folder: Path) -> dict[str, Any]:
    """Load everything, build a release and publish it, whatever of it is done; the digests of what is there then."""
    from analytics_dash.releases import register_app
    from analytics_dash.releases.build import build_release
    from analytics_dash.releases.publish import publish_release
    from analytics_dash.warehouse import open_warehouse
    from analytics_dash.warehouse.load import load

    url = f"duckdb:///{folder / 'w.duckdb'}"
    for kind, path in (("openedx-log", "tracking"), ("chatgpt-users", "usage.csv"), ("gateway-ledger", "ledger.jsonl")):
        load(url, kind=kind, paths=[feeds_folder / path], roster=feeds_folder / "roster.csv", processes=2)
    with register_app(f"sqlite:///{folder / 'releases.sqlite'}").app_context(), open_warehouse(url) as warehouse:
        built = build_release(warehouse, THROUGH)
        info = publish_release(built.info.id)
        return {
            "warehouse": warehouse.digest(),
            "cells": info.cells_digest,
            "status": info.status,
            "manifest": {name: value for name, value in info.manifest.items() if not name.endswith("_at")},
        }


def child(folder: Path, feeds_folder: Path) -> None:
    """What is killed: imports first, then says `ready`, then works and prints the digests."""
    import analytics_dash.disclosure.attacker
    import analytics_dash.releases.build
    import analytics_dash.releases.publish
    import analytics_dash.warehouse.load  # noqa: F401

    print("ready", flush=True)
    print(json.dumps(work(folder, feeds_folder), sort_keys=True, default=str), flush=True)


@dataclass
class Outcome:
    """What the moments showed. `wrong` has a sentence for each that did not end as an undisturbed run."""

    moments: int = 0
    killed: int = 0
    before: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def run(moments: int, seed: int, *, say: bool = False) -> Outcome:
    """Kill and repeat at so many random moments."""
    rng = random.Random(seed)
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="fuzz-kill-") as base:
        root = Path(base)
        write_feeds(root / "feeds")
        whole, seconds = undisturbed(root)
        for moment in range(moments):
            after = rng.uniform(0, seconds)
            folder = root / f"at-{moment}"
            folder.mkdir()
            outcome.moments += 1
            killed = _start(root, folder, after)
            outcome.killed += killed is None
            reached = _reached(folder)
            outcome.before[reached] = outcome.before.get(reached, 0) + 1
            again = _start(root, folder, None)
            left = sorted(path.name for path in folder.iterdir() if path.suffix in {".next", ".spill", ".wal"})
            if again != whole or left:
                outcome.wrong.append(f"seed {seed}, moment {moment} ({after:.2f} s): {left or 'other digests'}")
            if say:
                print(f"{moment + 1:4} {after:6.2f} s {reached:20} {'as undisturbed' if again == whole else 'WRONG'}")
            shutil.rmtree(folder)
    return outcome


def undisturbed(root: Path) -> tuple[dict[str, Any], float]:
    """The digests of a run that nobody disturbs, and how long it takes after its imports."""
    folder = root / "undisturbed"
    folder.mkdir()
    started: list[float] = []
    whole = _start(root, folder, None, started)
    if whole is None:
        raise RuntimeError("the undisturbed run failed")
    return whole, time.monotonic() - started[0]


def _start(root: Path, folder: Path, after: float | None, started: list[float] | None = None) -> dict[str, Any] | None:
    """Run the child; kill it `after` seconds of work. Its digests, or None where it was killed before their end."""
    command = [sys.executable, "-m", "tests.evaluation.kill", "--child", str(folder), str(root / "feeds")]
    environment = os.environ | {"ADOPTION_HOME": str(root / "home")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the child did not start")
        if started is not None:
            started.append(time.monotonic())
        if after is not None:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        said = process.stdout.read()
        process.wait()
    return json.loads(said) if said.endswith("\n") else None


def _reached(folder: Path) -> str:
    """What of the work is visible at the moment of death."""
    names = {path.name for path in folder.iterdir()}
    if "releases.sqlite" in names:
        return "during the release"
    journal = folder / "w.duckdb.journal.jsonl"
    loads = journal.read_bytes().count(b"\n") if journal.exists() else 0
    return f"after {loads} loads"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--child", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.child:
        child(*given.child)
        return 0
    outcome = run(given.moments, given.seed, say=True)
    print(f"{outcome.moments} moments, killed before the end at {outcome.killed}; when it died: {outcome.before}")
    print(
        "\n".join(outcome.wrong)
        or "each time, the same again gave the undisturbed warehouse and release, to the digest"
    )
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
