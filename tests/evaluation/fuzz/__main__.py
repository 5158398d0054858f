"""`scripts/fuzz-turns`: run the fuzz, print its table, and show how to see each miss again. Exit code 1 on any."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.evaluation.fuzz.conversations import CONVERSATIONS, conversation
from tests.evaluation.fuzz.drive import Run, run_learners, running
from tests.evaluation.fuzz.report import Result, replace_block, table
from tests.evaluation.fuzz.shrink import Shrinker

HOUR: Final = 16_000  # turns: 200 learners, a message each 45 seconds
DOCS: Final = Path(__file__).parents[3] / "docs" / "sandbox.md"
_SHRUNK: Final = 5  # misses of one kind that are made short


def result_of(run: Run, learners: int) -> Result:
    """What the run came to."""
    return Result(
        seed=run.seed,
        turns=run.turns,
        requests=run.ledger.requests,
        learners=learners,
        statuses=dict(run.statuses),
        intents=dict(run.intents),
        planted=dict(run.planted),
        known=dict(run.known),
        went_out=tuple(run.ledger.went_out.values()),
        wrong=dict(run.ledger.wrong),
        failures=tuple(run.failures),
        elsewhere=run.elsewhere.calls,
        chance=run.ledger.chance,
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="fuzz-turns", description=__doc__)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--turns", type=int, default=HOUR, help=f"how many turns at least (default {HOUR}: an hour's)")
    parser.add_argument("--minutes", type=float, default=60, help="stop after so long, whatever was reached")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="begin with learner N: go on with a seed")
    parser.add_argument("--only", type=int, metavar="N", help="run conversation N of the seed alone, and show it")
    parser.add_argument("--write", action="store_true", help="write the table into docs/sandbox.md")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), options.seed) as run:
        if options.only is not None:
            learners = 1
            run.converse(conversation(options.seed, options.only))
        else:
            learners = run_learners(run, first=options.first, turns=options.turns, seconds=60 * options.minutes)
        result = result_of(run, learners)
        print(table(result))
        _explain(run, result)
    print(f"\n{time.monotonic() - started:.0f} s", file=sys.stderr)
    if options.write:
        DOCS.write_text(replace_block(DOCS.read_text(encoding="utf-8"), table(result)), encoding="utf-8")
    return 0 if result.is_clean else 1


def _explain(run: Run, result: Result) -> None:
    """Every miss with its seed and the shortest text; values are synthetic."""
    shrinker = Shrinker(run)
    for number, miss in enumerate(result.misses):
        again = f"--seed {result.seed} --only {miss.conversation}"
        print(f"\nwent out: {miss.planted.kind}, {miss.planted.way}, message {miss.message} ({again})")
        print(f"  planted {miss.planted.value!a}, written {miss.planted.written!a}")
        print(f"  found {miss.found!a} in {miss.around!a}")
        if number < _SHRUNK * 4:
            texts = shrinker.shortest(miss)
            print(f"  {'in' if len(texts) == 1 else f'after {len(texts) - 1} messages, in'} {texts[-1]!a}")
    for failure in result.failures[:20]:
        print(f"\n{failure}")
    if result.chance:
        print(f"\n{result.chance} finds were ordinary text of the same conversation, by chance.", file=sys.stderr)
    last = (result.turns // (CONVERSATIONS * 20)) or 1
    print(f"Go on after these with --seed {result.seed} --first {last}.", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
