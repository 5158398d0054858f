"""Counts and rates with Wilson intervals. What counts as held back: every letter and digit of the value."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tests.evaluation.redaction.build import Labelled
from xblock_ai_tutor.gateway.sandbox.markings import blocked_by
from xblock_ai_tutor.gateway.sandbox.redact import find_entities

_Z: Final = 1.959964


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a proportion."""
    if of == 0:
        return 0.0, 1.0
    p, z2 = hits / of, _Z * _Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(slots=True)
class Score:
    """Counts by type. `misses` and `false` hold (text, place) for those who look at a dev split."""

    labelled: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    misses: list[tuple[str, str, str]] = field(default_factory=list)
    false: list[tuple[str, str, str]] = field(default_factory=list)
    marked: Counter[bool] = field(default_factory=Counter)
    blocked: Counter[bool] = field(default_factory=Counter)
    wrongly_judged: list[str] = field(default_factory=list)


def score(texts: Iterable[Labelled]) -> Score:
    """Run the sandbox over labelled texts."""
    result = Score()
    for item in texts:
        found = find_entities(item.text)
        covered = {at for entity in found for at in range(entity.start, entity.end)}
        for kind, start, end in item.entities:
            result.labelled[kind] += 1
            whole = all(at in covered for at in range(start, end) if _matters(item.text, at))
            same = any(e.type == kind and e.start < end and e.end > start for e in found)
            result.held[kind] += whole
            result.named[kind] += whole and same
            if not (whole and same):
                result.misses.append((kind, item.text, item.text[start:end]))
        for entity in found:
            result.found[entity.type] += 1
            if any(
                kind == entity.type and entity.start < end and entity.end > start for kind, start, end in item.entities
            ):
                result.right[entity.type] += 1
            else:
                result.false.append((entity.type, item.text, item.text[entity.start : entity.end]))
        blocks = blocked_by(item.text) is not None
        result.marked[item.marked] += 1
        result.blocked[item.marked] += blocks
        if blocks != item.marked:
            result.wrongly_judged.append(item.text)
    return result


def _matters(text: str, at: int) -> bool:
    """Tell whether the character belongs to the value: letters and digits, but not those of a tag."""
    return (text[at].isascii() and text[at].isalnum() and not _in_tag(text, at)) or text[at].isdigit()


def _in_tag(text: str, at: int) -> bool:
    opening = text.rfind("<", max(0, at - 12), at)
    return (
        opening >= 0 and text.find(">", opening, opening + 12) >= at and text[opening + 1 : opening + 2] in set("/bes")
    )


@dataclass(frozen=True, slots=True)
class Alarms:
    """False alarms in ordinary paragraphs: how many paragraphs had one."""

    paragraphs: int
    with_alarm: int
    texts: tuple[tuple[str, str], ...]


def alarms(texts: Iterable[str]) -> Alarms:
    """Count the ordinary paragraphs in which something is held back, or which are blocked."""
    count, examples = 0, []
    for text in texts:
        count += 1
        marking = blocked_by(text)
        if marking is not None:
            examples.append((marking.label, text))
        elif found := find_entities(text):
            examples.append((found[0].type, text[max(0, found[0].start - 30) : found[0].end + 20]))
    return Alarms(count, len(examples), tuple(examples))
