"""`scripts/bench-redact`: time a message in the sandbox and in Presidio, by turns, in one run on the same messages.

Presidio runs in its own environment (`bench_presidio`), as a process that answers over a pipe, and times itself there:
the pipe does not count. Rounds alternate, so that what else the machine does meets both.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from tests.evaluation.redaction import numbers
from tests.evaluation.redaction.prose import paragraph
from xblock_ai_tutor.gateway.sandbox.markings import blocked_by
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders, redact

MESSAGES: Final = 100
ROUNDS: Final = 15
SIZE: Final = 2_048


def messages(seed: int = 20260301) -> list[str]:
    """Return messages of 2 kB: ordinary prose with a case's three identifiers in the middle."""
    rng = random.Random(seed)
    made = []
    for _ in range(MESSAGES):
        case = f"Mrs A. Okafor (NI number {numbers.nino(rng)}, {numbers.email(rng)}, tel {numbers.phone(rng)}) wrote."
        prose = "\n\n".join(paragraph(rng, 0) for _ in range(8))
        made.append(f"{prose[:1000]}\n\n{case}\n\n{prose[1000:]}"[:SIZE])
    return made


def ours(texts: list[str]) -> float:
    """Return the seconds of processor time for all texts: markings and redaction, as in a turn."""
    started = time.process_time()
    for text in texts:
        if blocked_by(text) is None:
            redact(text, Placeholders())
    return time.process_time() - started


def main(arguments: list[str]) -> int:
    """Run the command."""
    texts = messages()
    command = [arguments[0], "-P", str(Path(__file__).with_name("bench_presidio.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as presidio:
        if presidio.stdin is None or presidio.stdout is None:
            raise RuntimeError("no pipe")
        presidio.stdin.write(json.dumps(texts) + "\n")
        presidio.stdin.flush()
        version = json.loads(presidio.stdout.readline())["version"]
        ours(texts)
        pairs = []
        for _ in range(ROUNDS):
            here = ours(texts)
            presidio.stdin.write("go\n")
            presidio.stdin.flush()
            pairs.append((here, float(presidio.stdout.readline())))
        presidio.stdin.close()
    mine, theirs = (statistics.median(pair[i] for pair in pairs) / MESSAGES for i in (0, 1))
    best, their_best = (min(pair[i] for pair in pairs) / MESSAGES for i in (0, 1))
    ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
    print(f"{MESSAGES} messages of {SIZE:,} characters, {ROUNDS} rounds by turns, processor time of one message")
    print(f"  sandbox (markings and redaction)  median {1000 * mine:6.3f} ms   best {1000 * best:6.3f} ms")
    print(f"  presidio-analyzer {version:<15} median {1000 * theirs:6.3f} ms   best {1000 * their_best:6.3f} ms")
    print(f"  throughput: {ratio:.1f} × Presidio's")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
