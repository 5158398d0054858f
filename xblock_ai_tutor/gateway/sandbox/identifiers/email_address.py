"""E-mail addresses, also spelt out (`name (at) host (dot) example`).

No list of suffixes is read or fetched. Called through `REGISTRY`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers.base import UNMISTAKABLE, Found, Identifier, Searched
from xblock_ai_tutor.gateway.sandbox.msgid import _

_LOCAL_EXTRA: Final = frozenset("._%+-'!#$&*/=?^`{|}~")
_LOCAL_MAX: Final = 64
_LABEL: Final = r"[^\W_](?:[\w\-]{0,61}[^\W_])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.){{1,8}}(?:xn--[A-Za-z0-9\-]{{2,59}}|[^\W\d_]{{2,24}})(?![^\W_])")
# `name (at) host (dot) example`: the brackets are what tells it from prose.
_AT: Final = re.compile(r"[\[({<]\s?(?:at|AT|@)\s?[\])}>]\s{0,2}")
_DOT: Final = r"(?:\.|\s{0,2}[\[({<]\s?(?:dot|DOT)\s?[\])}>]\s{0,2})"
_SPELT_DOMAIN: Final = re.compile(rf"[A-Za-z0-9\-]{{1,63}}(?:{_DOT}[A-Za-z0-9\-]{{1,63}}){{1,5}}(?![A-Za-z0-9])")


def _emails(searched: Searched) -> Iterator[Found]:
    """Go out from each `@`: a pattern for the part before it would try every start of every long word."""
    text = searched.text
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        if domain is not None:
            start = _local_start(text, at)
            if start < at:
                yield Found(start, domain.end(), UNMISTAKABLE)
        at = text.find("@", at + 1)
    for sign in _AT.finditer(text):
        domain = _SPELT_DOMAIN.match(text, sign.end())
        before = sign.start() - (text[sign.start() - 1 : sign.start()] == " ")
        start = _local_start(text, before)
        if domain is not None and start < before:
            yield Found(start, domain.end(), UNMISTAKABLE)


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


IDENTIFIERS: Final = (Identifier("email", _("e-mail address"), key=str.casefold, finder=_emails),)
