"""How a value gets written differently on its way: by a word processor, a web page, a wrapped mail, or on purpose."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Final

Disguise = Callable[[str, random.Random], str]

_HOMOGLYPHS: Final = str.maketrans("ABCEHIKMOPTXY", "АВСЕНІКМОРТХУ")
_GREEK: Final = str.maketrans("ABEHIKMNOPTXYZ", "ΑΒΕΗΙΚΜΝΟΡΤΧΥΖ")


def _between(value: str, rng: random.Random, inserted: str, times: int = 3) -> str:
    """Put characters of `inserted` between characters of `value`."""
    for _ in range(times):
        at = rng.randrange(1, len(value))
        value = value[:at] + rng.choice(inserted) + value[at:]
    return value


def _separators(value: str, rng: random.Random, among: str) -> str:
    sign = rng.choice(among)
    return "".join(sign if char in " -" else char for char in value)


def full_width(value: str, rng: random.Random) -> str:
    return "".join(
        chr(ord(char) + 0xFEE0) if "0" <= char <= "9" or (rng.random() < 0.5 and char.isupper()) else char
        for char in value
    )


def other_digits(value: str, rng: random.Random) -> str:
    zero = rng.choice((0x0660, 0x06F0, 0x0966, 0x1D7CE, 0x1D7E2))
    return "".join(chr(zero + int(char)) if "0" <= char <= "9" else char for char in value)


def zero_width(value: str, rng: random.Random) -> str:
    return _between(value, rng, "\u200b\u200c\u200d\u2060\ufeff\u200e\u202a")


def tag_characters(value: str, rng: random.Random) -> str:
    return _between(value, rng, "\U000e0041\U000e0031\U000e0020\U000e007f")


def soft_hyphen(value: str, rng: random.Random) -> str:
    return _between(value, rng, "\u00ad", 2)


def odd_space(value: str, rng: random.Random) -> str:
    return (
        _separators(value, rng, "\u00a0\u2009\u202f\u2007\u3000") if " " in value else _between(value, rng, "\u200a", 1)
    )


def odd_dash(value: str, rng: random.Random) -> str:
    return _separators(value, rng, "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\ufe63")


def line_break(value: str, rng: random.Random) -> str:
    places = [at for at, char in enumerate(value) if char == " "]
    if not places:
        at = rng.randrange(2, len(value) - 1)
        return value[:at] + "\n" + value[at:]
    at = rng.choice(places)
    return value[:at] + rng.choice(("\n", "\r\n", "\n  ", "\n> ")) + value[at + 1 :]


def code_break(value: str, rng: random.Random) -> str:
    """A line's end anywhere in a code: inside a group of letters too, with a hyphen or a space before it or none."""
    at = rng.randrange(1, len(value))
    return value[:at].rstrip() + rng.choice(("\n", "\r\n", " \n", "-\n")) + value[at:].lstrip()


def regrouped(value: str, rng: random.Random) -> str:
    """Its letters and its digits set apart by one sign."""
    sign = rng.choice(" -./_")
    return re.sub(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])", sign, value)


def lower(value: str, rng: random.Random) -> str:
    return value.lower()


def mixed(value: str, rng: random.Random) -> str:
    return "".join(rng.choice((char.lower(), char.upper())) for char in value)


def homoglyph(value: str, rng: random.Random) -> str:
    return value.translate(rng.choice((_HOMOGLYPHS, _GREEK)))


def emphasised(value: str, rng: random.Random) -> str:
    return rng.choice(
        ("**{}**", "_{}_", "`{}`", "«{}»", "“{}”", "({})", "[{}]", "<{}>", "{},", "{};", "{}:", "{}…")
    ).format(value)


# Disguises that leave a number a number.
NUMBER: Final[tuple[Disguise, ...]] = (
    full_width, other_digits, zero_width, tag_characters, soft_hyphen, odd_space, odd_dash, line_break
)  # fmt: skip
CASES: Final[tuple[Disguise, ...]] = (lower, mixed)
LETTERS: Final[tuple[Disguise, ...]] = (homoglyph,)
# Addresses are written in many ways, but nobody reads a dash or a space into one.
ADDRESS: Final[tuple[Disguise, ...]] = (full_width, zero_width, tag_characters, soft_hyphen, mixed)

DISGUISES: Final[Mapping[str, tuple[Disguise, ...]]] = {
    "nino": (*NUMBER, *CASES, *LETTERS),
    "nhs_number": NUMBER,
    "utr": NUMBER,
    "email": ADDRESS,
    "phone": NUMBER,
    "postcode": (full_width, zero_width, tag_characters, soft_hyphen, odd_space, lower, homoglyph),
    "payment_card": NUMBER,
    "iban": (*NUMBER, *CASES, *LETTERS),
    "bank_account": (full_width, zero_width, tag_characters, soft_hyphen, odd_space, odd_dash),
    "ip_address": (full_width, zero_width, tag_characters, soft_hyphen),
    "pnc_id": (full_width, other_digits, zero_width, tag_characters, soft_hyphen, lower),
    "cro": (full_width, zero_width, tag_characters, soft_hyphen),
    "prison_number": (full_width, zero_width, tag_characters, soft_hyphen, homoglyph),
    "probation_crn": (full_width, zero_width, tag_characters, soft_hyphen, lower),
    "court_case": (full_width, zero_width, tag_characters, soft_hyphen, odd_dash),
    "passport": (full_width, zero_width, tag_characters, soft_hyphen, lower),
    "driving_licence": (full_width, zero_width, tag_characters, soft_hyphen, lower, homoglyph),
    "vehicle_registration": (full_width, zero_width, tag_characters, soft_hyphen, homoglyph),
    "home_office_ref": (full_width, zero_width, tag_characters, soft_hyphen, lower),
    "person_name": (zero_width, soft_hyphen, odd_space),
}

# Not caught everywhere: not where a container escapes the line's end, nor after titles that are words.
HARDER: Final[Mapping[str, tuple[Disguise, ...]]] = {
    "pnc_id": (code_break,),
    "cro": (code_break,),
    "prison_number": (lower, code_break, regrouped),
    "court_case": (code_break,),
    "driving_licence": (code_break,),
    "person_name": (lower,),
}
