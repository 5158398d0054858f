"""Split and merge a team or a department of small governments between releases, and attack the exported files.

Prints of each kind how many governments and hidden counts were tried, and what was recovered; leaves with 1 for any.
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
    for flag, default in (("seeds", 10), ("seed", 1), ("departments", 5), ("months", 2)):
        parser.add_argument(f"--{flag}", type=int, default=default)
    parser.add_argument("--late", type=float, default=0.1)
    parser.add_argument(
        "--several", action="store_true", help="several at once, moved teams, and those that keep a name"
    )
    parser.add_argument("--kinds", nargs="+", help="these only, by the names in tests/support/reorganisations.py")
    parser.add_argument("--adding", action="store_true", help="the attacker supposes that late data only adds people")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ADOPTION_HOME"] = folder
        return attacked(args, Path(folder))


def attacked(args: argparse.Namespace, folder: Path) -> int:
    # After the home is set: the signing key must not be the user's.
    from tests.support.reorganisations import ONE, SEVERAL  # noqa: PLC0415
    from tests.support.reorganised import recovered  # noqa: PLC0415

    total = 0
    for what in args.kinds or (SEVERAL if args.several else ONE):
        began = time.process_time()
        tried = found = hidden = cells = 0
        for seed in range(args.seed, args.seed + args.seeds):
            outcome = recovered(
                folder,
                seed,
                what,
                departments=args.departments,
                late=args.late,
                months=args.months,
                adding=args.adding,
            )
            tried, found = tried + outcome.tried, found + len(outcome.found)
            hidden, cells = hidden + outcome.hidden, cells + outcome.cells
            for count in sorted(outcome.found):
                print(f"  recovered in {seed}: {count}", flush=True)
        spent = time.process_time() - began
        print(
            f"{what}: {args.seeds} governments, {tried} counts tried, recovered {found}; "
            f"{hidden} of {cells} cells hidden; {spent:.0f} s CPU",
            flush=True,
        )
        total += found
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
