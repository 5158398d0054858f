"""Whether work grows with its text and no faster: told on any machine, as the measure is the same work on less text."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Final

IN_PROPORTION: Final = 8.0
"""Four times the text: work in proportion takes 4 times as long, work by its square 16 times. Half-way by factors."""

_NO_TIME: Final = 0.005  # of a shorter one the clock says nothing


def growth(work: Callable[[str], object], unit: str, length: int) -> float:
    """How many times as long `length` characters of repeated `unit` take as a quarter of them, in processor time."""
    whole, quarter = (unit * (size // len(unit)) for size in (length, length // 4))
    return _least(work, whole) / max(_least(work, quarter), _NO_TIME)


def _least(work: Callable[[str], object], text: str) -> float:
    """The least of three runs, since other work on the machine only adds; no garbage of other tests is looked at."""
    gc.collect()
    gc.disable()
    try:
        return min(_once(work, text) for _run in range(3))
    finally:
        gc.enable()


def _once(work: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    work(text)
    return time.process_time() - started
