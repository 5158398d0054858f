"""The settings of long exports: where finished files lie, how many are made at a time, how long they are kept.

| variable | meaning |
|---|---|
| `ADOPTION_EXPORTS_FOLDER` | the private folder of finished exports, for all machines; `exports` in adoption's home |
| `ADOPTION_EXPORTS_AT_ONCE` | how many are made at a time; 1. 0: none by this server, `adoption report work` does it |
| `ADOPTION_EXPORTS_DAYS` | how long a finished export can be fetched; 7 |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analytics_dash.home import home

AT_ONCE: Final = 1
DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What the pages and the making process agree on."""

    folder: Path
    at_once: int = AT_ONCE
    days: int = DAYS


def read_settings(problems: list[str], env: Mapping[str, str] = os.environ) -> ExportSettings:
    """Return the settings; what is wrong with them is added to `problems`, a sentence each."""
    given = env.get("ADOPTION_EXPORTS_FOLDER")
    folder = Path(given).expanduser() if given else home(env) / "exports"
    if not folder.is_absolute():
        problems.append(f"ADOPTION_EXPORTS_FOLDER is an absolute path, not {given!r}.")
    elif folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        problems.append(f"ADOPTION_EXPORTS_FOLDER: {folder} is no folder that this account may write to.")
    elif folder.is_dir() and folder.stat().st_mode & 0o077:
        problems.append(f"ADOPTION_EXPORTS_FOLDER: others may read {folder}; chmod 700 it.")
    return ExportSettings(
        folder,
        at_once=_whole(env, "ADOPTION_EXPORTS_AT_ONCE", AT_ONCE, range(65), problems),
        days=_whole(env, "ADOPTION_EXPORTS_DAYS", DAYS, range(1, 367), problems),
    )


def _whole(env: Mapping[str, str], name: str, usual: int, allowed: range, problems: list[str]) -> int:
    text = env.get(name) or str(usual)
    if not text.isascii() or not text.isdigit() or int(text) not in allowed:
        problems.append(f"{name} is a whole number from {allowed[0]} to {allowed[-1]}, not {text!r}.")
        return usual
    return int(text)
