"""A published release as one file, which anybody with the public key can check without us and offline.

JSON: number, manifest with its signature, cells and learning figures in their order. `docs/releases.md` says how to
check one with a few lines of Python; `read` and `verify_file` do the same. Called by the command line.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from analytics_dash.i18n import _
from analytics_dash.releases import signing
from analytics_dash.releases.checks import refuse_other_than_built
from analytics_dash.releases.errors import ReleaseError, SignatureError
from analytics_dash.releases.manifest import canonical, canonical_bytes
from analytics_dash.releases.types import Cell, LearningFigure, ReleaseInfo

SCHEMA: Final = "adoption-release-file/1"

_Record = TypeVar("_Record", Cell, LearningFigure)


def file_bytes(info: ReleaseInfo, cells: Sequence[Cell], learning: Sequence[LearningFigure]) -> bytes:
    """Return the file of a published release: the same bytes whenever it is written.

    Raises `ReleaseError` for a release that is not published.
    """
    if info.status != "published":
        raise ReleaseError(
            _("Release {id} is not published; only published releases leave the register.").format(id=info.id)
        )
    content = {
        "schema": SCHEMA,
        "release": info.id,
        "manifest": dict(info.manifest),
        "cells": [canonical(cell) for cell in cells],
        "learning": [canonical(figure) for figure in learning],
    }
    return canonical_bytes(content) + b"\n"


def verify_file(path: Path, public_key: Ed25519PublicKey) -> str:
    """Return the number of the release in a file whose cells, manifest and signature hold; raise `SignatureError`."""
    try:
        content = json.loads(path.read_bytes())
        release, manifest = str(content["release"]), dict(content["manifest"])
        cells = _records(Cell, release, content["cells"])
        learning = _records(LearningFigure, release, content["learning"])
        digest = str(manifest["cells_digest"])
    except OSError as error:
        raise SignatureError(_("{path} cannot be read.").format(path=path)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise SignatureError(_("{path} is no file of a release, or was cut short.").format(path=path)) from error
    refuse_other_than_built(release, digest, manifest, cells, learning)
    signing.verify(release, manifest, public_key)
    return release


def _records(kind: type[_Record], release: str, values: Sequence[dict[str, Any]]) -> list[_Record]:
    names = {field.name for field in fields(kind)} - {"release"}
    if any(set(value) - names for value in values):
        raise ValueError("a field that no release has")
    return [kind(release=release, **value) for value in values]
