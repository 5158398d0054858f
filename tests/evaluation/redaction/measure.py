"""`scripts/measure-redact`: print the rates, and with `--write` put them into docs/sandbox.md."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Final

from tests.evaluation.redaction.build import SEEDS, Split, build, paragraphs
from tests.evaluation.redaction.score import Alarms, Score, alarms, score, wilson

DOCS: Final = Path(__file__).parents[3] / "docs" / "sandbox.md"
BEGIN: Final = "<!-- measured: scripts/measure-redact --write -->"
END: Final = "<!-- /measured -->"


def _rate(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{hits}/{of} = {hits / of:.3f} ({low:.3f}–{high:.3f})" if of else "–"


def table(result: Score, ordinary: Alarms, split: str, seed: int) -> str:
    """Return the rates as Markdown."""
    lines = [
        f"Measured on {result.marked.total():,} labelled texts and {ordinary.paragraphs:,} ordinary paragraphs "
        f"(split `{split}`, seed {seed}); in brackets the 95 % interval (Wilson).",
        "",
        "| type | recall: held back in full, under its name | held back under any name | precision |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {kind} | {_rate(result.named[kind], total)} | {result.held[kind] / total:.3f} "
        f"| {_rate(result.right[kind], result.found[kind])} |"
        for kind, total in sorted(result.labelled.items())
    ]
    lines += [
        f"| markings | {_rate(result.blocked[True], result.marked[True])} | – "
        f"| {_rate(result.blocked[True], result.blocked.total())} |",
        "",
        f"False alarms: {ordinary.with_alarm} of {ordinary.paragraphs:,} ordinary paragraphs, "
        f"{1000 * ordinary.with_alarm / ordinary.paragraphs:.1f} per 1,000 "
        f"(at most {1000 * wilson(ordinary.with_alarm, ordinary.paragraphs)[1]:.1f}).",
    ]
    return "\n".join(lines)


def block() -> str:
    """Return the generated block of docs/sandbox.md."""
    split: Split = "held-out"
    return f"{BEGIN}\n{table(score(build(split)), alarms(paragraphs(split)), split, SEEDS[split])}\n{END}"


def replace_block(document: str, new: str) -> str:
    """Return `document` with its generated block replaced."""
    before, _, rest = document.partition(BEGIN)
    return before + new + rest.partition(END)[2]


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="measure-redact", description=__doc__)
    parser.add_argument("--split", choices=sorted(SEEDS), default="held-out")
    parser.add_argument("--seed", type=int, help="another seed: texts that nobody has seen")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="also show N misses and false alarms a type")
    parser.add_argument("--write", action="store_true", help="write the published table into docs/sandbox.md")
    options = parser.parse_args(arguments)
    if options.write:
        DOCS.write_text(replace_block(DOCS.read_text(encoding="utf-8"), block()), encoding="utf-8")
        return 0
    started = time.perf_counter()
    result = score(build(options.split, options.seed))
    ordinary = alarms(paragraphs(options.split, options.seed))
    seed = SEEDS[options.split] if options.seed is None else options.seed
    print(table(result, ordinary, options.split, seed))
    print(f"\n{time.perf_counter() - started:.1f} s", file=sys.stderr)
    if options.show:
        _show("missed", result.misses, options.show)
        _show("wrongly found", result.false, options.show)
        for text in result.wrongly_judged[: options.show * 4]:
            print("wrongly blocked or passed:", ascii(text))
        for kind, text in ordinary.texts[: options.show * 4]:
            print("alarm:", kind, ascii(text))
    return 0


def _show(title: str, items: list[tuple[str, str, str]], count: int) -> None:
    by_kind: dict[str, int] = {}
    for kind, text, value in items:
        by_kind[kind] = by_kind.get(kind, 0) + 1
        if by_kind[kind] <= count:
            print(f"{title}: {kind}: {value!a} in {text[-220:]!a}")


if __name__ == "__main__":
    sys.exit(main())
