"""Whether a checked sentence must wait for the text after it, because something forbidden may begin at its end.

The questions here are about a text that is still growing, and a "no" stays a "no" however it grows: otherwise what is
shown would depend on how the stream was cut. They are cheap, since they are asked for every piece that arrives while a
sentence waits. Called by `leakage` and `ownership`.
"""

from __future__ import annotations

import re
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers import Begun
from xblock_ai_tutor.gateway.sandbox.view import plain_beginning, view_of

# How much of what went by, and of what is to come, can be part of one identifier.
REACH: Final = 80

# A word in which an identifier may end or go on: with a digit, of a few capitals, a letter alone, part of an address.
_PART: Final = re.compile(
    r".*[\d@]|[^A-Za-z\d]*(?:[A-Z]{1,6}|[A-Za-z]|(?i:at|dot))?[^A-Za-z\d]*\Z|.*[_\-/.+]\Z", re.DOTALL
)
# A name goes on over the end of a line: "Mrs" and, below it, "Bloggs".
_NAME_ENDS_LINE: Final = re.compile(r"\b(?:[A-Z][\w'’\-]{0,24}|[A-Z][A-Za-z]{0,3}\.)[ \t]*\r?\n\s*\Z")
_NAME: Final = re.compile(r"[^\w\s]{0,3}[A-Z]")
# Whatever comes next belongs to an address that ends like this: "jane@dept.", "jane (at)", "jane dot".
_ADDRESS_OPEN: Final = re.compile(r"@\S{0,60}\s*\Z|\b(?i:at|dot)[)\]}>]?\s*\Z")
_PLACEHOLDER_OPEN: Final = re.compile(r"\[[A-Za-z\s]{0,36}\Z")
_LAST_WORD: Final = re.compile(r"\S{1,60}\s*\Z")
_FULL_STOP: Final = re.compile(r"(?<=[A-Za-z]{2})[.!?…][\"'”’)*_]{0,4}\s*\Z")
# "jane", and on the next line "@dept.example", "(at) dept" or an escape that may stand for the sign.
_SIGN: Final = re.compile(r"[^A-Za-z\d\s]{0,4}\s?(?:@|＠|﹫|(?i:at|dot)\b)|[^A-Za-z\d\s]{0,2}[&%=\\]")
# What the first word after a sentence can be as long as it may become a sign.
_BEGINS_SIGN: Final = re.compile(r"[^\w\s].*|_.*|(?i:at?|do?|dot)", re.DOTALL)
# A bracket or the like alone, and a word that may become the sign: "( a".
_APART: Final = re.compile(r"[^A-Za-z\d\s]{1,4}\s(?i:at?|do?|dot)?")

# Where the view of what went by depends on what comes: an escape, a tag or a word that may not be whole, a line's end.
_NARROW_SPACES: Final = frozenset("\u2006\u2008\u2009\u200a\u202f")
_SPACE_AND_MARKS: Final = "".join(char for char in map(chr, range(0x3001)) if char.isspace()) + ">"
_LINE_ESCAPES: Final = ("\\n", "%0A", "%0a")
# A number or a code that a line's end parts, or may part, which `recall.broken` puts together.
_PARTED: Final = re.compile(r"[A-Z0-9/\-][ \-]{0,2}\r?\n[A-Z0-9/]")
_NUMBER_ENDS: Final = re.compile(r"[0-9][ \-]{0,2}\r?\n\Z")
_NUMBER_GOES_ON: Final = re.compile(r"[0-9]|\Z")
_CODE_ENDS: Final = re.compile(r"[A-Z/\-][A-Z0-9/\-]{0,19}[ \-]{0,2}\r?\n\Z")
_CODE_GOES_ON: Final = re.compile(r"[A-Z0-9/]|\Z")
# The marks of a quotation at a line's beginning, which a view has not.
_LINE_BEGINS: Final = re.compile(r"\n[ \t]{0,3}\Z")
_QUOTED: Final = re.compile(r"\A(?:[ \t]{0,3}>){1,6}[ \t]{0,8}")


class Border:
    """The end of `past`, the last that was checked, and whether an identifier goes over it into what is to come.

    What stands on both sides can be told letter for letter from what identifiers look like. Where it cannot, the kinds
    of words on both sides (`identifier_goes_on`) can make a sentence wait too.
    """

    def __init__(self, past: str) -> None:
        seen = view_of(past).text
        self._past = past
        self._begun = Begun(seen)
        self._begins_line = _LINE_BEGINS.search(past) is not None
        self._goes_on = (
            _CODE_GOES_ON if _CODE_ENDS.search(seen) else _NUMBER_GOES_ON if _NUMBER_ENDS.search(seen) else None
        )
        # Whether what may have begun cannot be told letter for letter.
        self._is_unclear = bool(is_address_open(past) or _is_unclear(past) or _PARTED.search(seen))

    def is_crossed(self, ahead: str) -> bool | None:
        """Tell whether an identifier may go on in `ahead`, which may still grow. None: so far; True and False stay."""
        if self._begins_line:
            ahead = _QUOTED.sub("", ahead)
        plain = plain_beginning(ahead)
        goes_on = self._begun.goes_on_in(plain)
        parts_code = self._goes_on is not None and self._goes_on.match(plain) is not None
        by_its_words = (self._is_unclear or parts_code) and identifier_goes_on(may_begin(self._past), ahead)
        if not goes_on or by_its_words:
            return by_its_words
        return True if len(plain) < len(ahead) else None


def settled(ahead: str) -> str:
    """Return the words of `ahead`, a text that may still grow, that cannot change any more."""
    cut = len(ahead)
    while cut and not ahead[cut - 1].isspace():
        cut -= 1
    words = ahead[:cut].rstrip()
    # An equals sign at a line's end joins what stands on both sides of it (quoted-printable).
    return settled(words) if words.endswith("=") else words


def identifier_goes_on(begins: str, ahead: str) -> bool | None:
    """Tell whether what `begins` (see `may_begin`) at the end of a text may go on in `ahead`, which may still grow.

    None: it may, and the next word of `ahead` will tell; True and False stay, however `ahead` grows.
    """
    first = ahead.lstrip()
    if not first:
        return None
    word = first.split(maxsplit=1)[0]
    if not begins and not _BEGINS_SIGN.fullmatch(word):
        return False
    if (len(word) == len(first) and len(word) < REACH) or _APART.fullmatch(first):
        return None  # the word may still grow
    if _SIGN.match(first) or begins == "address":
        return True
    return bool(begins) and bool(_PART.match(word) or (begins == "name" and _NAME.match(word)))


def is_address_open(past: str) -> bool:
    """Tell whether whatever comes next belongs to an address, or to a placeholder."""
    may_end_so = "@" in past or past.rstrip().rstrip(")]}>")[-2:].lower() in ("at", "ot")
    return bool(
        (may_end_so and _ADDRESS_OPEN.search(past)) or ("[" in past and _PLACEHOLDER_OPEN.search(past) is not None)
    )


def _is_unclear(past: str) -> bool:
    """Tell whether the view of `past` may depend on what comes; also between the quotation marks of an address."""
    words = past.rstrip()
    space = past[len(words) :]
    return (
        (bool(past) and not space)
        or space[-1:] in _NARROW_SPACES
        or "\r" in space
        or '"' in past
        or past.rfind("<") > past.rfind(">")
        or past.rstrip(_SPACE_AND_MARKS).endswith(_LINE_ESCAPES)
    )


def may_begin(past: str) -> str:
    """Return what may begin at the end of `past`: an `address`, a `name`, `part` of something else, or nothing."""
    end = past[-REACH:]
    if is_address_open(end):
        return "address"
    if _NAME_ENDS_LINE.search(end):
        return "name"
    last = _LAST_WORD.search(end)
    if last is None:
        return ""
    word = _FULL_STOP.sub("", last[0]).rstrip()
    return "part" if _PART.match(word) else ""
