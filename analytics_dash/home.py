"""Where `adoption` keeps what outlives a command and is no warehouse: keys and the release register.

`$ADOPTION_HOME`, else `$XDG_DATA_HOME/adoption`, else `~/.local/share/adoption`. Nothing here creates a file; the
pseudonym key is made by `analytics_dash.identity`, the signing key and the register by `analytics_dash.releases`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

KEY_FILE: Final = "pseudonym.key"
REGISTER_FILE: Final = "releases.sqlite"
SIGNING_KEY_FILE: Final = "release-signing.key"


def home(environ: Mapping[str, str] | None = None) -> Path:
    """The folder, as an absolute path; it need not exist."""
    variables = os.environ if environ is None else environ
    if given := variables.get("ADOPTION_HOME"):
        return Path(given).expanduser().absolute()
    # The XDG specification says to ignore a relative path.
    shared = variables.get("XDG_DATA_HOME")
    base = Path(shared) if shared and Path(shared).is_absolute() else Path.home() / ".local" / "share"
    return base / "adoption"


def key_path() -> Path:
    """The pseudonym key's file."""
    return home() / KEY_FILE


def signing_key_path() -> Path:
    """The file of the key that signs releases."""
    return home() / SIGNING_KEY_FILE


def register_path() -> Path:
    """The default release register, a SQLite file."""
    return home() / REGISTER_FILE


def make_home() -> Path:
    """The folder, made on first use for its owner alone."""
    folder = home()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
