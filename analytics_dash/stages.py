"""What a long command is doing, on a terminal: a line a stage, and how long each took. Silent anywhere else.

Who does the work is given a function to call when a stage begins, and knows of no terminal. Commands make it here.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from analytics_dash.i18n import _

Begun = Callable[[str], None]
"""Called with a stage in words when it begins, and with none when the last one ends before the work does."""


def quiet(_stage: str) -> None:
    """Nobody looks on."""


@contextmanager
def stages(*, as_json: bool, out: TextIO | None = None) -> Iterator[Begun]:
    """A `Begun` that says on stderr what has begun and how long it took; with JSON or no terminal, a quiet one."""
    out = sys.stderr if out is None else out
    if as_json or not out.isatty():
        yield quiet
        return
    since: float | None = None

    def end() -> None:
        if since is not None:
            out.write(" " + _("{seconds:.1f} s").format(seconds=time.monotonic() - since) + "\n")
            out.flush()

    def begun(stage: str) -> None:
        nonlocal since
        end()
        since = time.monotonic() if stage else None
        if stage:
            out.write(f"{stage} …")
            out.flush()

    try:
        yield begun
    finally:
        end()
