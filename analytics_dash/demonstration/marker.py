"""`planted.json`: what marks a folder as a build of ours, finished or not. Called by `build`, `loading`, `prepare`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from analytics_dash.demonstration.errors import OutputFolderError
from analytics_dash.i18n import _

MARKER: Final = "planted.json"
MADE_BY: Final = "adoption demo build"


def refuse_foreign(folder: Path) -> None:
    """Raise `OutputFolderError` unless `folder` is absent, empty, or made by an earlier build."""
    if folder.exists() and not folder.is_dir():
        raise OutputFolderError(
            _("{folder} is a file. Name a folder that is empty or does not exist yet.").format(folder=folder)
        )
    if folder.is_dir() and any(folder.iterdir()) and "made_by" not in read_marker(folder):
        raise OutputFolderError(
            _(
                "{folder} holds files that {command} did not make, so nothing was written. Name a folder that is empty "
                "or does not exist yet."
            ).format(folder=folder, command=MADE_BY)
        )


def is_complete(folder: Path) -> bool:
    """Say whether `folder` is a finished build."""
    return read_marker(folder).get("complete") is True


def read_marker(folder: Path) -> dict[str, Any]:
    """Return what `planted.json` says, or nothing when there is none of ours."""
    try:
        marker = json.loads((folder / MARKER).read_bytes())
    except (OSError, ValueError):
        return {}
    return marker if isinstance(marker, dict) and marker.get("made_by") == MADE_BY else {}


def write_marker(folder: Path, content: Mapping[str, Any]) -> None:
    """Write what `planted.json` says, whole or not at all."""
    draft = folder / f".{MARKER}"
    draft.write_bytes(json.dumps({"made_by": MADE_BY, **content}, indent=1).encode() + b"\n")
    draft.replace(folder / MARKER)
