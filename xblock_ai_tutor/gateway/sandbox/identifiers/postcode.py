"""UK postcodes: by their form and the list of areas. Called through `REGISTRY`."""

from __future__ import annotations

import re
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers.base import END, IN_CONTEXT, START, Form, Identifier, words
from xblock_ai_tutor.gateway.sandbox.msgid import _

_AREA_CODES: Final = """
AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX
FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN
NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB
W WA WC WD WF WN WR WS WV YO ZE
"""
_AREAS: Final = frozenset(_AREA_CODES.split())
_POSTCODE: Final = re.compile(
    rf"(?s)[A-Za-z]{START}[A-Za-z]?[0-9][0-9A-Za-z]?[\s\-.+_]{{0,3}}[0-9][ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{{2}}{END}"
    rf"|[Gg]{START}[Ii][Rr][\s\-.+_]{{0,3}}0[Aa]{{2}}{END}"
)
# Small letters after a figure are far more often an ordinal or a unit than a postcode's end.
_NOT_INWARD: Final = frozenset({"gb", "tb", "ft", "hr", "hp", "wd", "pt", "lb", "yr", "px", "pp"})
# Unless a space stands before the figure and two letters and two figures before that: no product is called `ne98`.
# Sizes of memory stay out: `hp15 8gb` is a computer.
_SURE_OUTWARD: Final = re.compile(r"[a-z]{2}[0-9]{2}\s[0-9](?!gb|tb)[a-z]{2}")
_ORDINAL: Final = re.compile("(?:1st|2nd|3rd|[04-9]th)$")
_POSTCODE_WORDS: Final = words(
    r"post\s?codes?|address|lives? at|living at|street|road|avenue|lane|close|house|flat|"
    r"cod post|cyfeiriad|code postal|adresse"
)


def _is_postcode(value: str) -> bool:
    """Accept a known area in capitals; in small letters not the shortest ones, and no ordinal or unit at the end."""
    code = re.sub(r"[^A-Za-z0-9]", "", value)
    match = re.match(r"[A-Za-z]+", code)
    if match is None or (match[0].upper() not in _AREAS and code.upper() != "GIR0AA"):
        return False
    spaced = len(code) != len(value)
    if code.isupper():
        return spaced or len(code) > 5
    return (
        (spaced or len(code) > 5)
        and (code[-2:].lower() not in _NOT_INWARD or _SURE_OUTWARD.fullmatch(value) is not None)
        and not _ORDINAL.search(code.lower())
    )


def _is_loose_postcode(value: str) -> bool:
    return _is_postcode(value.upper()[:-3] + " " + value.upper()[-3:])


IDENTIFIERS: Final = (
    Identifier(
        "postcode",
        _("postcode"),
        (
            Form(_POSTCODE, _is_postcode),
            Form(
                _POSTCODE,
                _is_loose_postcode,
                _POSTCODE_WORDS,
                rank=IN_CONTEXT,
                before=60,
                after=0,
            ),
        ),
    ),
)
