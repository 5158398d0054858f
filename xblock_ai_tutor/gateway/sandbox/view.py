"""A second look at a text: what it says once look-alike and invisible characters are out of the way.

Identifiers and markings are sought in the view, and found places are carried back to the text as it was given, so
that `12３4`, a soft hyphen inside a number, `jane%40…` in a link or `\\u0040` in pasted JSON hide nothing. Nothing is
judged here. Called by `redact`, `markings`, `screen` and the guard's checks.
"""

from __future__ import annotations

import html
import re
from typing import Final

from xblock_ai_tutor.gateway.sandbox.folding import folded, outside_ascii, scannable

# What a reader cannot see: controls (but not tab, newline, carriage return, vertical tab, form feed), soft hyphen,
# joiners, bidirectional controls, variation selectors, tag characters, fillers, and halves of surrogate pairs, which
# no encoder can send on.
_INVISIBLE: Final = (
    "\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
INVISIBLE: Final = re.compile(f"[{_INVISIBLE}]+")

# In the view only: strokes and accents set on a letter, and thin spaces, which are set between the digits of a number.
_ADDED: Final = "\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff"
_THIN_SPACES: Final = frozenset("\u2006\u2008\u2009\u200a\u202f")
_THIN: Final = r"[\u2006\u2008-\u200a\u202f](?<=[0-9].)(?<![A-Za-z][0-9].)(?=[0-9])"
# What stands for another character: escapes of JSON, Markdown, links and HTML, the soft line break of e-mail (`=`
# at a line's end). Tags without content of their own set words apart or nothing; a line's end may be followed by marks
# of quotation and an indent. Each becomes at most one character in the view.
_TRAIL: Final = "%[89ABab][0-9A-Fa-f]"
# Attributes of looks alone: an address or an identifier in an attribute stays to be seen.
_LOOKS: Final = "class|style|dir|lang|width|height|[v]?align|color|bgcolor|face|size|scope|colspan|rowspan|role|border"
_ATTRIBUTE: Final = (
    rf"""(?:\s{{1,3}}(?:{_LOOKS})\s?=\s?["']?(?:[A-Za-z \-:;#%,.!()]|[0-9]{{1,4}}(?![0-9])){{0,80}}["']?)"""
)
_ESCAPE: Final = re.compile(
    rf"[{_INVISIBLE}{_ADDED}]+"
    r"|(?:\\{1,2}r)?\\{1,2}n(?:[ \t]{0,3}>){1,6}[ \t]{0,8}"
    r"|(?:%0[Dd])?%0[Aa](?:(?:%20|[ +]){0,3}(?:%3[Ee]|>)){1,6}(?:%20|[ +]){0,8}"
    # Twice, in JSON that is a string of JSON.
    r"|\\{1,2}(?:[nrt/\"]|u[dD][89abAB][0-9a-fA-F]{2}\\{1,2}u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4})"
    r"|\\[\\\-.@_()+:#\[\]]"
    rf"|%(?:[2-7][0-9A-Fa-f]|0[9ADad]|[CDcd][0-9A-Fa-f]{_TRAIL}|[Ee][0-9A-Fa-f](?:{_TRAIL}){{2}}|[Ff][0-4](?:{_TRAIL}){{3}})"
    rf"|=\r?\n|{_THIN}"
    r"|&(?:#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z]{2,24});"
    rf"|</?(?:[a-z]{{1,10}}|[A-Z]{{1,10}}|h[1-6]){_ATTRIBUTE}{{0,4}}\s{{0,2}}/?>|<!--\s{{0,9}}-->"
    r"|\r?\n(?:[ \t]{0,3}>){1,6}[ \t]{0,8}|\n[ \t]{2,40}"
)
# How each of them begins: one set of characters is sought faster than many patterns. Those that prose and tables are
# full of count only before what may make them more.
_SIGN_ASCII: Final = (
    r"[\x00-\x08\x0e-\x1f\x7f\\%=&<\r\n](?:(?<![%=&<\n])|(?<=%)(?=[0-9A-Fa-f])|(?<==)(?=[\r\n])|(?<=&)(?=[#A-Za-z])"
    r"|(?<=<)(?=[/A-Za-z!])|(?<=\n)(?=[ \t>]))"
)
_SIGN: Final = re.compile(_SIGN_ASCII)
_OTHER: Final = rf"[{_INVISIBLE}{_ADDED}\u2006\u2008-\u200a\u202f]"
_UNUSUAL: Final = re.compile(_OTHER)
_UNUSUAL_SIGN: Final = re.compile(rf"{_SIGN_ASCII}|{_OTHER}")
# What has no part in any escape; a line's end has, with what stands below it.
_PLAIN: Final = re.compile(rf"[^{_INVISIBLE}{_ADDED}\u2006\u2008-\u200a\u202f\\%=&<>\r\n]*")
_UNSEEN: Final = re.compile(f"[{_INVISIBLE}{_ADDED}]")
# Tags that stand inside a word, and those that set words apart; others may be an address in angle brackets.
_INLINE: Final = """
a abbr b big bdi bdo code dfn del em font i ins kbd mark q s samp small span strike strong sub sup tt u var wbr
"""
_BLOCK: Final = """
address article aside blockquote body br caption center col dd div dl dt footer form h1 h2 h3 h4 h5 h6 head header hr
html img label li main nav ol option p pre section select table tbody td tfoot th thead title tr ul
"""
INLINE_TAGS: Final = frozenset(_INLINE.split())
BLOCK_TAGS: Final = frozenset(_BLOCK.split())
_TAGS: Final = dict.fromkeys(BLOCK_TAGS, "\t") | dict.fromkeys(INLINE_TAGS, "")
# In a Windows path `\\t` begins a folder's name.
_PATH: Final = re.compile(r"(?:[A-Za-z]:|\\)\\[^\s\"]*\Z")
_WORD: Final = re.compile(r"[^\W_]+")
_QUERY: Final = re.compile(r"[?&;][\w.\-\[\]()]{1,60}=[^\s&#\"'<>]{1,500}")


class View:
    """The view `text` of a text `given`. `span` carries places of the view back to the text as it was given.

    Made once for a text and handed to all that look through it.
    """

    __slots__ = ("_ends", "_lower", "_scannable", "_starts", "_words", "given", "text")

    def __init__(self, given: str, text: str, starts: list[int] | None = None, ends: list[int] | None = None) -> None:
        """`starts[i]:ends[i]` is where the view's character `i` stands in the text; None: at `i`."""
        self.given = given
        self.text = text
        self._starts = starts
        self._ends = ends
        self._lower: str | None = None
        self._scannable: bytes | None = None
        self._words: list[str] | None = None

    @property
    def lower(self) -> str:
        """The view in small letters, each where it was: some capitals would become two characters."""
        if self._lower is None:
            lower = self.text.lower()
            if len(lower) != len(self.text):
                lower = "".join(char.lower() if char.isascii() else char for char in self.text)
            self._lower = lower
        return self._lower

    @property
    def scannable(self) -> bytes:
        """The view as `prescan` looks at it."""
        if self._scannable is None:
            self._scannable = scannable(self.text)
        return self._scannable

    @property
    def words(self) -> list[str]:
        """The words of the view and their case folded, in order. Not to be changed."""
        if self._words is None:
            self._words = words_of(self.text)
        return self._words

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Carry `start:end` of the view (not empty) back to the text as it was given."""
        if self._starts is None or self._ends is None:
            return start, end
        return self._starts[start], self._ends[end - 1]


def words_of(text: str) -> list[str]:
    """Return the words of `text`, of letters and digits, with their case folded."""
    return _WORD.findall(text.casefold())


def view_of(text: str | View) -> View:
    """Return the view of `text`; a view is its own. Never raises on any string."""
    if isinstance(text, View):
        return text
    given = text
    if "+" in text and "=" in text:
        text = _QUERY.sub(_without_plus, text)
    sign = _SIGN
    if not text.isascii() and _UNUSUAL.search(outside_ascii(text)):
        sign = _UNUSUAL_SIGN
    elif not _SIGN.search(text):
        return View(given, folded(text))
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for begin in sign.finditer(text):
        start = begin.start()
        if start < at or not (match := _ESCAPE.match(text, start)):
            continue
        end = match.end()
        read_as = _decode(match[0], text, start)
        if read_as is None:
            continue
        pieces += [text[at:start], read_as]
        starts.extend(range(at, start))
        ends.extend(range(at + 1, start + 1))
        if read_as:
            starts.append(start)
            ends.append(end)
        at = end
    if not pieces:
        return View(given, folded(text))
    pieces.append(text[at:])
    starts.extend(range(at, len(text)))
    ends.extend(range(at + 1, len(text) + 1))
    return View(given, folded("".join(pieces)), starts, ends)


def plain_beginning(text: str) -> str:
    """Return the beginning of the view of `text` that is the same whatever comes after it, and without escapes."""
    plain = _PLAIN.match(text)
    return folded(plain[0]) if plain else ""


def _without_plus(value: re.Match[str]) -> str:
    """In the query of a link a plus sign is a space, unless an address or a number in international form has it."""
    return value[0] if "@" in value[0] or "%40" in value[0] else re.sub(r"(?<!=)\+", " ", value[0])


def _decode(escape: str, text: str, start: int) -> str | None:  # noqa: PLR0911 - one for each kind
    """Return what an escape is read as: one character, none, or None when it stands for itself."""
    match escape[0]:
        case "\\":
            return _decode_backslash(escape, text, start)
        case "%" if escape.upper().startswith(("%0A", "%0D%0A")):
            return _line_end(escape, text, start)
        case "%":
            char = bytes.fromhex(escape.replace("%", "")).decode("utf-8", "replace")
            return None if len(char) != 1 or char == "\ufffd" else _seen(char, escape, text, start)
        case "&":
            char = html.unescape(escape)
            return _seen(char, escape, text, start) if len(char) == 1 else None
        case "<":
            name = re.match("</?([A-Za-z]+[1-6]?)", escape)
            if name is None:
                return ""
            return _TAGS.get(name[1].lower())
        case "\n" | "\r":
            return "\n"
        case _:
            return ""


def _decode_backslash(escape: str, text: str, start: int) -> str | None:
    said = escape.lstrip("\\")
    if ">" in said:
        return _line_end(escape, text, start)
    if len(said) > 5:
        high, low = int(said[1:5], 16), int(said[-4:], 16)
        return _seen(chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), escape, text, start)
    if len(said) == 5:
        return _seen(chr(int(said[1:], 16)), escape, text, start)
    if said not in ("/", '"') and _PATH.search(text, max(0, start - 200), start + 1):
        return None
    if said == "n":
        return _line_end(escape, text, start)
    return " " if said in ("r", "t") else said or "\\"


def _line_end(escape: str, text: str, start: int) -> str:
    """Return what an escaped line's end is read as, with a mail's marks after it: inside a number it stays one."""
    return "\n" if _parts_digits(escape, text, start) else " "


def _seen(char: str, escape: str, text: str, start: int) -> str:
    """Return what is read where `escape` stands for `char`."""
    if escape[0] == "%" and char in "\t\r":
        return " "
    if (
        char in _THIN_SPACES
        and _parts_digits(escape, text, start)
        and not text[max(0, start - 2) : start - 1].isalpha()
    ):
        return ""
    return "" if _UNSEEN.fullmatch(char) else char


def _parts_digits(escape: str, text: str, start: int) -> bool:
    """Tell whether a digit stands right before the escape and right after it."""
    end = start + len(escape)
    return text[max(0, start - 1) : start].isdigit() and text[end : end + 1].isdigit()
