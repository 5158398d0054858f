"""E-mail addresses, also spelt out (`name (at) host (dot) example`, `name at host dot example`) or set apart.

No list of suffixes is read or fetched. Called through `REGISTRY`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers.base import UNMISTAKABLE, Found, Identifier
from xblock_ai_tutor.gateway.sandbox.identifiers.searched import Searched, Sign
from xblock_ai_tutor.gateway.sandbox.msgid import _

_LOCAL_EXTRA: Final = frozenset("._%+-'!#$&*/=?^`{|}~")
_LOCAL_MAX: Final = 64
_LABEL: Final = r"[^\W_](?:[\w\-]{0,61}[^\W_])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.){{1,8}}(?:xn--[A-Za-z0-9\-]{{2,59}}|[^\W\d_]{{2,24}})(?![^\W_])")
# Markdown's bold: **name**@host.
_BOLD_DOMAIN: Final = re.compile(rf"\*{{1,3}}(?:{_LABEL}\.){{1,8}}[^\W\d_]{{2,24}}(?![^\W_])")
# `name (at) host (dot) example`: the brackets are what tells it from prose.
_AT: Final = re.compile(r"[\[({<]\s?(?:at|AT|@)\s?[\])}>]\s{0,2}")
_BRACKETED: Final = r"\s{0,2}[\[({<]\s?(?:dot|DOT)\s?[\])}>]\s{0,2}"
_HOST: Final = r"[A-Za-z0-9\-]{1,63}"
_SPELT_DOMAIN: Final = re.compile(rf"{_HOST}(?:(?:\.|{_BRACKETED}|\s(?:dot|DOT)\s){_HOST}){{1,5}}(?![A-Za-z0-9])")
_SPELT_DOT: Final = re.compile(rf"[A-Za-z0-9]({_BRACKETED}|\s(?:dot|DOT)\s)\Z")
# `name at host dot example`: here it is the word "dot".
_AT_WORD: Final = re.compile(r"\s(?:at|AT|At)\s{1,2}(?=[A-Za-z0-9])")
_WORDS_DOMAIN: Final = re.compile(rf"{_HOST}(?:\s{{1,2}}(?:dot|DOT|Dot)\s{{1,2}}{_HOST}){{1,5}}(?![A-Za-z0-9])")
# Set apart by a space or a line's end: `name @ host . example`.
_AT_APART: Final = re.compile(r"\s{1,2}@\s{0,2}|@\s{1,2}")
_APART_DOMAIN: Final = re.compile(rf"(?:{_LABEL}(?:\.|\s\.\s)){{1,8}}[^\W\d_]{{2,24}}(?![^\W_])")

# Broken after a dot by a line's end; small letters alone go on.
_AT_BROKEN: Final = re.compile("@")
_BROKEN_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.){{1,4}}\r?\n[a-z]{{2,24}}(?:\.[a-z]{{2,24}}){{0,3}}(?![^\W_])")

# In one word, as in the name of a file: `name_at_host.example`. Code has such words too, without the endings of hosts.
_AT_JOINED: Final = re.compile("_at_")
_JOINED_DOMAIN: Final = re.compile(
    rf"(?:{_HOST}\.){{1,5}}(?:uk|com|org|net|eu|ie|example|scot|wales|cymru|london)(?![A-Za-z0-9])"
)
# "first.last at host.example": the dot between two names is what tells it from "look at …"; files have one as well.
_NAMES_AT: Final = re.compile(
    r"[a-z][a-z\-]{0,30}[._][a-z][a-z\-]{1,30}[0-9]{0,4}\s(?:at|AT)\s(?=[A-Za-z0-9])", re.IGNORECASE
)
_NOT_LAST_NAME: Final = re.compile(
    r"(?i)[._](?:js|py|md|sh|txt|csv|pdf|docx?|xlsx?|pptx?|od[tsp]|html?|json|xml|ya?ml|zip|png|jpe?g|uk|com|org|net|io|ai|eu|"
    r"example)\s"
)

_AT_SIGN: Final = Sign(re.compile("@"))
_NAMES_AT_SIGN: Final = Sign(_NAMES_AT)
# (what tells that the sign is there, the sign, the domain after it)
_SPELT: Final = (
    (_AT_SIGN, _AT_BROKEN, _BROKEN_DOMAIN),
    (Sign(_AT), _AT, _SPELT_DOMAIN),
    (Sign(re.compile("(?i)dot")), _AT_WORD, _WORDS_DOMAIN),
    (Sign(_AT_APART), _AT_APART, _APART_DOMAIN),
    (Sign(_AT_JOINED), _AT_JOINED, _JOINED_DOMAIN),
)

# Without those whose part before the sign is in quotation marks: anything can stand there.
_LOCAL: Final = rf"\S{{1,{_LOCAL_MAX}}}(?:(?:{_BRACKETED}|\s(?:dot|DOT)\s)\S{{1,{_LOCAL_MAX}}}){{0,5}} ?"
_SHAPES: Final = tuple(
    re.compile(f"{_LOCAL}(?:{sign.pattern})(?:{domain.pattern})")
    for sign, domain in (
        (_AT_BROKEN, _DOMAIN),
        (_AT_BROKEN, _BOLD_DOMAIN),
        *((sign, domain) for _holds, sign, domain in _SPELT),
    )
)


def _emails(searched: Searched) -> Iterator[Found]:
    """Go out from each `@`: a pattern for the part before it would try every start of every long word."""
    text = searched.text
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1) or _BOLD_DOMAIN.match(text, at + 1)
        if domain is not None:
            start = _local_start(text, at)
            if start < at:
                yield Found(start, domain.end(), UNMISTAKABLE)
        at = text.find("@", at + 1)
    for holds, sign, spelt in _SPELT:
        if not searched.has((holds,)):
            continue
        for found in sign.finditer(text):
            domain = spelt.match(text, found.end())
            if domain is None:
                continue
            before = found.start() - (text[found.start() - 1 : found.start()] == " ")
            start = _spelt_start(text, before)
            if start < before:
                yield Found(start, domain.end(), UNMISTAKABLE)
    for found in _NAMES_AT.finditer(text) if searched.has((_NAMES_AT_SIGN,)) else ():
        domain = _JOINED_DOMAIN.match(text, found.end())
        if (
            domain is not None
            and not _NOT_LAST_NAME.search(found[0])
            and not text[found.start() - 1 : found.start()].isalnum()
        ):
            yield Found(found.start(), domain.end(), UNMISTAKABLE)


def _spelt_start(text: str, at: int) -> int:
    """Where the part before the sign begins, over the dots that are spelt out in it."""
    start = _local_start(text, at)
    while start < at and (dot := _SPELT_DOT.search(text, max(0, start - 12), start)):
        start = _local_start(text, dot.start(1))
    return start


def _local_start(text: str, at: int) -> int:
    if at > 1 and text[at - 1] == '"':
        opening = text.rfind('"', max(0, at - _LOCAL_MAX), at - 1)
        return opening if opening >= 0 else at
    start = at
    while start > 0 and at - start < _LOCAL_MAX and (text[start - 1].isalnum() or text[start - 1] in _LOCAL_EXTRA):
        start -= 1
    # A quotation mark, a bracket of Markdown or a query's `=` in front is punctuation, not the address.
    address = text[start:at].rstrip("*")
    at = start + len(address)
    for mark in ("=", "&", "?", "/", "|", "*", "`", "'"):
        address = address.rpartition(mark)[2] if mark != "'" else address.lstrip("'")
    return at - len(address.lstrip("._-"))


IDENTIFIERS: Final = (
    Identifier(
        "email",
        _("e-mail address"),
        key=str.casefold,
        finder=_emails,
        signs=(*(holds for holds, _sign, _domain in _SPELT), _NAMES_AT_SIGN),
        shapes=(*_SHAPES, re.compile(f"(?:{_NAMES_AT.pattern})(?:{_JOINED_DOMAIN.pattern})", re.IGNORECASE)),
    ),
)
