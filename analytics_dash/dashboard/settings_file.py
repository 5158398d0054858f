"""Reading a table of settings into checked values: a problem is a sentence in a list, so that all are said at once.

Called by the two kinds of identity file.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit


def text_of(table: Mapping[str, Any], name: str, problems: list[str]) -> str:
    """A text that must be there; empty, and a problem, where it is not."""
    value = table.get(name, "")
    if not isinstance(value, str) or not value.strip():
        problems.append(f'The identity file needs {name} = "…".')
        return ""
    return value.strip()


def texts_of(table: Mapping[str, Any], name: str, problems: list[str]) -> dict[str, str]:
    """A table of texts; empty where there is none."""
    value = table.get(name, {})
    if not isinstance(value, dict) or not all(isinstance(each, str) and each for each in value.values()):
        problems.append(f"[{name}] must be a table of texts.")
        return {}
    return value


def is_safe(address: str) -> bool:
    """Whether an address is https, or leads to this machine."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.scheme == "http" and parts.hostname == "localhost"
