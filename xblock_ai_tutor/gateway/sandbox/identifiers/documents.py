"""Numbers of papers: passport, driving licence, vehicle, Home Office. Called through `REGISTRY`."""

from __future__ import annotations

import re
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers.base import (
    END,
    END_NUMBER,
    IN_CONTEXT,
    NAMED_AFTER,
    NAMED_NEARBY,
    SEP,
    START,
    START_NUMBER,
    Form,
    Identifier,
    compact,
    labelled,
    words,
)
from xblock_ai_tutor.gateway.sandbox.identifiers.searched import Words
from xblock_ai_tutor.gateway.sandbox.msgid import _

_PASSPORT_LABEL: Final = (
    r"passports?(?:[\s_\-]?(?:no|number|num|nr))?|travel[\s_]doc(?:ument)?(?:[\s_]?(?:no|number))?|"
    r"pasbort|passeports?(?:[\s_\-](?:no|n.|num.ro))?"
)
_PASSPORT: Final = (
    rf"(?:[0-9]{START_NUMBER}(?:[\s\-_]?[0-9]){{8}}"
    rf"|[A-Za-z]{START}(?:\s?[A-Za-z])?[\s_\-]?[0-9](?:[\s\-_]?[0-9]){{6,7}}){END_NUMBER}"
)

# DVLA: five letters of the surname filled with 9, decade, month (+ 50 for women), day, year, initials or 9, check.
_LICENCE_SEP: Final = r"[\s.\-/_]{0,3}"
_LICENCE: Final = re.compile(
    rf"(?s)[A-Za-z]{START}[A-Za-z9]{{4}}{_LICENCE_SEP}[0-9][0156][0-9][0-3][0-9]{{2}}{_LICENCE_SEP}[A-Za-z9]{{2}}{_LICENCE_SEP}"
    rf"[A-Za-z0-9]{_LICENCE_SEP}[A-Za-z]{{2}}"
    rf"(?: ?[0-9]{{2}}(?![./\-]?[0-9]))?{END}"  # an issue number, not the beginning of the next cell's number
)
# Read off paper, each letter apart.
_SPACED_LICENCE: Final = re.compile(
    rf"[A-Za-z]{START}(?: [A-Za-z9]){{4}} [0-9] [0156] [0-9] [0-3] [0-9] [0-9]"
    rf"(?: [A-Za-z9]){{2}} [A-Za-z0-9](?: [A-Za-z]){{2}}{END}"
)


def _is_licence(value: str) -> bool:
    number = compact(value)
    month = int(number[6:8]) % 50
    return (
        re.match(r"[A-Z]+9*[0-9]", number[:6]) is not None
        and int(number[6:8]) // 50 in (0, 1)
        and 1 <= month <= 12
        and 1 <= int(number[8:10]) <= 31
        and re.fullmatch(r"[A-Z][A-Z9]|99", number[11:13]) is not None
        and not number[14:16].isdigit()
    )


_VEHICLE_WORDS: Final = words(
    r"cars?|vans?|lorry|vehicles?|reg(?:istration)?(?:[\s_\-]?(?:no|number|mark))?|number plates?|plates?|vrm|vrn|"
    r"dvla|mot|keeper|parked|parking|drives?|drove|driving|driven|motor(?:bike|cycle)|ford|vauxhall|nissan|audi|bmw|toyota|volkswagen|vw|"
    r"cerbyd(?:au)?|rhif cofrestru|immatricul.e?|immatriculation|voiture|v.hicule"
)
_PLATE: Final = re.compile(rf"(?s)[A-Za-z]{START}[A-Za-z][0-9]{{2}}[\s\-_]{{0,2}}[A-Za-z]{{3}}{END}")
_SPACED_PLATE: Final = re.compile(rf"(?s)[A-Z]{START}[A-Z][\s\-][0-9]{{2}}[\s\-][A-Z]{{3}}{END}")
_OLD_PLATE: Final = re.compile(
    rf"(?s)[A-Z]{START}(?:[0-9]{{1,3}}[\s\-_]{{0,2}}[A-Z]{{3}}|[A-Z]{{2}}[\s\-_]{{0,2}}[0-9]{{1,3}}[A-Z]|[A-Z]{{2}}[\s\-_]?[0-9]{{1,4}}){END}"
)
_PLATE_LABEL: Final = (
    r"reg(?:istration)?(?:[\s_\-]?(?:no|number|num|mark|plate))?|number[\s_\-]?plate|vrm|vrn|"
    r"vehicle[\s_\-](?:no|number)|rhif[\s_]cofrestru|immatriculation"
)
# In any case and with any signs: right after its name, or in the column of that name.
_TYPED_PLATE: Final = (
    rf"[A-Za-z]{START}(?:[A-Za-z][\s\-_.]{{0,2}}[0-9]{{2}}[\s\-_.]{{0,2}}[A-Za-z]{{3}}|[0-9]{{1,3}}[\s\-_.]{{0,2}}[A-Za-z]{{3}}"
    rf"|[A-Za-z]{{2}}[\s\-_.]{{0,2}}[0-9]{{1,3}}[\s\-_.]{{0,1}}[A-Za-z]){END}"
)
# Capital words that follow a code in a headline ("EU27 AND …").
_HEADLINE_WORDS: Final = """
ALL AND ANY ARE BUT CAN DAY DID END FEW FOR GET HAD HAS HER HIS HOW ITS LAW LET MAY NEW NOT NOW OLD ONE OUR OUT
OWN PAY PER SAY SEE SET SHE SIX TAX TEN THE TWO USE WAS WAY WHO WHY WON YES YET YOU ACT
"""
_NOT_PLATE: Final = frozenset(_HEADLINE_WORDS.split())
_MONTHS: Final = frozenset({"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"})


def _is_plate(value: str) -> bool:
    """Accept a current-style mark in capitals: area letters, an age that has been issued, three letters."""
    plate = compact(value)
    age = int(plate[2:4])
    return (
        value == value.upper()
        and not set("IQZ") & set(plate[0])
        and not set("IQ") & set(plate[1] + plate[4:])
        and (2 <= age <= 30 or 51 <= age <= 80)
        and plate[4:] not in _NOT_PLATE
    )


def _is_old_plate(value: str) -> bool:
    letters = re.findall("[A-Z]+", value)
    return not {"AND", "THE", "FOR", "PDF", "ISO"} & set(letters) and len(compact(value)) >= 4


def _is_typed_plate(value: str) -> bool:
    """Accept a mark of a current or an older form, whose groups are not words ("may 12 a", "m25 and")."""
    plate = compact(value)
    groups = re.findall("[A-Z]+", plate)
    return not (_NOT_PLATE | _MONTHS) & set(groups) and not set("IQ") & set(plate[0])


_HOME_OFFICE_LABEL: Final = (
    r"home[\s_\-]?office(?:[\s_\-]?ref(?:erence)?)?|ho[\s_\-]?ref(?:erence)?|ukvi[\s_\-]?ref(?:erence)?|"
    r"(?:y[\s_])?swyddfa[\s_]gartref"
)
_HOME_OFFICE_REF: Final = rf"[A-Za-z]{START}[\s\-_]?[0-9](?:[ \-_]?[0-9]){{6}}(?:/[0-9]{{1,3}})?{END}"
_HOME_OFFICE_WORDS: Final = words(
    rf"{_HOME_OFFICE_LABEL}|ho|uan|gwf|unique application|"
    r"immigration|visas?|asylum|ukvi|leave to remain|deport(?:ation|ed)|settlement|"
    r"biometric residence permit|brp|case ?id|cid|mewnfudo|lloches"
)
_UAN_NAMED: Final = r"[0-9]{4}(?:[\s.\-/_]{0,3}[0-9]{4}){3}(?![A-Za-z0-9])"
_UAN: Final = rf"[0-9]{START_NUMBER}[0-9]{{3}}(?:{SEP}[0-9]{{4}}){{3}}{END_NUMBER}"

IDENTIFIERS: Final = (
    Identifier(
        "passport",
        _("passport number"),
        (
            labelled(_PASSPORT_LABEL, _PASSPORT, "passport", "travel", "pasbort", "passeport", digits=7),
            Form(
                re.compile(f"(?s){_PASSPORT}"),
                context=words(_PASSPORT_LABEL),
                rank=IN_CONTEXT,
                digits=7,
            ),
        ),
    ),
    Identifier(
        "driving_licence",
        _("driving licence number"),
        (
            Form(_LICENCE, _is_licence, digits=6),
            Form(_SPACED_LICENCE, _is_licence, digits=6),
            labelled(
                r"(?:driving|driver)(?:'?s)?[\s_\-]?licen[cs]e|driver[\s_\-]?(?:no|number)",
                rf"[0-9]{{8}}{END}",
                "driv",
                digits=8,
            ),
        ),
    ),
    Identifier(
        "vehicle_registration",
        _("vehicle registration"),
        (
            Form(_PLATE, _is_plate),
            Form(
                _SPACED_PLATE,
                _is_plate,
                _VEHICLE_WORDS,
                rank=IN_CONTEXT,
                before=50,
                after=25,
            ),
            Form(_PLATE, context=_VEHICLE_WORDS, rank=IN_CONTEXT, before=50, after=25),
            Form(
                re.compile(f"(?s){_TYPED_PLATE}"),
                _is_typed_plate,
                words(_PLATE_LABEL),
                rank=IN_CONTEXT,
                before=0,
                after=0,
            ),
            Form(
                re.compile(f"(?s){_TYPED_PLATE}"),
                _is_typed_plate,
                Words(
                    re.compile(rf"(?is)(?<=[a-z0-9]){NAMED_AFTER}(?:car |vehicle )?(?:{_PLATE_LABEL}){END}"),
                    words(_PLATE_LABEL).signs,
                ),
                rank=IN_CONTEXT,
                before=0,
                after=40,
            ),
            labelled(
                _PLATE_LABEL,
                _TYPED_PLATE,
                *("reg", "number plate", "number_plate", "number-plate", "vrm", "vrn", "vehicle", "rhif", "imma"),
                valid=_is_typed_plate,
                digits=1,
            ),
            Form(
                _OLD_PLATE,
                _is_old_plate,
                _VEHICLE_WORDS,
                rank=IN_CONTEXT,
                before=50,
                after=25,
            ),
        ),
    ),
    Identifier(
        "home_office_ref",
        _("Home Office reference"),
        (
            Form(re.compile(rf"(?is)g{START}wf{SEP}[0-9](?:{SEP}[0-9]){{8}}{END}"), digits=9),
            labelled(
                r"uan(?:[\s_]?(?:no|number))?|unique[\s_\-]?application[\s_\-]?(?:no|number)",
                _UAN_NAMED,
                "uan",
                "unique",
                digits=16,
            ),
            labelled(_HOME_OFFICE_LABEL, _HOME_OFFICE_REF, "ho", "ukvi", "y swyddfa", "swyddfa", digits=7),
            # Biometric residence permits.
            labelled(
                r"brp|residence permit", rf"[A-Za-z]{START}[A-Za-z]\s?[0-9]{{7}}{END}", "brp", "residence", digits=7
            ),
            # Before a payment card's: one in ten of these numbers has its check digit.
            Form(
                re.compile(f"(?s){_UAN}"),
                context=words(
                    rf"{_HOME_OFFICE_LABEL}|uan|gwf|ukvi|asylum|immigration|visa[\s_](?:ref|app|no|number)\w{{0,9}}"
                ),
                rank=NAMED_NEARBY,
                before=60,
                after=0,
                digits=16,
            ),
            Form(
                re.compile(f"(?s){_UAN}"),
                context=_HOME_OFFICE_WORDS,
                rank=IN_CONTEXT,
                digits=16,
            ),
            Form(
                re.compile(f"(?s){_HOME_OFFICE_REF}"),
                digits=7,
                context=_HOME_OFFICE_WORDS,
                rank=IN_CONTEXT,
            ),
        ),
    ),
)
