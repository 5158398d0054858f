"""The dashboard's settings: read once at start from options and environment, checked all together.

| variable | meaning |
|---|---|
| `ADOPTION_SESSION_KEY` | secret that signs session cookies, at least 32 characters |
| `ADOPTION_SESSION_KEY_FILE` | a file that holds it instead (a mounted secret) |
| `ADOPTION_REGISTER` | the register, where `--register` is not given |
| `ADOPTION_IDENTITY_FILE` | the identity provider: see `identity_provider` and `openedx_settings` |
| `ADOPTION_OIDC_CLIENT_SECRET`, or `…_FILE` | its client secret |
| `ADOPTION_PUBLIC_URL` | the dashboard's address for browsers, https |
| `ADOPTION_PROXIES` | how many proxies stand before it and set X-Forwarded-For and -Proto; 0 |
| `ADOPTION_EXPORTS_PER_HOUR` | downloads of one reader in an hour; 120 |
| `ADOPTION_SIGN_INS_PER_MINUTE` | attempts to sign in from one address in a minute; 30 |
| `ADOPTION_API_PER_MINUTE` | how often one reader may ask the API in a minute, over all workers; 600 |
| `ADOPTION_METRICS_TOKEN`, or `…_FILE` | opens `/metrics`; without one there is no `/metrics` |
| `ADOPTION_EXPORTS_FOLDER`, `…_AT_ONCE`, `…_DAYS` | long exports: see `exporting.settings` |
| `ADOPTION_HOME` | directory of the register, `releases.sqlite`, where neither is given |
"""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from analytics_dash.dashboard.errors import ConfigurationError
from analytics_dash.dashboard.identity_provider import Provider, read_provider
from analytics_dash.dashboard.openedx_settings import Platform
from analytics_dash.exporting.settings import ExportSettings, read_settings
from analytics_dash.home import REGISTER_FILE, home

KEY_LENGTH: Final = 32
METRICS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"  # `serve` sets it; prometheus_client reads it at its import
API_PER_MINUTE: Final = 600
EXPORTS_PER_HOUR: Final = 120
SIGN_INS_PER_MINUTE: Final = 30
DEMO_SIGN_INS_PER_MINUTE: Final = 1_000
"""A demonstration has no password to guess."""


@dataclass(frozen=True, slots=True)
class DashboardConfig:
    """What `create_app` needs. `demo`: fictional data, sign-in without a password, loopback only."""

    register_url: str
    session_key: str
    demo: bool = False
    testing: bool = False
    provider: Provider | Platform | None = None
    public_url: str = ""
    proxies: int = 0
    exports_per_hour: int = EXPORTS_PER_HOUR
    sign_ins_per_minute: int = DEMO_SIGN_INS_PER_MINUTE
    api_per_minute: int = API_PER_MINUTE
    metrics_token: str = ""
    exports: ExportSettings = field(default_factory=lambda: ExportSettings(home() / "exports"))

    @property
    def trusted_hosts(self) -> list[str] | None:
        """Which names the dashboard answers to: a page elsewhere must not reach it through a name of its own.

        This machine's are always among them: a probe of `/healthz` knows no other.
        """
        public = urlsplit(self.public_url).hostname
        if not self.demo and public is None:
            return None
        return ["127.0.0.1", "localhost", "[::1]", *([public] if public else [])]


def default_register_url(env: Mapping[str, str] = os.environ) -> str:
    """The register that the other commands use: `$ADOPTION_REGISTER`, else the file in adoption's home."""
    return env.get("ADOPTION_REGISTER") or f"sqlite:///{home(env) / REGISTER_FILE}"


def load_config(
    register_url: str | None, host: str, *, demo: bool, env: Mapping[str, str] = os.environ
) -> DashboardConfig:
    """Check everything and return the settings; raises `ConfigurationError` with all problems at once."""
    problems: list[str] = []
    if demo and not is_loopback(host):
        problems.append(
            f"--demo signs anyone in without a password, so it listens on this machine alone: use --host 127.0.0.1, "
            f"not {host}."
        )
    provider, public_url = (None, "") if demo else (_provider(env, problems), _public_url(env, problems))
    session_key = _session_key(env, demo=demo, problems=problems)
    url = register_url or default_register_url(env)
    problems += register_problems(url)
    usual_sign_ins = DEMO_SIGN_INS_PER_MINUTE if demo else SIGN_INS_PER_MINUTE
    api_per_minute = _whole_number(env, "ADOPTION_API_PER_MINUTE", API_PER_MINUTE, problems)
    exports_per_hour = _whole_number(env, "ADOPTION_EXPORTS_PER_HOUR", EXPORTS_PER_HOUR, problems)
    sign_ins_per_minute = _whole_number(env, "ADOPTION_SIGN_INS_PER_MINUTE", usual_sign_ins, problems)
    metrics_token = _secret(env, "ADOPTION_METRICS_TOKEN", problems)
    exports = read_settings(problems, env)
    proxies = _whole_number(env, "ADOPTION_PROXIES", 0, problems, least=0)
    if problems:
        raise ConfigurationError(problems)
    return DashboardConfig(
        register_url=url,
        session_key=session_key,
        demo=demo,
        provider=provider,
        public_url=public_url,
        proxies=proxies,
        exports_per_hour=exports_per_hour,
        sign_ins_per_minute=sign_ins_per_minute,
        api_per_minute=api_per_minute,
        metrics_token=metrics_token,
        exports=exports,
    )


def _provider(env: Mapping[str, str], problems: list[str]) -> Provider | Platform | None:
    name = env.get("ADOPTION_IDENTITY_FILE")
    if not name:
        problems.append(
            "No identity provider: set ADOPTION_IDENTITY_FILE to the file that describes yours (docs/dashboard.md). "
            "Without one only a demonstration runs: --demo, on fictional data; do not put a real register behind it."
        )
        return None
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"ADOPTION_IDENTITY_FILE cannot be read: {error}.")
        return None
    secret = _secret(env, "ADOPTION_OIDC_CLIENT_SECRET", problems)
    return read_provider(text, secret=secret, problems=problems)


def _public_url(env: Mapping[str, str], problems: list[str]) -> str:
    url = env.get("ADOPTION_PUBLIC_URL", "").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path or parts.query:
        problems.append(
            "ADOPTION_PUBLIC_URL is the dashboard's address for browsers, https and without a path: for instance "
            "https://adoption.example.gov.uk. Session cookies are sent over https alone."
        )
    return url


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


def _whole_number(env: Mapping[str, str], name: str, usual: int, problems: list[str], *, least: int = 1) -> int:
    text = env.get(name) or str(usual)
    if not text.isascii() or not text.isdigit() or int(text) < least:
        problems.append(f"{name} is a whole number of at least {least}, not {text!r}.")
        return usual
    return int(text)


def _session_key(env: Mapping[str, str], *, demo: bool, problems: list[str]) -> str:
    before = len(problems)
    key = _secret(env, "ADOPTION_SESSION_KEY", problems)
    if len(problems) > before:
        return ""
    if not key and demo:
        return secrets.token_urlsafe(48)
    if len(key) < KEY_LENGTH:
        problems.append(
            f"The session key is missing or shorter than {KEY_LENGTH} characters. Set ADOPTION_SESSION_KEY, or "
            "ADOPTION_SESSION_KEY_FILE to a file that holds it."
        )
    return key


def _secret(env: Mapping[str, str], name: str, problems: list[str]) -> str:
    """A secret from a variable, or from the file (a mounted secret) that another names."""
    file = env.get(f"{name}_FILE")
    if not file:
        return env.get(name, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{name}_FILE cannot be read: {error}.")
        return ""
