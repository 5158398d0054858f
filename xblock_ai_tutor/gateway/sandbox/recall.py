"""What one look at a text leaves out: values that were held back before, and numbers that a line's end has broken.

Both only add to what the forms of `identifiers` find, and never take anything of it away. Called by `redact`.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers import find_all
from xblock_ai_tutor.gateway.sandbox.view import View, view_of

# Type, start and end of what is held back, in a view; sorted by place and without overlaps.
Held = tuple[int, int, str]

# Shorter values, and those without a digit, are also words and sums of ordinary prose.
_SHORTEST: Final = 6
_IN_ADDRESSES: Final = "@"
_SIGNS: Final = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")
_OTHERS: Final = bytes(code for code in range(256) if chr(code) not in _SIGNS)
# What may stand between the letters and digits of a value: no letter, and nothing that parts the cells of a table.
_DIGIT: Final = re.compile(b"[0-9]")
_GAP: Final = re.compile(r"[ \n\r\f\v.\-/_()]{0,3}")
# A sum of money, a decimal or a thousand goes on where an identifier does not.
_MONEY: Final = frozenset("£$€")
_DECIMAL: Final = re.compile(r"[.,][0-9]|%")
# Of a sort code and account number, the account number.
_WITH_SORT_CODE: Final = ("bank_account", 14)

# A line's end inside a number, and one inside a code of capitals and digits; with a hyphen or a space before it too.
_LINE_END: Final = re.compile(r"\n(?=[A-Z0-9/])(?:(?<=[A-Z0-9/\-]\n)|(?<=[A-Z0-9/\-][ \r]\n)|(?<=[A-Z0-9/\-] \r\n))")
_CODE_ABOVE: Final = re.compile(r"(?<![A-Za-z0-9/\-])(?:[A-Z0-9]{2,8} ){0,3}[A-Z0-9/\-]{1,20}\Z")
_CODE_BELOW: Final = re.compile(r"[A-Z0-9/\-]{1,20}(?: [A-Z0-9]{2,8}){0,3}(?![A-Za-z0-9/\-])")
_CODE_DIGITS: Final = 3
# What a line's end between letters never parts for certain: words and words make one as well.
_OF_WORDS: Final = frozenset({"person_name", "email", "postcode", "vehicle_registration"})
# A line that is a number alone, or a row of a table: what is above and below it are numbers of their own.
_COLUMN: Final = re.compile(r"[0-9][0-9 .,\-/]*")
_CELLS: Final = re.compile(r"[\t|]|;(?! )")


def said_again(view: View, values: Iterable[tuple[str, str]], held: Iterable[Held]) -> Iterator[Held]:
    """Yield where `values` (type and spelling, as a conversation first had them) stand in the view and are not `held`.

    A number or a code is known in other groups, in any case; a name of several words in its own spelling alone.
    """
    letters = _letters(view.lower)
    own = Counter(form for start, end, kind in held for form in _forms(kind, view.text[start:end]))
    positions: list[int] = []
    for kind, value in values:
        seen = view_of(value)
        if kind == "person_name":
            if " " in seen.text.strip():
                yield from ((*place, kind) for place in _words(view.text, seen.text))
            continue
        if _IN_ADDRESSES in seen.text:
            yield from ((*place, kind) for place in _words(view.lower, seen.lower))
            continue
        for form in _forms(kind, seen.text):
            if letters.count(form) > own[form]:
                positions = positions or [at for at, char in enumerate(view.lower) if char in _SIGNS]
                yield from ((*place, kind) for place in _places(view, letters, positions, form))


def broken(view: View) -> Iterator[Held]:
    """Yield the identifiers that a line's end parts inside a group of digits or of capitals, however they stand."""
    text = view.text
    if "\n" not in text:
        return
    numbers, codes = [], []
    for match in _LINE_END.finditer(text):
        at, end = match.span()
        while text[at - 1] in " -\r":
            at -= 1
        if text[at - 1 : at].isdigit() and text[end].isdigit() and not _in_column(text, at, end):
            numbers.append((at, end))
        elif _in_code(text, at, end):
            codes.append((at, end))
    if not numbers and not codes:
        return
    ends = sorted(numbers + codes)
    kept = [at for first, last in _between(ends, len(text)) for at in range(first, last)]
    joined = View(text, "".join([text[at] for at in kept]), kept, [at + 1 for at in kept])
    for kind, item in find_all(joined):
        start, end = joined.span(item.start, item.end)
        inside = ends if kind not in _OF_WORDS else numbers
        if any(start < first and last < end for first, last in inside):
            yield start, end, kind


def hold(held: list[Held], found: Held, text: str) -> None:
    """Add `found` to what is held, unless all its letters and digits are; what it overlaps becomes one with it."""
    start, end, kind = found
    first = bisect.bisect_right(held, start, key=lambda one: one[1])
    last = bisect.bisect_left(held, end, key=lambda one: one[0])
    overlapped = held[first:last]
    free = "".join(text[a:b] for a, b in _between([(one[0], one[1]) for one in overlapped], end, start))
    if any(char.isalnum() for char in free):
        starts, ends = [start, *(one[0] for one in overlapped)], [end, *(one[1] for one in overlapped)]
        held[first:last] = [(min(starts), max(ends), kind)]


def _letters(lower: str) -> bytes:
    """Return the ASCII letters and digits of a text in small letters."""
    return lower.encode("utf-8", "replace").translate(None, _OTHERS)


def _forms(kind: str, seen: str) -> list[bytes]:
    """Return the letters and digits by which a value is known again.

    Each line of one that goes over several is enough: it may have been held back with the number below it.
    """
    lower = seen.lower()
    forms = [_letters(lower)]
    if "\n" in lower:
        forms += map(_letters, lower.split("\n"))
    if (kind, len(forms[0])) == _WITH_SORT_CODE:
        forms.append(forms[0][6:])
    return [form for form in forms if len(form) >= _SHORTEST and _DIGIT.search(form)]


def _places(view: View, letters: bytes, positions: list[int], form: bytes) -> Iterator[tuple[int, int]]:
    """Yield where `form` stands as a word or number of its own."""
    text, at = view.text, 0
    while (at := letters.find(form, at)) >= 0:
        places = positions[at : at + len(form)]
        start, end = places[0], places[-1] + 1
        if _stands_alone(text, start, end, is_number=form.isdigit()) and all(
            _GAP.fullmatch(text, left + 1, right) for left, right in itertools.pairwise(places)
        ):
            yield start, end
            at += len(form)
        else:
            at += 1


def _words(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Yield where `words` stand in the text, between other words."""
    at = -1
    while (at := text.find(words, at + 1)) >= 0:
        if _stands_alone(text, at, at + len(words), is_number=False):
            yield at, at + len(words)


def _stands_alone(text: str, start: int, end: int, *, is_number: bool) -> bool:
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if before.isalnum() or after.isalnum():
        return False
    return not (is_number and (before in _MONEY or _DECIMAL.match(text, end)))


def _in_column(text: str, start: int, end: int) -> bool:
    """Tell whether the line that ends here, or the next one, is of a table or a column."""
    above = text[text.rfind("\n", 0, start) + 1 : start].rstrip("\r")
    below = text[end : stop if (stop := text.find("\n", end)) >= 0 else len(text)]
    return bool(_COLUMN.fullmatch(above) or _CELLS.search(above) or _CELLS.search(below))


def _in_code(text: str, start: int, end: int) -> bool:
    """Tell whether what stands on both sides of a line's end can be one code: capitals and some digits."""
    above, below = _CODE_ABOVE.search(text, max(0, start - 40), start), _CODE_BELOW.match(text, end)
    if not above or not below or (above[0].isdigit() and below[0].isalpha()):
        return False  # "in 2019", "A judge"
    code = above[0] + below[0]
    return sum(map(str.isdigit, code)) >= _CODE_DIGITS and any(map(str.isalpha, code))


def _between(parts: Iterable[tuple[int, int]], end: int, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yield what of `start:end` is in none of the parts, which are sorted."""
    for first, last in parts:
        if start < first:
            yield start, first
        start = max(start, last)
    if start < end:
        yield start, end
