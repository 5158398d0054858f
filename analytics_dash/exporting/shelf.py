"""The folder of finished exports: each file whole or not there, readable by the server's own account alone.

Files are named by the digest of their order, never by anything that someone typed. Called by the process that makes
exports (`put`, `sweep`) and by the page that hands one out (`find`).
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from analytics_dash.i18n import _
from analytics_dash.releases.errors import ExportError

_NAME: Final = re.compile(r"[0-9a-f]{64}\.[a-z]{3,4}")
_DRAFT: Final = ".draft-"
_STRAY_SECONDS: Final = 3_600
"""A draft, or a file that no job knows, of this age was left behind by a process that was killed."""


def find(folder: Path, name: str) -> Path | None:
    """The finished file of this name, or None."""
    if not _NAME.fullmatch(name):
        return None
    path = folder / name
    if not path.is_file():
        return None
    with suppress(OSError):
        os.utime(path)  # wanted now: `sweep` leaves it for a while
    return path


def put(folder: Path, name: str, content: bytes) -> None:
    """Keep `content` under `name`: written to the disk under another name, then renamed. Raises `ExportError`."""
    draft = None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=folder, prefix=_DRAFT)  # made with mode 0600
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(folder / name)
        _fsync_folder(folder)
    except OSError as error:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
        raise ExportError(
            _("An export cannot be kept in {folder}: {reason}.").format(folder=folder, reason=error.strerror)
        ) from error


def sweep(folder: Path, *, keep: Collection[str], now: float | None = None) -> int:
    """Delete what nobody waits for any more: files not in `keep`, and drafts of the killed; return how many.

    A file that no job knows yet may be of a job that is about to say so: it stays for an hour.
    """
    moment = time.time() if now is None else now
    gone = 0
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            if path.name in keep or not (_NAME.fullmatch(path.name) or path.name.startswith(_DRAFT)):
                continue
            with suppress(FileNotFoundError):
                if moment - path.stat().st_mtime > _STRAY_SECONDS:
                    path.unlink()
                    gone += 1
    return gone


def _fsync_folder(folder: Path) -> None:
    """Make the renaming itself last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
