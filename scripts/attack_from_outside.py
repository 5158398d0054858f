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
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag, default in (("people", 600), ("departments", 5), ("teams", 3), ("window", 6), ("seed", 11)):
        parser.add_argument(f"--{flag}", type=int, default=default)
    parser.add_argument("--late", type=float, default=0.04)
    parser.add_argument(
        "--pairs", action=argparse.BooleanOptionalAction, default=True, help="each earlier one apart too"
    )
    args = parser.parse_args()
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

    months = Window.ending("2026-10", months=11 + args.window).months
    government = drawn(
        args.seed,
        months,
        people=args.people,
        departments=args.departments,
        teams=args.teams,
        late=args.late,
        indicators=TWO,
    )
    total, spent_in_all, published = 0, 0.0, []
    with register_app(f"sqlite:///{folder / 'releases.sqlite'}").app_context():
        for month in months[args.window - 1 :]:
            began = time.process_time()
            info, exact = publish_month(government, month, months=args.window)
            spent = time.process_time() - began
            file = csv_bytes(tuple(exact))
            truth = outside.truth_of(exact.values(), file)
            began = time.process_time()
            beside = published[-(args.window - 1) :]
            pairs = [[each] for each in beside] if args.pairs else []
            companies = [[], *pairs, *([beside] if len(beside) > len(pairs) or len(beside) > 1 else [])]
            found = []
            for company in companies:
                both = {key: n for known in (*(each for _file, each in company), truth) for key, n in known.items()}
                puzzle = outside.Puzzle([*(each for each, _known in company), file])
                found += outside.recovered(outside.ranges(puzzle), both)
            hidden = sum(cell.status == "c" for cell in exact)
            print(
                f"{info.id}: {len(exact)} cells, {hidden} hidden, built and published in {spent:.1f} s CPU; "
                f"attacked {len(companies)} times in {time.process_time() - began:.0f} s; recovered {len(found)}",
                flush=True,
            )
            total, spent_in_all = total + len(found), spent_in_all + spent
            published.append((file, truth))
    print(f"built and published in {spent_in_all:.0f} s CPU in all")
    print(f"recovered in all: {total}")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
