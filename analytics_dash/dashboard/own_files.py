"""The dashboard's own style sheet, scripts and icon: each under an address that has the digest of what is in it.

So browsers keep them for a year, first paints wait for no look whether they have changed, and a new version comes at
once. Dash serves the folder; `app` gives templates `address_of`, and `security` asks `is_for_good`.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "assets"
PREFIX: Final = "/assets/"
DIGEST_BYTES: Final = 8


def address_of(name: str) -> str:
    """Where a browser finds this file of `FOLDER`, as it is now."""
    return f"{PREFIX}{name}?{_digests()[name]}"


def is_for_good(path: str, query: str) -> bool:
    """Whether this address has always the same content. Another digest may be another version's."""
    return _digests().get(path.removeprefix(PREFIX)) == query


@cache
def _digests() -> dict[str, str]:
    return {
        file.name: hashlib.blake2b(file.read_bytes(), digest_size=DIGEST_BYTES).hexdigest()
        for file in FOLDER.iterdir()
        if file.is_file()
    }
