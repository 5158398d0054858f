"""Phone numbers of persons: UK ones by the numbering plan, others by the international form.

Called through `REGISTRY`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import phonenumbers

from xblock_ai_tutor.gateway.sandbox.identifiers.base import (
    IN_CONTEXT,
    NOT_IN_NUMBER,
    START,
    UNMISTAKABLE,
    Form,
    Found,
    Identifier,
    digits_of,
    words,
)
from xblock_ai_tutor.gateway.sandbox.identifiers.searched import Searched
from xblock_ai_tutor.gateway.sandbox.msgid import _

_SEP: Final = r"[ \n\r\f\v.\-()/_]{0,4}"
_UK: Final = re.compile(
    rf"(?s)[+(0](?<![A-Za-z0-9+£$€].){NOT_IN_NUMBER}"
    r"(?:(?<=\+)\s?4\s?4\s{0,2}|(?<=0)\s?0\s?4\s?4\s{0,2}|(?<=\()\+44\)?\s{0,2}|(?<=\()0(?!0)|(?<=0)(?=[\s\-]?[1-9]))"
    rf"[\s.\-_]{{0,2}}(?:\(\s?0\s?\){_SEP}|0(?=[\s\-]?[1-9]))?[1-9](?:{_SEP}[0-9]){{8,9}}"
    r"(?:\s{0,2},?\s?(?:ext|extn|extension|x)\.?\s{0,2}[0-9]{1,6})?(?![0-9])"
)
_INTERNATIONAL: Final = re.compile(
    rf"(?s)[+0](?<![A-Za-z0-9+].)(?:(?<=\+)|(?<=0)0)\s?[1-9](?:{_SEP}[0-9]){{6,14}}(?![0-9])"
)
_PHONE_LABEL: Final = (
    r"mob(?:ile)?|tel(?:ephone)?|phone|cell|call|text|ring|whatsapp|contact|fax|landline|home|work|dial|sms|"
    r"(?:my|his|her|our|your|their|whose)[\s_](?:new[\s_]|old[\s_])?number"
)
_PHONE_WORDS: Final = words(_PHONE_LABEL)
# Ofcom's numbers for drama, which no numbering plan holds.
_DRAMA: Final = re.compile(
    r"7700900|1632960|1(?:13|14|15|16|17|18|21|31|41|51|61)4960|191498|2079460|289649|292018|8081570|306999"
)
# Numbers of services, never of a person: freephone, 03, 084/087. Helplines stay readable.
_SERVICE: Final = re.compile(r"3|80|8[47]")


def _national(value: str) -> str:
    """Return the digits of a UK number after the 0 or the 44, without an extension."""
    digits = digits_of(re.split(r"(?i)e?x", value)[0])
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and (prefix != "44" or "+" in value or len(digits) == 12):
            digits = digits.removeprefix(prefix)
            break
    return digits.lstrip("0")


def _phones(searched: Searched) -> Iterator[Found]:
    for start, end, value in searched.matches(_UK, 8):
        national = _national(value)
        if _is_uk(national, value) or (
            _is_personal(national) and searched.is_near(_PHONE_WORDS, start, end, before=40, after=0)
        ):
            yield Found(start, end, UNMISTAKABLE)
    for start, _end, value in searched.matches(_INTERNATIONAL, 8):
        # At the end of a table's row, the next row's number is not part of it.
        whole = next(filter(_is_international, (value, value.rpartition("\n")[0])), "")
        if whole:
            yield Found(start, start + len(whole), UNMISTAKABLE)


def _is_personal(national: str) -> bool:
    return len(national) in (9, 10) and not _SERVICE.match(national)


def _is_uk(national: str, value: str) -> bool:
    """Accept mobiles by their form, other numbers when the numbering plan has them or Ofcom keeps them for drama."""
    if not _is_personal(national) or _is_row_of_figures(value):
        return False
    if len(national) == 10 and (national[0] == "7" or _DRAMA.match(national)):
        return True
    return phonenumbers.is_valid_number(phonenumbers.PhoneNumber(country_code=44, national_number=int(national)))


def _is_row_of_figures(value: str) -> bool:
    """Tell scores ("0 7 12 3 …") from a number whose digits are all set apart."""
    runs = re.findall("[0-9]+", value)
    return max(map(len, runs)) < 3 and (len(runs) < 6 or max(map(len, runs)) == 2)


def _is_international(value: str) -> bool:
    digits = digits_of(value)
    plus = value.startswith("+")
    digits = digits if plus else digits.removeprefix("00")
    if digits.startswith("44"):
        return False
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number) if plus else phonenumbers.is_valid_number(number)


def _phone_key(value: str) -> str:
    digits = digits_of(value)
    return "0" + _national(value) if digits.startswith(("0", "44")) and not digits.startswith("00") else digits


IDENTIFIERS: Final = (
    Identifier(
        "phone",
        _("phone number"),
        # A mobile that a spreadsheet has robbed of its 0.
        (
            # The country's code without a sign.
            Form(
                re.compile(rf"(?s)4{START}47[0-9]{{9}}(?![0-9A-Za-z])"),
                lambda value: _is_uk(value[2:], value),
                digits=12,
            ),
            Form(
                re.compile(rf"(?s)7{START}[0-9]{{2}}(?:{_SEP}[0-9]){{7}}(?![0-9])"),
                digits=10,
                context=_PHONE_WORDS,
                rank=IN_CONTEXT,
                before=40,
                after=0,
            ),
        ),
        key=_phone_key,
        finder=_phones,
        shapes=(_UK, _INTERNATIONAL),
    ),
)
