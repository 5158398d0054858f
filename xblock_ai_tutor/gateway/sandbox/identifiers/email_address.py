"""E-mail addresses, also spelt out (`name (at) host (dot) example`).

No list of suffixes is read or fetched. Called through `REGISTRY`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers.base import UNMISTAKABLE, Found, Identifier
from xblock_ai_tutor.gateway.sandbox.msgid import _

_LOCAL_EXTRA: Final = frozenset("._%+-'!#$&*/=?^`{|}~")
_LOCAL_MAX: Final = 64
_LABEL: Final = r"[^\W_](?:[\w\-]{0,61}[^\W_])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.){{1,8}}(?:xn--[A-Za-z0-9\-]{{2,59}}|[^\W\d_]{{2,24}})(?![^\W_])")
_SPELT_OUT: Final = re.compile(
    r"(?i)[a-z0-9](?<![a-z0-9._+\-].)[a-z0-9._+\-]{0,63}\s{0,2}[\[({<]\s?at\s?[\])}>]\s{0,2}"
    r"[a-z0-9\-]{1,63}(?:(?:\.|\s{0,2}[\[({<]\s?dot\s?[\])}>]\s{0,2})[a-z0-9\-]{1,63}){1,5}(?![a-z0-9])"
)


def _emails(text: str) -> Iterator[Found]:
    """Go out from each `@`: a pattern for the part before it would try every start of every long word."""
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        if domain is not None:
            start = _local_start(text, at)
            if start < at:
                yield Found(start, domain.end(), UNMISTAKABLE)
        at = text.find("@", at + 1)
    if "at" in text or "AT" in text:
        for match in _SPELT_OUT.finditer(text):
            yield Found(match.start(), match.end(), UNMISTAKABLE)


def _local_start(text: str, at: int) -> int:
    if at > 1 and text[at - 1] == '"':
        opening = text.rfind('"', max(0, at - _LOCAL_MAX), at - 1)
        return opening if opening >= 0 else at
    start = at
    while start > 0 and at - start < _LOCAL_MAX and (text[start - 1].isalnum() or text[start - 1] in _LOCAL_EXTRA):
        start -= 1
    # A quotation mark, a bracket of Markdown or a query's `=` in front is punctuation, not the address.
    address = text[start:at]
    for mark in ("=", "&", "?", "/", "|", "*", "`", "'"):
        address = address.rpartition(mark)[2] if mark != "'" else address.lstrip("'")
    return at - len(address.lstrip("._-"))


IDENTIFIERS: Final = (Identifier("email", _("e-mail address"), key=str.casefold, needs_digit=False, finder=_emails),)
