"""How many processes the server runs when nobody says: one for each processor that it may use, within bounds.

Python draws pages on one processor at a time in each process, so threads alone do not use a second one. Called by
`commands`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

MOST: Final = 4
"""Processes: each keeps the releases that it has read in its own memory, up to half a gigabyte."""

QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")
"""What a container may use of its machine (cgroup v2): microseconds of each period, or `max`."""


def usual_workers(quota: Path = QUOTA) -> int:
    """Return the number of processes for the processors that this process may use, and that its container grants."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(MOST, allowed, _granted(quota) or MOST))


def _granted(quota: Path) -> int | None:
    """Whole processors that the container is granted, rounded up; None where there is no such limit."""
    try:
        used, period = quota.read_text().split()
        return None if used == "max" else -(-int(used) // int(period))
    except (OSError, ValueError):
        return None
