"""One thing that is wrong with the course, as every check reports it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Where (a path below the content folder and a 1-based line), what is wrong, and what to do about it."""

    path: str
    line: int
    cause: str
    cure: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.cause} — {self.cure}"
