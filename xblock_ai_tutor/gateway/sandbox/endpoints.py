"""Reading an endpoint's address so that it can mean one thing only. Pure; `residency` and `rulebook` call it."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from xblock_ai_tutor.gateway.errors import ResidencyError

_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){0,20}")


def read_address(base_url: str) -> tuple[SplitResult, str]:
    """Split `base_url` and return it with its host, refusing spellings that programs read differently."""
    if base_url != base_url.strip() or not base_url.isascii() or any(c in base_url for c in "\\\t\r\n %"):
        raise ResidencyError(
            "The endpoint address must be plain ASCII without spaces, backslashes or percent signs: write it out."
        )
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        raise ResidencyError("The endpoint address cannot be read: write it as https://host/v1.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ResidencyError("The endpoint address must begin with https:// and name a host.")
    if "@" in parts.netloc:
        raise ResidencyError("The endpoint address must not hold a user name or password: remove what is before the @.")
    if parts.query or parts.fragment:
        raise ResidencyError("The endpoint address must not hold a query or a fragment: remove what is after the path.")
    if port == 0:
        raise ResidencyError("The endpoint address names port 0: give the port that the endpoint listens on.")
    host = parts.hostname
    if host.endswith("."):
        raise ResidencyError("The endpoint's host must not end with a dot: remove it.")
    if ":" not in host:
        if not _HOST.fullmatch(host):
            raise ResidencyError("The endpoint's host is not a host name: check its spelling.")
        if host.split(".")[-1].isdigit() or host.split(".")[-1].startswith("0x"):
            _literal(host)
    if parts.scheme == "http" and not is_loopback(host):
        raise ResidencyError("The endpoint address must begin with https:// (http is for this machine only).")
    return parts, host


def port_of(parts: SplitResult) -> int:
    """The port that is connected to."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine: `localhost` or a loopback address, never a name that resolves to one."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _literal(host: str) -> None:
    """Refuse numbers that only some programs read as an address (`2130706433`, `0x7f.1`, `127.1`)."""
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        raise ResidencyError(
            "The endpoint's host is a number in an unusual form: write the address as four decimal parts."
        ) from None
