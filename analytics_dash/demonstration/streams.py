"""Random streams: one for each thing that is drawn, named by what it is for.

Streams are independent of one another and of Python's global generator, so the same seed gives the same life to the
same person whoever else is made, and nothing leaks into a caller's own randomness.
"""

from __future__ import annotations

from random import Random


def stream(*names: object) -> Random:
    """Return a fresh stream that depends on `names` alone, for instance `stream(seed, "life", 17)`."""
    return Random("|".join(map(str, names)))  # noqa: S311 - a simulation, not a secret
