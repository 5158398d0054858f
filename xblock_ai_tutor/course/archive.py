"""Files packed as the `.tar.gz` that Studio imports; the same files always give the same bytes."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping
from typing import Final

ROOT: Final = "course"
"""The folder in the archive: Studio looks for `course.xml` in the first one that it finds."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """The archive of {path below the course's root: content}: no times, owners or order of the machine that packs."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(files):
            entry = tarfile.TarInfo(f"{ROOT}/{path}")
            entry.size = len(files[path])
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(files[path]))
    return gzip.compress(packed.getvalue(), mtime=0)


def unpack(archive: bytes) -> dict[str, bytes]:
    """What `pack` was given. Raises `ValueError` when it is no such archive or a name points outside it."""
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
            for entry in opened:
                root, _, path = entry.name.partition("/")
                if not entry.isfile() or root != ROOT or not path or ".." in path.split("/"):
                    raise ValueError(f"The archive has an entry that no course has: {entry.name}")
                content = opened.extractfile(entry)
                files[path] = content.read() if content else b""
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ValueError(f"This is not a course archive: {error}") from error
    return files
