"""Killed at random moments: loading, building and publishing a release; then the same again.

`scripts/fuzz-kill` runs a hundred moments, the tests a few. An undisturbed run goes stage by stage, and what is on disk
before each stage is kept. For each moment a child process starts where a stage begins (the three by turns) and is
killed (SIGKILL) some random time later. The same work again must give the warehouse and the release of the undisturbed
run, to the digest, and leave nothing lying about. Children come from a fork server that has everything imported and no
connection open.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from tests.support import feeds

THROUGH: Final = "2026-06"
PEOPLE: Final = 120
STAGES: Final = ("load", "build", "publish")
IMPORTED: Final = (
    "analytics_dash.disclosure.attacker",
    "analytics_dash.releases.build",
    "analytics_dash.releases.publish",
    "analytics_dash.warehouse.load",
    "ibis.backends.duckdb",
    "tests.evaluation.kill",
)


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


def work(folder: Path, feeds_folder: Path) -> Iterator[tuple[str, Any]]:
    """Load everything, build a release and publish it, whatever of it is done.

    Yields the name of each stage before it begins, and at the end "done" with the digests of what is there then.
    """
    from analytics_dash.releases import register_app
    from analytics_dash.releases.build import build_release
    from analytics_dash.releases.publish import publish_release
    from analytics_dash.warehouse import open_warehouse
    from analytics_dash.warehouse.load import load

    url = f"duckdb:///{folder / 'w.duckdb'}"
    yield "load", None
    for kind, path in (("openedx-log", "tracking"), ("chatgpt-users", "usage.csv"), ("gateway-ledger", "ledger.jsonl")):
        load(url, kind=kind, paths=[feeds_folder / path], roster=feeds_folder / "roster.csv", processes=2)
    yield "build", None
    with register_app(f"sqlite:///{folder / 'releases.sqlite'}").app_context():
        with open_warehouse(url) as warehouse:
            built = build_release(warehouse, THROUGH)
        yield "publish", None
        info = publish_release(built.info.id)
    with open_warehouse(url) as warehouse:
        digest = warehouse.digest()
    yield (
        "done",
        {
            "warehouse": digest,
            "cells": info.cells_digest,
            "status": info.status,
            "manifest": {name: value for name, value in info.manifest.items() if not name.endswith("_at")},
        },
    )


def child(root: Path, folder: Path, to_parent: Connection) -> None:
    """What is killed: says which stage it has come to, and goes on when told to."""
    os.environ["ADOPTION_HOME"] = str(root / "home")
    for said in work(folder, root / "feeds"):
        to_parent.send(said)
        to_parent.recv()


@dataclass
class Outcome:
    """What the moments showed. `wrong` has a sentence for each that did not end as an undisturbed run."""

    moments: int = 0
    killed: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*STAGES, "done"), 0))
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody disturbs: how long each stage took (seconds), and what there was in the end."""

    seconds: dict[str, float]
    digests: Any


def run(moments: int, seed: int, *, jobs: int = 1, say: bool = False) -> Outcome:
    """Kill and repeat at so many random moments, `jobs` of them at a time."""
    rng = random.Random(seed)
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="fuzz-kill-") as base, ThreadPoolExecutor(jobs) as pool:
        root = Path(base)
        write_feeds(root / "feeds")
        _once(root, root / "warmed")  # the first child of a fork server starts slowly
        whole = _once(root, root / "undisturbed", keep=True)
        drawn = [(n, STAGES[n % len(STAGES)], rng.random()) for n in range(moments)]
        for number, stage, after, reached, wrong in pool.map(lambda each: _moment(root, whole, *each), drawn):
            outcome.moments += 1
            outcome.killed[reached] += 1
            if wrong:
                outcome.wrong.append(f"seed {seed}, moment {number + 1} ({stage} + {after:.2f} s): {wrong}")
            if say:
                print(
                    f"{number + 1:4} {stage:7} + {after:5.2f} s, died in {reached:7} {wrong or 'as undisturbed'}",
                    flush=True,
                )
    return outcome


def _moment(root: Path, whole: Undisturbed, number: int, stage: str, part: float) -> tuple[int, str, float, str, str]:
    """Kill once, that `part` of the way through a stage, and repeat; the last thing returned says what is wrong."""
    after = part * whole.seconds[stage]
    folder = root / f"at-{number}"
    shutil.copytree(root / f"before-{stage}", folder)
    reached = _killed(root, folder, stage, after)
    again = _once(root, folder).digests
    left = sorted(path.name for path in folder.iterdir() if path.suffix in {".next", ".spill", ".wal"})
    shutil.rmtree(folder)
    wrong = "other digests" if again != whole.digests else f"left behind: {left}" if left else ""
    return number, stage, after, reached, wrong


def _once(root: Path, folder: Path, *, keep: bool = False) -> Undisturbed:
    """Do the work, or what is left of it; `keep` what is on disk before each stage."""
    folder.mkdir(exist_ok=True)
    process, ours = _start(root, folder)
    began: dict[str, float] = {}
    try:
        while True:
            stage, digests = ours.recv()
            began[stage] = time.monotonic()
            if digests is not None:
                break
            if keep:
                shutil.copytree(folder, root / f"before-{stage}")
                began[stage] = time.monotonic()
            ours.send("go on")
        ours.send("go on")
    finally:
        process.join()
    ends = (*STAGES[1:], "done")
    seconds = {stage: began[then] - began[stage] for stage, then in zip(STAGES, ends, strict=True)}
    return Undisturbed(seconds, digests)


def _killed(root: Path, folder: Path, stage: str, after: float) -> str:
    """Kill the work `after` seconds of a stage; return the stage in which it died."""
    process, ours = _start(root, folder)
    reached, until = "", float("inf")
    while ours.poll(max(0.0, until - time.monotonic()) if until < float("inf") else None):
        reached, digests = ours.recv()
        if reached == stage:
            until = time.monotonic() + after
        if digests is not None:
            break
        ours.send("go on")
    process.kill()
    process.join()
    return reached


def _start(root: Path, folder: Path) -> tuple[Any, Connection]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(IMPORTED))
    ours, theirs = context.Pipe()
    process = context.Process(target=child, args=(root, folder, theirs))
    process.start()
    theirs.close()
    return process, ours


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--jobs", type=int, default=1, help="so many moments at a time")
    given = parser.parse_args(arguments)
    print(f"seed {given.seed}, {given.moments} moments", flush=True)
    outcome = run(given.moments, given.seed, jobs=given.jobs, say=True)
    print(f"{outcome.moments} moments; killed in {outcome.killed}")
    print(
        "\n".join(outcome.wrong)
        or "each time, the same again gave the undisturbed warehouse and release, to the digest"
    )
    return 1 if outcome.wrong else 0
