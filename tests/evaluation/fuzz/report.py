"""What a run of the fuzz came to: the table that is printed, and that `--write` puts into docs/sandbox.md. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.evaluation.fuzz.recorder import FOREIGN_WORDS, STRANGER, WentOut
from tests.support.egress import ADDRESS, NO_MESSAGE, OTHER_FIELDS, OTHER_HEADERS, STORE
from xblock_ai_tutor.gateway.sandbox.redact import ENTITY_LABELS

BEGIN: Final = "<!-- measured: scripts/fuzz-turns --write -->"
END: Final = "<!-- /fuzzed -->"


@dataclass(frozen=True, slots=True)
class Result:
    """The counts of a run. `planted` by type, "marking" for marked messages; `known` by class of misses."""

    seed: int
    turns: int
    requests: int
    learners: int
    statuses: Mapping[str, int]
    intents: Mapping[str, int]
    planted: Mapping[str, int]
    known: Mapping[str, int]
    went_out: tuple[WentOut, ...]
    wrong: Mapping[str, int]
    failures: tuple[str, ...]
    elsewhere: int
    chance: int

    @property
    def misses(self) -> tuple[WentOut, ...]:
        """What went out and belongs to no class that is known to be missed."""
        return tuple(one for one in self.went_out if not one.planted.known)

    @property
    def is_clean(self) -> bool:
        """Whether nothing went out but what is known to, and no turn did what it should not."""
        return not (self.misses or self.wrong or self.failures or self.elsewhere)


def table(result: Result) -> str:
    """The result as Markdown."""
    missed = Counter(one.planted.kind for one in result.misses)
    known = Counter(one.planted.known for one in result.went_out if one.planted.known)
    statuses = ", ".join(f"{count:,} {status}" for status, count in sorted(result.statuses.items()))
    intents = ", ".join(f"{count:,} `{intent}`" for intent, count in sorted(result.intents.items()))
    lines = [
        f"{result.turns:,} turns of {result.learners} learners (seed {result.seed}; {intents}; {statuses}) caused "
        f"{result.requests:,} requests, each of which was judged on arrival.",
        "",
        "| planted | times | went out |",
        "|---|---|---|",
    ]
    in_known = sum(count for name, count in result.known.items() if name)
    for kind, count in sorted(result.planted.items()):
        lines.append(f"| {_name(kind)} | {count:,} | {missed[kind]} |")
    lines += [
        f"| *of these, in a class that is known to be missed* | {in_known:,} | |",
        *(f"| – {name} | {count:,} | {known[name]:,} |" for name, count in sorted(result.known.items()) if name),
        "",
        "| requests with | |",
        "|---|---|",
    ]
    for problem in (STORE, OTHER_FIELDS, OTHER_HEADERS, NO_MESSAGE, ADDRESS, FOREIGN_WORDS, STRANGER):
        lines.append(f"| {problem} | {result.wrong.get(problem, 0)} |")
    lines.append(f"| (calls to an address that only the environment names) | {result.elsewhere} |")
    return "\n".join(lines)


def _name(kind: str) -> str:
    return "marked message" if kind == "marking" else str(ENTITY_LABELS[kind])


def replace_block(document: str, new: str) -> str:
    """The document with its generated block replaced."""
    before, _, rest = document.partition(BEGIN)
    return f"{before}{BEGIN}\n{new}\n{END}{rest.partition(END)[2]}"
