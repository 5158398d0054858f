"""Publish twelve monthly releases with late data in a register of their own, then attack the exported files.

Prints for each release how much is hidden and what the outside attacker recovered of it: by itself, with each earlier
release about some of the same months, and with all of them at once; leaves with 1 when anything was.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag, default in (("people", 600), ("departments", 4), ("teams", 2), ("window", 6), ("seed", 11)):
        parser.add_argument(f"--{flag}", type=int, default=default)
    parser.add_argument("--late", type=float, default=0.04)
    parser.add_argument("--adding", action="store_true", help="the attacker supposes that late data only adds people")
    parser.add_argument("--two", action="store_true", help="two indicators only, of the same answers")
    parser.add_argument(
        "--orderly", action=argparse.BooleanOptionalAction, default=True, help="what holds as a rule holds"
    )
    args = parser.parse_args()
    print(" ".join(f"--{name} {value}" for name, value in vars(args).items()), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ADOPTION_HOME"] = folder
        return attacked(args, Path(folder))


def attacked(args: argparse.Namespace, folder: Path) -> int:
    # After the home is set: the signing key must not be the user's.
    from analytics_dash.indicators import Window  # noqa: PLC0415
    from analytics_dash.releases import register_app  # noqa: PLC0415
    from analytics_dash.reports.csv import csv_bytes  # noqa: PLC0415
    from tests.support import outside_attacker as outside  # noqa: PLC0415
    from tests.support.government import TWO, drawn, publish_month  # noqa: PLC0415
    from tests.support.outside_reading import Count, truth_of  # noqa: PLC0415
    from tests.support.whole_government import whole  # noqa: PLC0415

    months = Window.ending("2026-10", months=11 + args.window).months
    size = {name: getattr(args, name) for name in ("people", "departments", "teams", "late")}
    if args.two:
        government = drawn(args.seed, months, indicators=TWO, **size)
    else:
        government = whole(args.seed, months, folder, orderly=args.orderly, **size)
    total, spent = 0, {"building": 0.0, "attacking": 0.0}
    published: list[tuple[bytes, dict[Count, int]]] = []
    with register_app(f"sqlite:///{folder / 'releases.sqlite'}").app_context():
        for month in months[args.window - 1 :]:
            began = time.process_time()
            info, exact = publish_month(government, month, months=args.window)
            built = time.process_time()
            file = csv_bytes(tuple(exact))
            published.append((file, truth_of(exact.values(), file)))
            tried: list[int] = []
            undecided: list[int] = []
            readings: Counter[str] = Counter()
            found = []
            companies = list(_companies(published[-args.window :]))
            for company in companies:
                truth = {key: n for _file, known in company for key, n in known.items()}
                small = {key for key, n in truth.items() if n < 10}
                for puzzle in outside.put_together([each for each, _known in company], adding=args.adding):
                    readings[puzzle.reading] += len(company) > 1
                    ranges = outside.ranges(puzzle, only=small, tried=tried.append, undecided=undecided.append)
                    found += outside.recovered(ranges, truth)
            ended = time.process_time()
            hidden = sum(cell.status == "c" for cell in exact)
            print(
                f"{info.id}: {len(exact)} cells, {hidden} hidden; built and published in {built - began:.1f} s CPU; "
                f"attacked {len(companies)} times ({sum(tried)} counts) in {ended - built:.1f} s; "
                f"recovered {len(found)}, undecided {sum(undecided)}; put together by {dict(readings)}",
                flush=True,
            )
            for each in found[:20]:
                print("  recovered", each, flush=True)
            total += len(found)
            spent = {"building": spent["building"] + built - began, "attacking": spent["attacking"] + ended - built}
    print(f"built and published in {spent['building']:.0f} s CPU in all, attacked in {spent['attacking']:.0f} s")
    print(f"recovered in all: {total}")
    return 1 if total else 0


def _companies(releases: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The last release by itself, with each earlier one about some of the same months, and with all of them."""
    *earlier, last = releases
    yield [last]
    yield from ([each, last] for each in earlier)
    if len(earlier) > 1:
        yield releases


if __name__ == "__main__":
    sys.exit(main())
