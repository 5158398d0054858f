"""What one character is read as: digits and dashes of any script, look-alike letters, typographic quotation marks.

Called by `view` alone.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# Letters of other alphabets that look like ours in an identifier or a marking.
_LOOK_ALIKES: Final = dict(
    zip("АВЕЅІЈКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYXaeopcyxijsABEZHIKMNOPTYX", strict=True)
)
# Cyrillic, Armenian, Cherokee and Lisu, as the Unicode consortium's list of confusables has them.
_MORE_LOOK_ALIKES: Final = dict(
    zip(
        "ЗԁԌԚԜһɡՏՍՕᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃꓮꓐꓚꓓꓰꓝꓖꓧꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ",
        "3dGQWhgSUOABCDEGHJKLMPRSTVWZABCDEFGHJKLMNOPRSTUVWXYZ",
        strict=True,
    )
)
_QUOTES: Final = dict.fromkeys("‘’‚‛′＇", "'") | dict.fromkeys("“”„‟″«»＂", '"')


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
