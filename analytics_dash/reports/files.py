"""Writing a file as a whole or not at all. Called by every kind of export."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from analytics_dash.i18n import _
from analytics_dash.releases.errors import ExportError


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, replacing what was there; a reader sees the old file or the new one, never a part.

    Raises `ExportError` when the folder cannot be made or written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(draft, 0o644)  # noqa: PTH101 (mkstemp makes it private; an export is for handing on)
            os.replace(draft, path)  # noqa: PTH105 (the draft is a string)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ExportError(
            _("{file} cannot be written: {reason}. Name a folder that you can write to with --out.").format(
                file=path, reason=error.strerror or type(error).__name__
            )
        ) from error
