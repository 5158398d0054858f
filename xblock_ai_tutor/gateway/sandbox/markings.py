"""Protective markings in a text: OFFICIAL-SENSITIVE and above, and the legacy ones. Called by `gateway.turn`."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marking:
    """A protective marking found at `start:end` of the text; `label` is its canonical name."""

    label: str
    start: int
    end: int


_FIRST = re.compile(r"(?i)official[\s_‐-―-]{0,3}sensitive|\bTOP SECRET\b|(?m:^\s*SECRET\b)")


def find_markings(text: str) -> tuple[Marking, ...]:
    """Return the markings in `text`, in order."""
    return tuple(
        Marking("OFFICIAL-SENSITIVE" if m[0][0] in "oO" else m[0].strip().upper(), m.start(), m.end())
        for m in _FIRST.finditer(text)
    )


def blocked_by(text: str, *, block_official_sensitive: bool = True) -> Marking | None:
    """Return the marking that blocks `text`, or None."""
    for marking in find_markings(text):
        if block_official_sensitive or marking.label != "OFFICIAL-SENSITIVE":
            return marking
    return None
