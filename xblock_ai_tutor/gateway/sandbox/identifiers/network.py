"""Internet addresses, which point at a person's line or device. Called through `REGISTRY`."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers.base import START, Form, Identifier, words
from xblock_ai_tutor.gateway.sandbox.msgid import _

_V4: Final = re.compile(
    rf"(?s)[0-9]{START}(?<![0-9]\..)[0-9]{{0,2}}(?:(?:\[?\.\]?|\n\.|\.\n)[0-9]{{1,3}}){{3}}(?![0-9A-Za-z]|\.[0-9])"
)
_V6: Final = re.compile(
    rf"(?s)[0-9A-Fa-f]{START}[0-9A-Fa-f]{{0,3}}(?::{{1,2}}\n?[0-9A-Fa-f]{{1,4}}){{1,7}}(?:::)?(?![0-9A-Za-z]|:[0-9A-Fa-f]|\.[0-9])"
)
_VERSION: Final = re.compile(
    r"(?i)(?:\bv|version|release|build|firmware|section|paragraphs?|para|clause|chapter|rule|annex|table|figure|§)[\s.:]{0,3}\Z"
)
_NETWORK_WORDS: Final = words(
    r"ip|ips|ipv4|ip[\s_\-]?addr(?:ess)?|server|host|login|logged in|router|subnet|ping|dns|from"
)
_NUMBERED_PARAGRAPH: Final = 30


def _is_v4(value: str) -> bool:
    """Accept an address that cannot be the number of a paragraph (`4.2.1.3`): a zero part, or a large one."""
    if not _is_loose_v4(value):
        return False
    parts = [int(part) for part in re.findall("[0-9]+", value)]
    return 0 in parts or max(parts) >= _NUMBERED_PARAGRAPH


def _is_loose_v4(value: str) -> bool:
    return all(int(part) <= 255 for part in re.findall("[0-9]+", value))


def _is_v6(value: str) -> bool:
    if sum(char not in ":" for char in value) < 4 or not any(char.isdigit() for char in value):
        return False
    try:
        ipaddress.IPv6Address(value.replace("\n", ""))
    except ValueError:
        return False
    return True


IDENTIFIERS: Final = (
    Identifier(
        "ip_address",
        _("IP address"),
        (
            Form(_V4, _is_v4, unless=_VERSION),
            Form(_V4, _is_loose_v4, _NETWORK_WORDS, unless=_VERSION, before=40, after=20),
            Form(_V6, _is_v6),
        ),
        key=str.casefold,
    ),
)
