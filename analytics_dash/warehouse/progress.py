"""A progress line on stderr: how much of the bytes is read, lines per second, time left. Silent unless asked for."""

from __future__ import annotations

import sys
import time
from typing import Final, TextIO

_EVERY: Final = 0.2  # seconds


class Progress:
    """Told about bytes and lines as they are read; shows them a few times a second."""

    def __init__(self, *, shown: bool, out: TextIO | None = None) -> None:
        self._out = out if out is not None else sys.stderr
        self._shown = shown
        self._total = self._done = self._lines = 0
        self._started = self._last = time.monotonic()
        self._stage = ""

    def begin(self, stage: str, total: int) -> None:
        """A new stage of `total` bytes; 0 where there is nothing to measure by."""
        self._stage, self._total, self._done, self._lines = stage, total, 0, 0
        self._started = time.monotonic()
        self._show(force=True)

    def bytes(self, number: int) -> None:
        self._done += number
        self._show()

    def lines(self, number: int) -> None:
        self._lines += number
        self._show()

    def end(self) -> None:
        """Leave a clean line behind."""
        if self._shown:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def _show(self, *, force: bool = False) -> None:
        now = time.monotonic()
        if not self._shown or (not force and now - self._last < _EVERY):
            return
        self._last = now
        spent = max(now - self._started, 1e-6)
        parts = [self._stage]
        if self._total:
            share = min(self._done / self._total, 1.0)
            parts.append(f"{share:4.0%}")
            if share > 0:
                parts.append(f"{spent / share - spent:.0f} s left")
        if self._lines:
            parts.append(f"{self._lines / spent:,.0f} lines/s")
        self._out.write("\r\x1b[K" + " · ".join(parts))
        self._out.flush()
