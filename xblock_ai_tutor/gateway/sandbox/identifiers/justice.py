"""Numbers of police, prisons, probation and courts. Called through `REGISTRY`.

Sources: PNC and CRO check letters as HMPPS computes them (`ZABCDEFGHJKLMNPQRTUVWXY`, year and serial modulo 23).
"""

from __future__ import annotations

import re
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers.base import (
    END,
    IN_CONTEXT,
    NAMED_NEARBY,
    START,
    Form,
    Identifier,
    compact,
    digits_of,
    labelled,
    words,
)
from xblock_ai_tutor.gateway.sandbox.msgid import _

_CHECK_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
_SLASH: Final = r"\s?[/\-]\s?"
_PNC: Final = rf"[0-9]{START}(?<![0-9][/.\-].)[0-9](?:[0-9]{{2}})?{_SLASH}[0-9](?:[\s.\-]?[0-9]){{0,6}}\s?[A-Za-z]{END}"
_PNC_LABEL: Final = r"pnc(?:[\s_\-]?id)?|police national computer"
_CRO: Final = rf"[0-9]{START}(?<![0-9][/.\-].)[0-9]{{0,5}}{_SLASH}[0-9]{{2}}\s?[A-Za-z]{END}"
_CRO_SPECIAL: Final = rf"[Ss]{START}[Ff]\s?[0-9]{{2}}{_SLASH}[0-9]{{1,6}}\s?[A-Za-z]{END}"
_CRO_LABEL: Final = r"cro|criminal[\s_]records?[\s_]office"


def pnc_check_letter(year: str, serial: str) -> str:
    """Return the check letter of a PNC id: `year` has 2 or 4 digits, `serial` up to 7."""
    return _CHECK_LETTERS[int(year[-2:] + serial.zfill(7)) % 23]


def _is_pnc(value: str) -> bool:
    # The first dash or slash ends the year; the others are as good as spaces.
    year, rest = re.split("[/-]", re.sub(r"[\s.]", "", value.upper()), maxsplit=1)
    serial, letter = digits_of(rest), rest[-1]
    # A short serial is written without its zeros; then the year has two digits.
    if len(serial) != 7 and len(year) != 2:
        return False
    return (len(year) == 2 or year[:2] in {"19", "20"}) and pnc_check_letter(year, serial) == letter


def _is_cro(value: str) -> bool:
    """Accept three or more digits before the slash and a capital that is a check letter."""
    serial = re.split("[/-]", value)[0].strip()
    return len(serial) >= 3 and value[-1] in _CHECK_LETTERS


# What follows a number of four digits as its unit or its century, in small letters; and as a word in capitals.
_MEASURE_CODES: Final = """
ad am bc ce cm cp db dl dm ft gb gt hp hr hz kb kg km kv kw lb lm ma mb mg mi ml mm mp ms mw nd nm oz pa ph pm pp pt px
rd sp st tb th yd yr va wd wh wp
"""
_WORD_CODES: Final = """
AD AM AO AS AT BC BY CE EO EU GB GP HR IF IN IS IT MP NI NO OF ON OR PC PM SO TO TV UK UN UP US WE
"""
_MEASURES: Final = frozenset(_MEASURE_CODES.split())
_CAPITAL_WORDS: Final = frozenset(_WORD_CODES.split())


def _is_typed_prison_number(value: str) -> bool:
    """Accept a number as it is typed in haste: not a measure ("c1200km"), nor a year between words ("B 2030 EU")."""
    number = compact(value)
    if re.fullmatch("[a-f0-9]+", value):
        return False  # the beginning of a hash
    is_year = number != value.upper() and number[1:3] in {"18", "19", "20"}
    return not is_year and value[-2:] not in (_MEASURES if number == value.upper() else _CAPITAL_WORDS)


def _is_no_date(value: str) -> bool:
    return not (1 <= int(value[5:7]) <= 12 and 1 <= int(value[7:9]) <= 31)


def _is_no_hash(value: str) -> bool:
    return re.search("[G-Zg-z]", value) is not None


_CRN_WORDS: Final = words(
    r"crns?|probation|n?delius|oasys|case reference(?: number)?|offender|supervis(?:ion|ed)|on licence|community order|"
    r"unpaid work|prawf|sursis probatoire"
)
_COURT_WORD: Final = (
    r"crown court|county court|court|case[\s_\-]?(?:no|number|ref(?:erence)?)|claim[\s_\-]?(?:no|number|form)|claim|"
    r"tribunal|indictment|urn|hearings?"
)
_COURT_WORDS: Final = words(_COURT_WORD)
_DASH: Final = r"\s{0,2}[\-/]\s{0,2}"
_SIGNS: Final = r"[\s\-/_.]{0,3}"
_TRIBUNAL_WORDS: Final = words(
    rf"{_COURT_WORD}|sealed|adjourned|listed|judgment|bundle|matter of|gwrandawiad|tribiwnlys|achos"
)

IDENTIFIERS: Final = (
    Identifier(
        "pnc_id",
        _("PNC id"),
        (
            Form(re.compile(f"(?s){_PNC}"), _is_pnc),
            # In a path, after a folder of numbers.
            Form(re.compile(rf"(?s)[12]{START}(?<=/.)[0-9]{{3}}/[0-9]{{7}}[A-Za-z]{END}"), _is_pnc, digits=11),
            labelled(_PNC_LABEL, _PNC, "pnc", "police"),
        ),
    ),
    Identifier(
        "cro",
        _("CRO number"),
        (
            Form(re.compile(f"(?s){_CRO_SPECIAL}")),
            Form(re.compile(f"(?s){_CRO}"), _is_cro),
            Form(re.compile(f"(?s){_CRO}"), context=words(_CRO_LABEL), rank=NAMED_NEARBY),
            Form(
                re.compile(f"(?s){_CRO}"),
                lambda value: _is_cro(value.upper()),
                words(r"(?:previous[\s_])?convictions?|antecedents|fingerprints?|criminal[\s_]records?"),
                rank=IN_CONTEXT,
            ),
            labelled(_CRO_LABEL, f"(?:{_CRO}|{_CRO_SPECIAL})", "cro", "criminal"),
        ),
    ),
    Identifier(
        "prison_number",
        _("prison number"),
        (
            Form(re.compile(rf"(?s)[A-Z]{START}[0-9]{{4}}[A-Z]{{2}}{END}"), digits=4),
            # In small letters, or with the same sign between its groups; no measure, and no year between words.
            Form(re.compile(rf"(?s)[A-Za-z]{START}[0-9]{{4}}[A-Za-z]{{2}}{END}"), _is_typed_prison_number, digits=4),
            Form(
                re.compile(rf"(?s)[A-Z]{START}(?P<sign>[ \-./_])[0-9]{{4}}(?P=sign)[A-Z]{{2}}{END}"),
                _is_typed_prison_number,
                digits=4,
            ),
            Form(
                re.compile(rf"(?s)[A-Za-z]{START}[\s\-]{{0,2}}[0-9]{{4}}[\s\-]{{0,2}}[A-Za-z]{{2}}{END}"),
                context=words(r"prison(?:er)?(?:[\s_]?(?:no|number))?|noms|nomis|hmp|inmate|custody|offender"),
                rank=IN_CONTEXT,
            ),
        ),
    ),
    Identifier(
        "probation_crn",
        _("probation case reference"),
        (
            labelled("crn", rf"[A-Za-z]{START}[\s\-_.]{{0,3}}[0-9]{{6}}{END}", "crn", digits=6),
            # In groups, where nothing but its name says what it is.
            Form(
                re.compile(rf"(?s)[A-Z]{START}[ \n\r\-_.]{{1,3}}[0-9]{{6}}{END}"),
                context=words("crns?|n?delius"),
                rank=IN_CONTEXT,
                digits=6,
            ),
            Form(
                re.compile(rf"(?s)[A-Z]{START}[0-9]{{6}}{END}"),
                context=_CRN_WORDS,
                rank=IN_CONTEXT,
                digits=6,
            ),
            Form(
                re.compile(rf"(?s)[a-z]{START}[0-9]{{6}}{END}"),
                context=words("crn|n?delius|oasys|probation|unpaid work"),
                rank=IN_CONTEXT,
                digits=6,
            ),
        ),
    ),
    Identifier(
        "court_case",
        _("court case number"),
        (
            # High Court and Court of Appeal since CE-File, with or without the registry: AC-2024-LON-003062.
            Form(
                re.compile(
                    rf"(?is)[a-z]{START}[a-z]{_DASH}(?:19|20)[0-9]{{2}}{_DASH}(?:[a-z]{{3}}{_DASH})?[0-9]{{6}}{END}"
                ),
                digits=6,
            ),
            # With other signs or none, in capitals: AC 2024 LON 003062.
            Form(
                re.compile(
                    rf"(?s)[A-Z]{START}[A-Z]{_SIGNS}(?:19|20)[0-9]{{2}}{_SIGNS}[A-Z]{{3}}{_SIGNS}[0-9]{{6}}{END}"
                ),
                digits=6,
            ),
            # Administrative Court and tribunals before it: CO/1234/2023, HU/12345/2022. Not folders of years.
            Form(
                re.compile(
                    rf"(?s)[A-Z]{START}[A-Z]/(?!(?:19|20)[0-9]{{2}}/(?:19|20)[0-9]{{2}}/)"
                    rf"[0-9]{{3,6}}\n?/\n?(?:19|20)[0-9]{{2}}{END}"
                )
            ),
            # Crown Court: T20237123.
            Form(re.compile(rf"(?s)[TSAU]{START}\s?(?:19|20)[0-9]{{2}}[\s\-]?[0-9]{{4}}{END}"), digits=8),
            Form(
                re.compile(rf"(?s)[TSAUtsau]{START}{_SIGNS}(?:[0-9]{{8}}|(?:19|20)[0-9]{{2}}{_SIGNS}[0-9]{{4}}){END}"),
                context=_COURT_WORDS,
                rank=IN_CONTEXT,
                before=60,
                digits=8,
            ),
            # County Court: A12BC345; money claims online: 123MC456.
            Form(re.compile(rf"(?s)[A-Z]{START}[0-9]{{2}}\n?[A-Z]{{2}}\n?[0-9]{{3}}{END}")),
            Form(re.compile(rf"(?is)[0-9]{START}[0-9]{{2}}\n?MC\n?[0-9]{{3}}{END}")),
            # In small letters: no date in a file's name, no beginning of a hash.
            Form(re.compile(rf"(?s)[tsau]{START}20[0-9]{{6}}{END}"), _is_no_date, digits=8),
            Form(re.compile(rf"(?is)[a-z]{START}[0-9]{{2}}[a-z]{{2}}[0-9]{{3}}{END}"), _is_no_hash),
            Form(
                re.compile(rf"(?is)[a-z0-9]{START}[0-9]{{2}}[a-z]{{2}}[0-9]{{3}}{END}"),
                context=_COURT_WORDS,
                rank=IN_CONTEXT,
                before=60,
            ),
            # Family Court: ZC21P00456.
            Form(re.compile(rf"(?s)[A-Z]{START}[A-Z][0-9]{{2}}[A-Z][0-9]{{5}}{END}"), digits=5),
            # Employment tribunals: seven digits and the year.
            Form(
                re.compile(rf"(?s)[0-9]{START}[0-9]{{6}}\n?/\n?(?:19|20)[0-9]{{2}}{END}"),
                digits=11,
                context=_TRIBUNAL_WORDS,
                rank=IN_CONTEXT,
            ),
        ),
    ),
)
