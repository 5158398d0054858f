"""What `./scripts/bench-analytics` runs: generate, six reference aggregations, a full release; the same on Spark.

Each phase is a process of its own, so that its peak memory (VmHWM) is its own. Times are wall clock and processor time;
on a machine that does other things the ratio of processor times says more.
"""

# ruff: noqa: PLC0415 (each phase imports what it measures)

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from scripts.bench_analytics_data import THROUGH, generate

LIMIT_RATIO, LIMIT_GB = 3.0, 4.0
NOW = datetime.fromisoformat("2026-11-02T00:00:00+00:00")


def phase_generate(arguments: argparse.Namespace) -> dict[str, Any]:
    """Write the warehouse; its size on disk."""
    generate(arguments.file, rows=arguments.size, people=arguments.people)
    return {"disk_mb": round(arguments.file.stat().st_size / 1e6)}


def phase_reference(arguments: argparse.Namespace) -> dict[str, Any]:
    """The six aggregations, read to the end; the time of each."""
    from analytics_dash.warehouse import open_warehouse
    from scripts.bench_analytics_reference import REFERENCE

    each = {}
    with open_warehouse(f"duckdb:///{arguments.file}") as warehouse:
        for name, statement in REFERENCE.items():
            begun = time.perf_counter()
            found = warehouse.connection.execute(statement).fetchall()
            each[name] = [round(time.perf_counter() - begun, 2), len(found)]
    return {"each": each}


def phase_release(arguments: argparse.Namespace) -> dict[str, Any]:
    """A full release: every indicator and view, the learning figures, publication with its attacker."""
    return _release(f"duckdb:///{arguments.file}", arguments.profile)


def phase_spark(arguments: argparse.Namespace) -> dict[str, Any]:
    """The same release on a standalone Spark with so many executors of one core."""
    from analytics_dash.warehouse.engines.copy import copy
    from tests.support.spark import cluster

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ.setdefault("ADOPTION_SPARK", "spark.executor.memory=1g spark.driver.memory=1g spark.executor.cores=1")
    folder = arguments.file.parent
    with cluster(folder / f"cluster-{arguments.executors}", workers=int(arguments.executors), memory="1g") as master:
        url = f"{master}/bench?path={folder / 'spark'}"
        begun = time.perf_counter()
        copied = copy(f"duckdb:///{arguments.file}", url)
        measured = {"copy_s": round(time.perf_counter() - begun, 1), "copied": copied.changed}
        return measured | _release(url, None)


def _release(url: str, profile: Path | None) -> dict[str, Any]:
    import cProfile

    from analytics_dash.releases import dao, register_app
    from analytics_dash.releases.build import build_release
    from analytics_dash.releases.publish import publish_release
    from analytics_dash.warehouse import open_engine

    profiler = cProfile.Profile() if profile else None
    with tempfile.TemporaryDirectory() as folder, register_app(f"sqlite:///{folder}/register.sqlite").app_context():
        begun, cpu = time.perf_counter(), time.process_time()
        if profiler:
            profiler.enable()
        with open_engine(url) as warehouse:
            info = build_release(warehouse, THROUGH, now=NOW).info
        built, built_cpu = time.perf_counter() - begun, time.process_time() - cpu
        try:
            publish_release(info.id)
            published = "published"
        except Exception as error:  # a refusal is a result; it is printed
            published = f"not published: {error}"
        if profiler and profile:
            profiler.disable()
            profiler.dump_stats(profile)
        took, took_cpu = time.perf_counter() - begun, time.process_time() - cpu
        cells = info.manifest["cells"]
        digest = info.cells_digest
        dao.db.session.remove()
        dao.db.engine.dispose()
    return {
        "built_s": round(built, 1),
        "built_cpu_s": round(built_cpu, 1),
        "release_s": round(took, 1),
        "release_cpu_s": round(took_cpu, 1),
        "cells": cells,
        "digest": digest,
        "state": published,
    }


PHASES: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "generate": phase_generate,
    "reference": phase_reference,
    "release": phase_release,
    "spark": phase_spark,
}


def run(phase: str, file: Path, **options: object) -> dict[str, Any]:
    """Run a phase in a process of its own."""
    command = [sys.executable, "-m", "scripts.bench_analytics", "--phase", phase, "--file", str(file)]
    for name, value in options.items():
        if value is not None:
            command += [f"--{name}", str(value)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"The phase “{phase}” ended with exit code {done.returncode}.")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def one_size(folder: Path, rows: int, people: int, profile: Path | None) -> dict[str, Any]:
    """Generate, reference, release of one size; print a line for each."""
    file = folder / f"warehouse-{rows}.duckdb"
    print(f"\n{rows:,} learning events + {rows:,} usage rows, {people:,} people")
    if not file.exists():
        made = run("generate", file, size=rows, people=people)
        print(f"  generated in {made['wall_s']} s, peak {made['peak_gb']} GB")
    print(f"  on disk {file.stat().st_size / 1e6:,.0f} MB")
    reference = run("reference", file)
    for name, (seconds, groups) in reference["each"].items():
        print(f"    {name:<36} {seconds:>7} s {groups:>6} rows")
    print(f"  six aggregations {reference['wall_s']} s, CPU {reference['cpu_s']} s, peak {reference['peak_gb']} GB")
    release = run("release", file, profile=profile)
    ratio, ratio_cpu = (release[f"release{k}_s"] / reference[f"{n}_s"] for k, n in (("", "wall"), ("_cpu", "cpu")))
    print(
        f"  full release {release['release_s']} s, CPU {release['release_cpu_s']} s "
        f"(building {release['built_s']} s, CPU {release['built_cpu_s']} s), peak {release['peak_gb']} GB: "
        f"{release['cells']:,} cells, {release['state']}"
    )
    print(f"  ratio {ratio:.1f} (wall), {ratio_cpu:.1f} (CPU); wanted at most {LIMIT_RATIO} and {LIMIT_GB} GB")
    return {"rows": rows, **release, "ratio": ratio, "ratio_cpu": ratio_cpu}


def on_spark(folder: Path, rows: int, executors: list[str], digest: str) -> None:
    """The release on Spark, with more and more executors."""
    first = None
    for number in executors:
        found = run("spark", folder / f"warehouse-{rows}.duckdb", executors=number)
        first = first or found["release_s"]
        same = "the same cells" if found["digest"] == digest else "OTHER CELLS"
        print(
            f"  Spark, {number} executors: {found['release_s']} s, {first / found['release_s']:.2f} × the first, {same}"
            f" (copying {found['copy_s']} s)"
        )


def print_loading(lines: int) -> None:
    """What loading costs beside DuckDB's `read_json` and Aspects: the table of `scripts/bench-load`."""
    from scripts.bench_analytics_load import HEADER, measure

    print(HEADER)
    for row in measure(lines):
        print(row, flush=True)


def main() -> None:
    """Run what the options say and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="2e6,20e6", help="learning events, and as many usage rows; several by comma")
    parser.add_argument("--people", type=float, default=None, help="people; a fortieth of the rows if not given")
    parser.add_argument("--executors", default="", help="run the smallest size on Spark with so many; several by comma")
    parser.add_argument(
        "--lines", type=float, default=2e5, help="first load logs of so many lines (bench-load); 0: none"
    )
    parser.add_argument("--folder", type=Path, help="keep the warehouses here, and use them again")
    parser.add_argument("--profile", type=Path, help="write cProfile's statistics of the release here")
    parser.add_argument("--phase", choices=list(PHASES), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.phase:
        arguments.people = int(arguments.people or 0)
        begun = time.perf_counter()
        found = PHASES[arguments.phase](arguments)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        found |= {"wall_s": round(time.perf_counter() - begun, 1), "cpu_s": round(time.process_time(), 1)}
        print(json.dumps(found | {"peak_gb": round(peak, 2)}))
        return
    if arguments.lines:
        print_loading(int(arguments.lines))
    sizes = [int(float(text)) for text in arguments.rows.split(",")]
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = [
            one_size(folder, rows, int(arguments.people or rows // 40), arguments.profile) for rows in sorted(sizes)
        ]
        for one, other in itertools.pairwise(found):
            exponent = math.log(other["release_cpu_s"] / one["release_cpu_s"]) / math.log(other["rows"] / one["rows"])
            print(f"\nfrom {one['rows']:,} to {other['rows']:,} rows: CPU grows with exponent {exponent:.2f}")
        if arguments.executors:
            print()
            on_spark(folder, min(sizes), arguments.executors.split(","), found[0]["digest"])


if __name__ == "__main__":
    main()
