"""What `scripts/measure-effects` runs: the table of planted effects, what was found, and how often the limits hold."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from analytics_dash.demonstration.recovery import measure, table
from analytics_dash.demonstration.recovery_findings import measure_findings, table_of_claims
from analytics_dash.demonstration.recovery_learning import measure_learning
from analytics_dash.demonstration.recovery_training import measure_training


def _findings(seeds: Iterator[int]) -> str:
    claims, rows = measure_findings(seeds)
    return f"{table(rows)}\n\n{table_of_claims(claims)}"


def _training(seeds: Iterator[int]) -> str:
    rows, claims = measure_training(seeds)
    return f"{table(rows)}\n\n{table_of_claims(claims)}"


PARTS: dict[str, Callable[[Iterator[int]], str]] = {
    "use": lambda seeds: table(measure(seeds)),
    "training": _training,
    "learning": lambda seeds: table(measure_learning(seeds)),
    "findings": _findings,
}


def main() -> None:
    """Draw, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many governments of each kind (200)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (1)")
    parser.add_argument(
        "--minutes", type=float, default=120, help="begin no further draw of a part after so many (120)"
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="which tables (all)")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    for part in options.parts:
        before = time.process_time()
        print(PARTS[part](_seeds(seeds, 60 * options.minutes)), end="\n\n", flush=True)
        print(f"{part}: {time.process_time() - before:.0f} s of processor time", file=sys.stderr)


def _seeds(seeds: range, seconds: float) -> Iterator[int]:
    started = time.monotonic()
    for seed in seeds:
        if time.monotonic() - started > seconds:
            return
        yield seed


if __name__ == "__main__":
    main()
