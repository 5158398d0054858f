"""How often the screen, the look into documents and the advice rule are right: rates on labelled texts.

The texts are in `content/evaluation/screening`, one a line. A text belongs to the held-out half by the digest of its
words, so that a change of one moves no other; patterns are written against the other half alone. The table is printed
by `scripts/measure-screen`, and a test keeps it in docs/sandbox.md. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.sandbox.advice import advises
from xblock_ai_tutor.gateway.sandbox.screen import Verdict, screen


@dataclass(frozen=True, slots=True)
class Measure:
    """One rule: its name, the files of texts that it must catch and must let pass, and whether it caught a text."""

    name: str
    attacks: str
    benign: str
    catches: Callable[[str], bool]


def _refused(text: str) -> bool:
    return screen(text).verdict is Verdict.REFUSE


def _noticed(text: str) -> bool:
    """The text as a paragraph of an e-mail beside a question."""
    head = "Is this letter clear?\n\nFrom: a colleague\nTo: me\nSubject: The file"
    mail = f"{head}\n\nGood morning,\n\n{text}\n\nRegards\nA"
    return "smuggling" in screen(mail).signals


MEASURES: Final = (
    Measure("demands for the instructions refused", "demands", "questions", _refused),
    Measure("documents that instruct an AI noticed", "smuggling", "documents", _noticed),
    Measure("legal and HR advice replaced", "advice", "teaching", advises),
)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many."""

    hits: int
    of: int

    def __str__(self) -> str:
        return f"{self.hits} of {self.of} ({self.hits / self.of:.0%})" if self.of else "–"


def is_held_out(text: str) -> bool:
    """Whether a text is in the half that no pattern was written against."""
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 1


def rate(catches: Callable[[str], bool], texts: Iterable[str]) -> Rate:
    """How many of `texts` are caught."""
    caught = [catches(text) for text in texts]
    return Rate(sum(caught), len(caught))


def table(read: Callable[[str], Sequence[str]]) -> str:
    """The published table in Markdown; `read` gives the texts of a file."""
    lines = [
        "| rule | caught, seen | caught, held out | wrongly caught, seen | wrongly caught, held out |",
        "| --- | --- | --- | --- | --- |",
    ]
    for measure in MEASURES:
        cells = [
            str(rate(measure.catches, [text for text in read(name) if is_held_out(text) is held_out]))
            for name in (measure.attacks, measure.benign)
            for held_out in (False, True)
        ]
        lines.append(f"| {measure.name} | {' | '.join(cells)} |")
    return "\n".join(lines)
