"""What one character is read as: digits and dashes of any script, look-alike letters, typographic quotation marks.

Called by `view`, and by rules that make texts of their own out of a view.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# Letters of other alphabets that look like ours in an identifier or a marking.
_LOOK_ALIKES: Final = dict(
    zip("АВЕЅІЈКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧıİ", "ABESIJKMHOPCTYXaeopcyxijsABEZHIKMNOPTYXiI", strict=True)
)
# Cyrillic, Armenian, Cherokee and Lisu, as the Unicode consortium's list of confusables has them.
_MORE_LOOK_ALIKES: Final = dict(
    zip(
        "ЗԁԌԚԜһɡՏՍՕᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃꓮꓐꓚꓓꓰꓝꓖꓧꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ",
        "3dGQWhgSUOABCDEGHJKLMPRSTVWZABCDEFGHJKLMNOPRSTUVWXYZ",
        strict=True,
    )
)
_QUOTES: Final = dict.fromkeys("‘’‚‛′＇‹›❛❜", "'") | dict.fromkeys("“”„‟″«»＂❝❞〝〞〟「」『』｢｣", '"')


_MARKS: Final = dict.fromkeys("−⁃", "-") | dict.fromkeys("\u2028\u2029", "\n") | {"⠀": " ", "。": "."}
_READ_AS: Final = _LOOK_ALIKES | _MORE_LOOK_ALIKES | _QUOTES | _MARKS
_BY_CATEGORY: Final = {"Pd": "-", "Zs": " "}


class _Fold(dict[int, int]):
    """Code point → the code point that it is read as; filled as characters turn up."""

    def __missing__(self, code: int) -> int:
        self[code] = folded = ord(_fold(chr(code)))
        return folded


def _fold(char: str) -> str:
    """Return the one character that `char` is read as: itself, or an ASCII one."""
    if plain := _READ_AS.get(char) or _BY_CATEGORY.get(unicodedata.category(char)):
        return plain
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.decimal(char))
    if unicodedata.decomposition(char).startswith(("<super>", "<sub>")):
        # A footnote's figure is not a digit of the number that it stands beside.
        return "^"
    compatible = unicodedata.normalize("NFKC", char)
    return compatible if len(compatible) == 1 and compatible.isascii() else char


FOLD: Final = _Fold({code: code for code in range(128)})

_ASCII: Final = bytes(range(128))
# Up to so many different characters, replacing each is faster than looking every character of the text up.
_FEW: Final = 12


def outside_ascii(text: str) -> str:
    """Return the characters of `text` outside ASCII, in order."""
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def folded(text: str) -> str:
    """Return `text` with each character as what it is read as."""
    if text.isascii():
        return text
    changed = {char: plain for char in set(outside_ascii(text)) if (plain := chr(FOLD[ord(char)])) != char}
    if len(changed) > _FEW:
        return text.translate(FOLD)
    for char, plain in changed.items():
        text = text.replace(char, plain)
    return text


def scannable(text: str) -> bytes:
    """Return `text`, folded, as `prescan` looks at it: a letter or digit outside ASCII is a `q`, a part of a word."""
    if not text.isascii():
        foreign = [char for char in set(outside_ascii(text)) if char.isalnum()]
        if len(foreign) > _FEW:
            text = text.translate(dict.fromkeys(map(ord, foreign), "q"))
        else:
            for char in foreign:
                text = text.replace(char, "q")
    return text.encode("utf-8", "replace")
