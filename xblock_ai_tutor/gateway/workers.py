"""Which worker process a turn runs in, and which of them are surely dead: so that kill -9 strands no reservation.

A worker's name is `<place>-<pid>-<start>`: the place is this boot of this machine and its PID namespace, the start is
the kernel's (`proc_pid_stat(5)`, field 22), so that a number that was used again is another worker. Whether a worker of
another place is alive cannot be known from here; what it held comes back when its time is over. `housekeeping` calls.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE: Final = Path("/proc/self/ns/pid")
_START_FIELD: Final = 22 - 3  # counted from the state, the first field after the name in brackets


def this_worker() -> str:
    """The name of the process that asks; empty where the system does not tell (no /proc)."""
    return _name(os.getpid())


@functools.lru_cache(maxsize=1)
def _name(pid: int) -> str:
    """The name of this process: a process that was forked asks with another number."""
    place, started = _place(), _started(pid)
    return f"{place}-{pid}-{started}" if place and started else ""


def dead(workers: Iterable[str]) -> list[str]:
    """Those of `workers` that ran here and do not run any more."""
    return [worker for worker in workers if _is_dead(worker)]


def _is_dead(worker: str) -> bool:
    place, _, process = worker.partition("-")
    pid, _, started = process.partition("-")
    if not pid.isdigit() or not place or place != _place():
        return False
    return _started(int(pid)) != started


@functools.lru_cache(maxsize=1)
def _place() -> str:
    try:
        return hashlib.sha256(_BOOT.read_bytes() + str(_NAMESPACE.readlink()).encode()).hexdigest()[:16]
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When the process began, in clock ticks since the machine's start; empty when there is no such process.

    A zombie has ended: it only waits for its parent to notice.
    """
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = status.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[_START_FIELD]
