"""The files around a warehouse FILE: its lock, the next version and the swap, rejects, journal, a crash's leftovers.

FILE          the warehouse; only ever replaced whole
FILE.lock     held (flock) while a load runs; released by the system when the process dies
FILE.next …   the next version and DuckDB's spill while a load runs; the next load clears them away
FILE.rejects/ one file per loaded file that has rejects: line and reason, no content
FILE.journal.jsonl   what was loaded when, and from which file name; clock times are here and not in the warehouse
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import pwd
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics_dash.errors import BusyError, UsageError
from analytics_dash.i18n import _
from analytics_dash.sources import Reject


def account() -> str:
    """The operator's account on this machine, for the journal; the number where it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


@dataclass(frozen=True, slots=True)
class Files:
    """The paths around one warehouse file."""

    warehouse: Path

    @property
    def has_warehouse(self) -> bool:
        """Whether there is one; a file without a byte, as `mktemp` makes it, is none yet."""
        return self.warehouse.exists() and self.warehouse.stat().st_size > 0

    def beside(self, suffix: str) -> Path:
        return self.warehouse.with_name(self.warehouse.name + suffix)

    @property
    def next(self) -> Path:
        return self.beside(".next")

    @property
    def spill(self) -> Path:
        return self.beside(".spill")

    @property
    def journal(self) -> Path:
        return self.beside(".journal.jsonl")

    def rejects(self, digest: str, kind: str, options: str = "") -> Path:
        told = f".{hashlib.sha256(options.encode()).hexdigest()[:12]}" if options else ""
        return self.beside(".rejects") / f"{digest}.{kind}{told}.jsonl"

    def owns(self, path: Path) -> bool:
        """Whether `path` is the warehouse or one of the files around it."""
        if not path.is_relative_to(self.warehouse.parent):
            return False
        top = path.relative_to(self.warehouse.parent).parts[:1]
        return f"{''.join(top)}.".startswith(f"{self.warehouse.name}.")

    def clear_leftovers(self) -> None:
        """Remove what a load that was killed has left; call it under the lock."""
        for path in (self.next, self.beside(".staged")):  # the area had a file of its own once
            path.unlink(missing_ok=True)
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
        shutil.rmtree(self.spill, ignore_errors=True)
        for draft in self.beside(".rejects").glob("*.draft"):
            draft.unlink(missing_ok=True)

    def swap_in(self) -> None:
        """Put the next version in FILE's place, at once and for good."""
        if self.has_warehouse:
            shutil.copymode(self.warehouse, self.next)
        else:
            self.next.chmod(0o600)  # person-level data: its owner's alone, unless the owner says otherwise
        _sync(self.next)
        self.next.replace(self.warehouse)
        _sync(self.warehouse.parent)

    def write_journal(self, entry: dict[str, Any]) -> None:
        """Append an entry with the time of writing and the account that writes."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        line = json.dumps({"at": now, "by": account(), **entry}, ensure_ascii=False) + "\n"
        descriptor = os.open(self.journal, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                line = "\n" + line  # a crash or a full disk broke the entry before off
            data = line.encode()
            if file.write(data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)

    def read_journal(self) -> list[dict[str, Any]]:
        """The entries, oldest first; one that was broken off is left out."""
        try:
            lines = self.journal.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        entries = []
        for line in lines:
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict):
                    entries.append(entry)
        return entries


@contextmanager
def locked(files: Files) -> Iterator[None]:
    """Hold the warehouse's lock. Raises `BusyError` while another load holds it."""
    if not files.warehouse.parent.is_dir():
        raise UsageError(
            _("There is no folder {path} for the warehouse: make it first.").format(path=files.warehouse.parent)
        )
    try:
        descriptor = os.open(files.beside(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UsageError(
            _("{path} may not be written by this user: check its permissions.").format(path=files.warehouse.parent)
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                _("Another load is writing to {name}; wait until it has ended and try again.").format(
                    name=files.warehouse.name
                )
            ) from error
        yield
    finally:
        os.close(descriptor)


class RejectsFile:
    """Rejects on their way to a file: a draft that takes its name when all are in it, or vanishes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._draft = path.with_name(f"{path.name}.draft")
        self._count = 0

    def add(self, rejects: Iterable[Reject]) -> None:
        lines = [json.dumps({"line": line, "reason": reason}, ensure_ascii=False) + "\n" for line, reason in rejects]
        if not lines:
            return
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        with self._draft.open("a" if self._count else "w", encoding="utf-8") as file:
            file.writelines(lines)
        self._count += len(lines)

    def finish(self, path: Path) -> str | None:
        """The rejects get their path, which is given; None where there are none: then an older version's file goes."""
        self.path = path
        if not self._count:
            self.path.unlink(missing_ok=True)
            return None
        self._draft.replace(self.path)
        return str(self.path)

    def abandon(self) -> None:
        self._draft.unlink(missing_ok=True)


def join_rejects(files: Files, of_files: Sequence[tuple[str, str]]) -> str | None:
    """One file with all rejects of `(digest, path)`: the only one, or a joint one that says of which file each is."""
    if len(of_files) <= 1:
        return of_files[0][1] if of_files else None
    name = hashlib.sha256("\n".join(digest for digest, _path in of_files).encode()).hexdigest()
    joint = files.rejects(name, "joint")
    draft = joint.with_name(f"{joint.name}.draft")
    with draft.open("w", encoding="utf-8") as out:
        for digest, path in of_files:
            with Path(path).open(encoding="utf-8") as rejects:
                out.writelines(
                    json.dumps({"file": digest} | json.loads(line), ensure_ascii=False) + "\n" for line in rejects
                )
    draft.replace(joint)
    return str(joint)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
