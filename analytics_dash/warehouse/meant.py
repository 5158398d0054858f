"""Which files an operator means: paths as given, and folders with all that is in them.

`warehouse.load` calls `expand`. What cannot be entered is told and keeps nothing else out.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics_dash.errors import UsageError
from analytics_dash.i18n import _
from analytics_dash.warehouse.files import Files


@dataclass(frozen=True, slots=True)
class Meant:
    """What the given paths mean: the files, in order, and what could not be entered, each with a sentence of why."""

    files: list[Path]
    problems: list[tuple[Path, str]]


def expand(paths: Sequence[Path], files: Files) -> Meant:
    """The files meant: each file, and in sorted order those in a directory and below, links followed once.

    Hidden ones are left out, and what belongs to the warehouse: it may lie among its feeds, and what a load writes
    there would be another load's input. Raises `UsageError` where a directory has no files.
    """
    meant = Meant([], [])
    for path in paths:
        if not path.is_dir():
            meant.files.append(path)
            continue
        before = len(meant.files) + len(meant.problems)
        _walk(path, files, meant, frozenset())
        if len(meant.files) + len(meant.problems) == before:
            raise UsageError(_("There are no files in {path}.").format(path=path))
    return meant


def _walk(folder: Path, files: Files, meant: Meant, above: frozenset[tuple[int, int]]) -> None:
    try:
        status = folder.stat()
        entries = sorted(folder.iterdir())
    except OSError as error:
        meant.problems.append((folder, _cannot("read", folder, error)))
        return
    here = (status.st_dev, status.st_ino)
    if here in above:
        meant.problems.append((folder, _("{name} leads back to a folder above it; left out.").format(name=folder.name)))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        try:
            mode = entry.stat().st_mode
            if files.owns(entry.resolve()):
                continue
        except (OSError, RuntimeError) as error:
            meant.problems.append((entry, _cannot("follow", entry, error)))
            continue
        if stat.S_ISDIR(mode):
            _walk(entry, files, meant, above | {here})
        elif stat.S_ISREG(mode):
            meant.files.append(entry)
        else:
            meant.problems.append(
                (entry, _("{name} is neither a file nor a folder; left out.").format(name=entry.name))
            )


def _cannot(act: str, path: Path, error: OSError | RuntimeError) -> str:
    # Up to Python 3.12 `resolve` says RuntimeError of a link that leads to itself.
    reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else os.strerror(errno.ELOOP)
    if act == "read":
        return _("{name} cannot be read: {reason}.").format(name=path.name, reason=reason)
    return _("{name} is a link that cannot be followed: {reason}.").format(name=path.name, reason=reason)
