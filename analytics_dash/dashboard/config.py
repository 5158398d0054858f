"""The dashboard's settings: read once at start from options and environment, checked all together.

| variable | meaning |
|---|---|
| `ADOPTION_SESSION_KEY` | secret that signs session cookies, at least 32 characters |
| `ADOPTION_SESSION_KEY_FILE` | a file that holds it instead (a mounted secret) |
| `ADOPTION_REGISTER` | the register, where `--register` is not given |
| `ADOPTION_API_PER_MINUTE` | how often one reader may ask the API in a minute, over all workers; 600 |
| `ADOPTION_HOME` | directory of the register, `releases.sqlite`, where neither is given |
"""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analytics_dash.dashboard.errors import ConfigurationError
from analytics_dash.home import REGISTER_FILE, home

KEY_LENGTH: Final = 32
API_PER_MINUTE: Final = 600


@dataclass(frozen=True, slots=True)
class DashboardConfig:
    """What `create_app` needs. `demo`: fictional data, sign-in without a password, loopback only."""

    register_url: str
    session_key: str
    demo: bool = False
    testing: bool = False
    api_per_minute: int = API_PER_MINUTE


def default_register_url(env: Mapping[str, str] = os.environ) -> str:
    """The register that the other commands use: `$ADOPTION_REGISTER`, else the file in adoption's home."""
    return env.get("ADOPTION_REGISTER") or f"sqlite:///{home(env) / REGISTER_FILE}"


def load_config(
    register_url: str | None, host: str, *, demo: bool, env: Mapping[str, str] = os.environ
) -> DashboardConfig:
    """Check everything and return the settings; raises `ConfigurationError` with all problems at once."""
    problems: list[str] = []
    if not demo:
        problems.append(
            "No identity provider: this version signs people in for a demonstration only. Start it with --demo on "
            "fictional data; do not put a real register behind it."
        )
    if demo and not is_loopback(host):
        problems.append(
            f"--demo signs anyone in without a password, so it listens on this machine alone: use --host 127.0.0.1, "
            f"not {host}."
        )
    session_key = _session_key(env, demo=demo, problems=problems)
    url = register_url or default_register_url(env)
    problems += register_problems(url)
    per_minute = _whole_number(env, "ADOPTION_API_PER_MINUTE", API_PER_MINUTE, problems)
    if problems:
        raise ConfigurationError(problems)
    return DashboardConfig(register_url=url, session_key=session_key, demo=demo, api_per_minute=per_minute)


def register_problems(url: str) -> list[str]:
    """A SQLite register must exist already: opening an absent one would show an empty dashboard without a word."""
    prefix = "sqlite:///"
    if "://" not in url:
        return [f"--register takes a database URL such as sqlite:////srv/adoption/releases.sqlite, not {url!r}."]
    if url.startswith(prefix) and not Path(url.removeprefix(prefix)).is_file():
        return [
            f"There is no register at {url.removeprefix(prefix)}. Build and publish a release first "
            "(adoption release build, adoption release publish), or name the register with --register."
        ]
    return []


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _whole_number(env: Mapping[str, str], name: str, usual: int, problems: list[str]) -> int:
    text = env.get(name) or str(usual)
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        problems.append(f"{name} is a whole number of at least 1, not {text!r}.")
        return usual
    return int(text)


def _session_key(env: Mapping[str, str], *, demo: bool, problems: list[str]) -> str:
    file = env.get("ADOPTION_SESSION_KEY_FILE")
    key = env.get("ADOPTION_SESSION_KEY", "")
    if file:
        try:
            key = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"ADOPTION_SESSION_KEY_FILE cannot be read: {error}.")
            return ""
    if not key and demo:
        return secrets.token_urlsafe(48)
    if len(key) < KEY_LENGTH:
        problems.append(
            f"The session key is missing or shorter than {KEY_LENGTH} characters. Set ADOPTION_SESSION_KEY, or "
            "ADOPTION_SESSION_KEY_FILE to a file that holds it."
        )
    return key
