"""What `scripts/measure-effects` runs: the table of planted effects, what was found, and how often the limits hold."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from analytics_dash.demonstration.recovery import measure, table


def main() -> None:
    """Draw, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many governments of each kind (200)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (1)")
    parser.add_argument("--minutes", type=float, default=120, help="begin no further draw after so many minutes (120)")
    options = parser.parse_args()
    print(table(measure(_seeds(range(options.first, options.first + options.seeds), 60 * options.minutes))))
    print(f"\n{time.process_time():.0f} s of processor time", file=sys.stderr)


def _seeds(seeds: range, seconds: float) -> Iterator[int]:
    started = time.monotonic()
    for seed in seeds:
        if time.monotonic() - started > seconds:
            return
        yield seed


if __name__ == "__main__":
    main()
