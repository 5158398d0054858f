"""Numbers that the state gives a person: National Insurance, NHS, tax. Called through `REGISTRY`."""

from __future__ import annotations

import re
from typing import Final

from stdnum.gb import nhs, utr

from xblock_ai_tutor.gateway.sandbox.identifiers.base import (
    END,
    END_NUMBER,
    IN_CONTEXT,
    NAMED_NEARBY,
    SEP,
    START,
    START_NUMBER,
    Form,
    Identifier,
    compact,
    digits_of,
    labelled,
    words,
)
from xblock_ai_tutor.gateway.sandbox.msgid import _

# HMRC manual NIM39110: D F I Q U V in neither place, O not second, seven pairs never; administrative prefixes.
_NEVER_LETTERS: Final = frozenset("DFIQUV")
_NEVER_PAIRS: Final = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})
_ADMINISTRATIVE: Final = frozenset({"OO", "CR", "FY", "MW", "NC", "PP", "PY", "PZ"})
# HMRC's specimen prefix: who fills in the specimen mostly has the real number beside it.
_SPECIMEN: Final = "QQ"

_WORDS_AROUND: Final = re.compile(
    r"(?:am|an|as|at|be|by|he|hm|me|my|we|st|mr|ms)\s(?:[\s0-9]{6,9}a|.*[0-9]\s?[A-D])", re.DOTALL
)

# What a digit is written or read as; right after a number's name alone.
_DIGIT_LIKE: Final = "[0-9OoIlSs]"
_DIGITS_MEANT: Final = str.maketrans("OoIlLSs", "0011155")

_NI_LABEL: Final = r"nino|ni|n\.i\.|nat(?:ional)?\.?[\s_\-]?ins(?:urance)?"
_NI_SEP: Final = r"[\s.\-/_|•·:,>]{0,3}"
_NINO: Final = rf"[A-Za-z]{START}{SEP}[A-Za-z]{_NI_SEP}(?:[0-9]{_NI_SEP}){{6}}[A-Da-d]{END}"


def _is_nino(value: str) -> bool:
    """Accept a number with a prefix that is in use, but not a word, a number and a word ("at 123456 a")."""
    number = compact(value)
    prefix = number[:2]
    regular = not (_NEVER_LETTERS & set(prefix)) and prefix[1] != "O" and prefix not in _NEVER_PAIRS
    if not (regular or prefix in _ADMINISTRATIVE or prefix == _SPECIMEN):
        return False
    in_pairs = len(re.findall("[0-9]{2}(?![0-9])", value)) == 3
    return in_pairs or not _WORDS_AROUND.fullmatch(value)


def _has_date(value: str) -> bool:
    """Accept a temporary number whose digits are a day, a month and a year."""
    digits = digits_of(value)
    return 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12


def _is_nhs(value: str) -> bool:
    return bool(nhs.is_valid(digits_of(value)))


def _as_digits(value: str) -> str:
    """Return `value` with letters that are taken for digits as those digits."""
    return value.translate(_DIGITS_MEANT)


def _is_utr(value: str) -> bool:
    return bool(utr.is_valid(digits_of(value)))


_TEN_LOOSE: Final = rf"\(?[0-9]{START_NUMBER}(?:[ \n\r.\-/_()]{{0,3}}[0-9]){{9}}{END_NUMBER}"
_TEN: Final = rf"[0-9](?:{SEP}[0-9]){{9}}"
_UTR_LABEL: Final = (
    r"(?:sa|ct)?utr|unique[\s_\-]?tax(?:payer)?(?:'?s)?[\s_\-]?ref(?:erence)?|self[\s\-]?assessment|"
    r"tax(?:payer)?[\s_\-]?ref(?:erence)?|"
    r"cyfeirnod(?:[\s_]unigryw)?(?:[\s_]y)?[\s_](?:treth|trethdalwr)(?:[\s_]unigryw)?|"
    r"num.ro[\s_]fiscal(?:[\s_]de[\s_]r.f.rence)?|(?:num.ro[\s_]de[\s_])?r.f.rence[\s_]fiscale"
)
_UTR_STARTS: Final = ("utr", "sautr", "ctutr", "unique", "self", "tax", "cyfeirnod", "num", "réf", "ref")
_NHS_LABEL: Final = r"nhs(?:[\s_\-]?(?:no|number|num|id))?|gig|h&c|chi"
_BROKEN_NHS: Final = re.compile("[0-9]{3}-?[0-9]{3}-?[0-9]{4}")
_NHS_BEFORE: Final = re.compile(r"(?i)nhs[\s_\-]?(?:no|number|num|id)?[\s:#.\-\"'|=]{0,5}\Z")
# An ISBN of ten digits has the same check digit as an NHS number, and so has one in eleven of other numbers.
_OTHER_NUMBER: Final = re.compile(
    r"(?i)(?<![a-z])(?:isbn(?:-?1[03])?|order|p\.?o|invoice|commodity code|batch|barcode|serial|part|stop|asset)"
    r"(?:[\s_\-]?(?:no|number|num|ref|id))?[\s:#.\-]{0,4}\Z"
)

# Right after its name a number is held back even when its prefix is not in use, its suffix is missing, or it is one of
# the references that new arrivals get.
_LABELLED_NINO: Final = (
    rf"{_NINO}|[A-Za-z]{SEP}[A-Za-z]{SEP}(?:[0-9]{SEP}){{5}}[0-9]{END}|[0-9]{{2}}\s?[A-Z]\s?[0-9]{{5}}{END}"
)

IDENTIFIERS: Final = (
    Identifier(
        "nino",
        _("National Insurance number"),
        (
            Form(re.compile(f"(?s){_NINO}"), _is_nino, digits=6),
            # Glued to a word in a file's name.
            Form(re.compile(r"(?s)[A-Z](?:(?<=[a-z].)|(?<=(?i:nino).))[A-Z][0-9]{6}[A-D]" + END), _is_nino, digits=6),
            labelled(_NI_LABEL, _LABELLED_NINO, "ni", "n.i", "nat", digits=5),
            # Read off paper, or typed with the letter O.
            labelled(
                _NI_LABEL,
                rf"[A-Za-z]{SEP}[A-Za-z]{_NI_SEP}(?:{_DIGIT_LIKE}{_NI_SEP}){{6}}[A-Da-d]{END}",
                *("ni", "n.i", "nat"),
                valid=lambda value: len(digits_of(value)) >= 4,
                digits=2,
            ),
            # Its name is in the sentence, its last letter is missing.
            Form(
                re.compile(rf"(?s)[A-Z]{START}[A-Z]\s?[0-9]{{2}}\s?[0-9]{{2}}\s?[0-9]{{2}}{END}"),
                lambda value: _is_nino(value + "A"),
                words(r"nino|national[\s_]insurance|ni (?:no|number)"),
                digits=6,
                rank=IN_CONTEXT,
            ),
            # Temporary numbers: TN, date of birth, sex.
            Form(re.compile(f"(?s)T{START}N{SEP}(?:[0-9]{SEP}){{6}}[MF]{END}"), digits=6),
            # In small letters or other groups the date must be one.
            Form(re.compile(rf"(?is)T{START}{SEP}N{_NI_SEP}(?:[0-9]{_NI_SEP}){{6}}[MF]{END}"), _has_date, digits=6),
        ),
        key=lambda value: (number := compact(value))[:2] + _as_digits(number[2:8]) + number[8:],
    ),
    Identifier(
        "nhs_number",
        _("NHS number"),
        (
            Form(
                re.compile(rf"(?s)[0-9]{START_NUMBER}[0-9]{{2}}{SEP}[0-9]{{3}}{SEP}[0-9]{{4}}{END_NUMBER}"),
                _is_nhs,
                unless=_OTHER_NUMBER,
                digits=10,
            ),
            # Broken at a line's end, where the groups do not show; not in a column of numbers.
            Form(
                re.compile(rf"(?s)[0-9]{START_NUMBER}(?<!\n.)[0-9\-]{{0,10}}\r?\n[0-9\-]{{1,11}}{END_NUMBER}"),
                lambda value: _BROKEN_NHS.fullmatch(re.sub(r"\s", "", value)) is not None and _is_nhs(value),
                unless=_OTHER_NUMBER,
                digits=10,
            ),
            # In brackets, or in other groups beside its name.
            Form(
                re.compile(rf"(?s){_TEN_LOOSE}"),
                _is_nhs,
                words(r"nhs|patients?|gp|chi|h&c|gig|referral|clinic|triaged?|physio|discharged|claf|meddyg(?:fa)?"),
                rank=IN_CONTEXT,
                digits=10,
            ),
            labelled(_NHS_LABEL, _TEN + END, "nhs", "gig", "h&c", "chi", digits=10),
            # Read off paper, or typed with the letter O.
            labelled(
                _NHS_LABEL,
                rf"{_DIGIT_LIKE}(?:{SEP}{_DIGIT_LIKE}){{9}}{END}",
                *("nhs", "gig", "h&c", "chi"),
                valid=lambda value: len(digits_of(value)) >= 7,
                digits=2,
            ),
        ),
        key=lambda value: digits_of(_as_digits(value)),
    ),
    Identifier(
        "utr",
        _("Unique Taxpayer Reference"),
        (
            labelled(_UTR_LABEL, rf"{_TEN}\s?K?{END}", *_UTR_STARTS, digits=10),
            Form(
                re.compile(rf"(?s){_TEN_LOOSE}"),
                _is_utr,
                words(_UTR_LABEL),
                rank=NAMED_NEARBY,
                digits=10,
                unless=_NHS_BEFORE,
            ),
            # Letters of HMRC and questions about them seldom name the number.
            Form(
                re.compile(rf"(?s)[0-9]{START_NUMBER}(?:{SEP}[0-9]){{9}}K?{END_NUMBER}"),
                _is_utr,
                context=words(r"hmrc|tax returns?|taxpayer|corporation tax|self[\s\-]?employed|inland revenue"),
                rank=IN_CONTEXT,
                before=60,
                digits=10,
            ),
        ),
        key=digits_of,
    ),
)
