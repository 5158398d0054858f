"""What is dear to make is made once for a run of the tests, however many processes share the run.

Called by fixtures. pytest-xdist gives each of its processes a folder inside the run's; what is made lies beside those,
and each process gets a copy of its own, so that no test can change what another one reads.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of this process's own that holds what `make(folder)` has put into an empty one."""
    own = factory.mktemp(name)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        make(own)
        return own
    shared = factory.getbasetemp().parent / f"once-{name}"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "made").exists():
            # Where it was made by halves (it failed), the next process says why, too.
            working = factory.mktemp(f"{name}-made")
            make(working)
            copytree(working, shared / "content", dirs_exist_ok=True)
            (shared / "made").touch()
    copytree(shared / "content", own, dirs_exist_ok=True)
    return own
