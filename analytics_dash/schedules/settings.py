"""The mail settings: read when a run begins, checked all together.

| variable | meaning |
|---|---|
| `ADOPTION_SMTP_HOST`, `ADOPTION_SMTP_PORT` | the mail server; 587, or 465 with `tls` |
| `ADOPTION_SMTP_SECURITY` | `starttls` (usual) or `tls`, its certificate checked; `none`: a relay on this machine |
| `ADOPTION_SMTP_CA_FILE` | the authorities that may have signed its certificate, where they are not the system's |
| `ADOPTION_SMTP_USER`, `ADOPTION_SMTP_PASSWORD` (or `…_FILE`) | where it wants a login |
| `ADOPTION_MAIL_FROM` | the sender's address |
| `ADOPTION_MAIL_DOMAINS` | where mail may go: `cabinet.example.gov.uk`; with a dot in front all below: `.gov.uk` |
| `ADOPTION_MAIL_REPORTS` | `link` (usual): the mail names the page; `attach`: the files are in it |
| `ADOPTION_MAIL_MOST_MB` | larger attachments become a link; 10 |
| `ADOPTION_PUBLIC_URL` | the dashboard's address, for the link |
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast
from urllib.parse import urlsplit

from analytics_dash.schedules.errors import MailSettingsError

Security = Literal["starttls", "tls", "none"]
SECURITY: Final = ("starttls", "tls", "none")
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_DOMAIN: Final = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where mail goes through and what may go. `seconds`: how long the server may be silent."""

    host: str
    port: int
    sender: str
    domains: tuple[str, ...]
    security: Security = "starttls"
    ca_file: str | None = None
    user: str = ""
    password: str = ""
    attach: bool = False
    most_bytes: int = 10_000_000
    public_url: str = ""
    seconds: float = 30.0

    def allows(self, address: str) -> bool:
        """Whether mail may go there."""
        return allowed(address, self.domains)


def allowed(address: str, domains: tuple[str, ...]) -> bool:
    """Whether this is an address in one of the domains."""
    found = _ADDRESS.fullmatch(address)
    if found is None or len(address) > 254:
        return False
    domain = found[1].lower()
    return any(domain == each or (each.startswith(".") and domain.endswith(each)) for each in domains)


def read_domains(env: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    """The domains that mail may go to; without any, none may."""
    domains = tuple(part.strip().lower() for part in env.get("ADOPTION_MAIL_DOMAINS", "").split(",") if part.strip())
    if not domains:
        problems.append(
            "ADOPTION_MAIL_DOMAINS says where mail may go, for instance cabinet.example.gov.uk; it is empty."
        )
    problems += [f"ADOPTION_MAIL_DOMAINS: {each!r} is no domain." for each in domains if not _DOMAIN.fullmatch(each)]
    return domains


def read_settings(env: Mapping[str, str] = os.environ) -> MailSettings:
    """Return the settings; raises `MailSettingsError` with all problems at once."""
    problems: list[str] = []
    domains = read_domains(env, problems)
    host = env.get("ADOPTION_SMTP_HOST", "")
    if not host:
        problems.append("ADOPTION_SMTP_HOST names the mail server; it is not set.")
    security = env.get("ADOPTION_SMTP_SECURITY") or "starttls"
    if security not in SECURITY:
        problems.append(f"ADOPTION_SMTP_SECURITY is one of {', '.join(SECURITY)}, not {security!r}.")
    if security == "none" and host and host not in LOOPBACK:
        problems.append("ADOPTION_SMTP_SECURITY=none is for a relay on this machine: a report does not travel open.")
    sender = env.get("ADOPTION_MAIL_FROM", "")
    if not _ADDRESS.fullmatch(sender):
        problems.append("ADOPTION_MAIL_FROM is the sender's address, such as adoption@example.gov.uk.")
    reports = env.get("ADOPTION_MAIL_REPORTS") or "link"
    if reports not in ("link", "attach"):
        problems.append(f"ADOPTION_MAIL_REPORTS is link or attach, not {reports!r}.")
    user, password = env.get("ADOPTION_SMTP_USER", ""), _password(env, problems)
    if bool(user) != bool(password):
        problems.append("ADOPTION_SMTP_USER and ADOPTION_SMTP_PASSWORD go together.")
    if user and security == "none":
        problems.append("A password is not sent over a connection that is not encrypted (ADOPTION_SMTP_SECURITY).")
    settings = MailSettings(
        host=host,
        port=_whole(env, "ADOPTION_SMTP_PORT", 465 if security == "tls" else 587, 65_535, problems),
        sender=sender,
        domains=domains,
        security=cast("Security", security),
        ca_file=_authorities(env, problems),
        user=user,
        password=password,
        attach=reports == "attach",
        most_bytes=1_000_000 * _whole(env, "ADOPTION_MAIL_MOST_MB", 10, 1_000, problems),
        public_url=_public_url(env, problems, needed=reports == "link"),
    )
    if problems:
        raise MailSettingsError("\n".join(problems))
    return settings


def _password(env: Mapping[str, str], problems: list[str]) -> str:
    file = env.get("ADOPTION_SMTP_PASSWORD_FILE")
    if not file:
        return env.get("ADOPTION_SMTP_PASSWORD", "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"ADOPTION_SMTP_PASSWORD_FILE cannot be read: {type(error).__name__}.")
        return ""


def _authorities(env: Mapping[str, str], problems: list[str]) -> str | None:
    file = env.get("ADOPTION_SMTP_CA_FILE") or None
    if file is not None:
        try:
            ssl.create_default_context(cafile=file)
        except (OSError, ssl.SSLError):
            problems.append(f"ADOPTION_SMTP_CA_FILE: {file} holds no certificates that can be read.")
    return file


def _public_url(env: Mapping[str, str], problems: list[str], *, needed: bool) -> str:
    url = env.get("ADOPTION_PUBLIC_URL", "").rstrip("/")
    parts = urlsplit(url)
    if (needed or url) and (parts.scheme != "https" or not parts.hostname):
        problems.append(
            "ADOPTION_PUBLIC_URL is the dashboard's address, https://…: a mail links to it, unless "
            "ADOPTION_MAIL_REPORTS=attach."
        )
    return url


def _whole(env: Mapping[str, str], name: str, usual: int, most: int, problems: list[str]) -> int:
    text = env.get(name) or str(usual)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        problems.append(f"{name} is a whole number from 1 to {most}, not {text!r}.")
        return usual
    return int(text)
