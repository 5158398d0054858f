"""A value however it is written: the forms of a text in which it is sought, and what counts as having gone out.

Pure. Written apart from the sandbox's own `view`: what that one overlooks must not be overlooked here.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_plus

# Cyrillic and Greek letters that look Latin, after case folding.
_LOOK_ALIKE: Final = str.maketrans("авсенікморстхуαβεηικμνορτχυζ", "abcehikmopctxyabehikmnoptxyz")
_OTHER_DIGIT: Final = re.compile(r"(?![0-9])\d")
_NO_LETTER: Final = re.compile(r"[\W_]+")
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_GAP: Final = "\0"
SHORTEST_PART: Final = 6  # letters and digits; a piece counts from 60 % of a value on, and never below this


def letters(text: str) -> str:
    """Letters and digits alone: width, case, invisible characters, separators and look-alikes taken away."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LOOK_ALIKE)
    if not folded.isascii():
        folded = _OTHER_DIGIT.sub(lambda found: str(unicodedata.digit(found[0])), folded)
    return _NO_LETTER.sub("", folded)


@lru_cache(maxsize=4096)
def forms(text: str) -> str:
    """The text as `letters`, in each way that it may be escaped: as it is, HTML, JSON, links, without tags."""
    read = html.unescape(text)
    ways = {text, read, _TAG.sub("", read)}
    if "\\" in read:
        ways.add(_json(read))
    if "%" in read or "+" in read:
        ways.add(unquote_plus(read))
    return _GAP.join(sorted({letters(way) for way in ways}))


def _json(text: str) -> str:
    """JSON's escapes read, surrogate pairs too; what is no JSON stays."""
    read = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\\n", "\n").replace("\\r", "\r")
    return read.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def needles(kind: str, value: str) -> tuple[str, ...]:
    """What of a value must not be found: the whole, and a piece that is most of it.

    Of an e-mail address the piece is what stands before the @ (its host is no secret); of a name, the whole alone
    (surnames are words too).
    """
    whole = letters(value)
    if kind == "person_name":
        return (whole,)
    if kind == "email":
        local = letters(value.partition("@")[0])
        return (whole, local) if len(local) >= SHORTEST_PART else (whole,)
    size = max(SHORTEST_PART, -(-len(whole) * 6 // 10))
    return tuple(dict.fromkeys((whole, *(whole[at : at + size] for at in range(len(whole) - size + 1)))))
