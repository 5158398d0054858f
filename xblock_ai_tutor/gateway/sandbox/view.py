"""A second look at a text: what it says once look-alike and invisible characters are out of the way.

Identifiers and markings are sought in the view, and found places are carried back to the text as it was given, so
that `12３4`, a soft hyphen inside a number, `jane%40…` in a link or `\\u0040` in pasted JSON hide nothing. Nothing is
judged here. Called by `redact`, `markings`, `screen` and the guard's checks.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# What a reader cannot see: controls (but not tab, newline, carriage return, vertical tab, form feed), soft hyphen,
# joiners, bidirectional controls, variation selectors, tag characters, fillers, and halves of surrogate pairs, which
# no encoder can send on.
_INVISIBLE: Final = (
    "\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
INVISIBLE: Final = re.compile(f"[{_INVISIBLE}]+")

# What stands for another character: escapes of JSON, links and HTML, and the soft line break of e-mail (`=` at a
# line's end). Each becomes at most one character in the view.
_SIGN: Final = re.compile(rf"[{_INVISIBLE}\\%&=]")
_ESCAPE: Final = re.compile(
    r"\\u[0-9a-fA-F]{4}|\\[nrt]|%C2%A0|%[2-7][0-9a-fA-F]|=\r?\n"
    r"|&(?:#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8});"
)

# Letters of other alphabets that look like ours in an identifier or a marking.
_LOOK_ALIKES: Final = dict(
    zip("АВЕЅІЈКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYXaeopcyxijsABEZHIKMNOPTYX", strict=True)
)
_QUOTES: Final = dict.fromkeys("‘’‚‛′＇", "'") | dict.fromkeys("“”„‟″«»＂", '"')


_MARKS: Final = dict.fromkeys("−⁃", "-") | dict.fromkeys("\u2028\u2029", "\n") | {"⠀": " ", "。": "."}
_READ_AS: Final = _LOOK_ALIKES | _QUOTES | _MARKS
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


_FOLD: Final = _Fold({code: code for code in range(128)})


@dataclass(frozen=True, slots=True)
class View:
    """The view of a text. `starts[i]:ends[i]` is where the view's character `i` stands in the text; None: at `i`."""

    text: str
    starts: list[int] | None = None
    ends: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Carry `start:end` of the view (not empty) back to the text as it was given."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def view_of(text: str) -> View:
    """Return the view of `text`. Never raises on any string."""
    plain = text.isascii()
    if plain and not _SIGN.search(text):
        return View(text)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for sign in _SIGN.finditer(text):
        start = sign.start()
        if start < at:
            continue
        match = _ESCAPE.match(text, start) or INVISIBLE.match(text, start)
        read_as = None if match is None else _decode(match[0])
        if match is None or read_as is None:
            continue
        end = match.end()
        pieces += [text[at:start], read_as]
        starts.extend(range(at, start))
        ends.extend(range(at + 1, start + 1))
        if read_as:
            starts.append(start)
            ends.append(end)
        at = end
    if not pieces:
        return View(text if plain else text.translate(_FOLD))
    pieces.append(text[at:])
    starts.extend(range(at, len(text)))
    ends.extend(range(at + 1, len(text) + 1))
    return View("".join(pieces).translate(_FOLD), starts, ends)


def _decode(escape: str) -> str | None:
    """Return what an escape is read as: one character, none, or None when it stands for itself."""
    if escape[0] == "\\":
        char = " " if len(escape) == 2 else chr(int(escape[2:], 16))
    elif escape == "%C2%A0":
        char = " "
    elif escape[0] == "%":
        char = chr(int(escape[1:], 16))
    elif escape[0] == "&":
        char = html.unescape(escape)
        if len(char) != 1:
            return None
    else:
        return ""
    return "" if INVISIBLE.fullmatch(char) else char
