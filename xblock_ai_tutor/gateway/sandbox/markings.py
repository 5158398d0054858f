"""Protective markings in a text. A marking in a prompt blocks it: nothing is redacted and sent.

The rule, so that an author can predict it:

- OFFICIAL-SENSITIVE counts anywhere, in any case, with any dash, underscore or nothing between its words; with a space
  between them it counts with two capitals, and in other letters where a marking stands (see below). So do its short
  forms in capitals, O-S and OFFSEN, and the Welsh SWYDDOGOL-SENSITIF.
- TOP SECRET, STRAP with its number, and "… EYES ONLY" count anywhere in capitals ("UK eyes only" in any case).
- SECRET counts in capitals inside a sentence that is not itself in capitals ("this note is SECRET").
- All markings, also the legacy CONFIDENTIAL, RESTRICTED and PROTECT, count where a marking stands: alone on a line
  (with caveats), at the beginning of a line or of a mail's subject before `//`, a colon or a dash, in brackets before a
  paragraph, or after "marked" or "classification:". There capitals are needed only of words that prose uses too; the
  legacy ones need one even alone on a line. "secret:" and "secret//" at the head of a line count in small letters: what
  is no marking there is a password. In a file's name small letters do not count ("confidential-policy.docx").
- Prose does not count: "the secret of good writing", "trade secret", "a confidential helpline", "protect the public".

OFFICIAL alone is not a marking that blocks. Called by `gateway.turn` and `tutor-gateway redact`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.sandbox.prescan import Prescan
from xblock_ai_tutor.gateway.sandbox.view import View, view_of

OFFICIAL_SENSITIVE: Final = "OFFICIAL-SENSITIVE"


@dataclass(frozen=True, slots=True)
class Marking:
    """A protective marking at `start:end` of the text as it was given; `label` is its canonical name."""

    label: str
    start: int
    end: int


_GAP: Final = r"[\s\-_./:|*(\[]{0,5}"
_DASH: Final = r"\s{0,2}[\-_/|*]{1,5}\s{0,2}"
_OWNERS: Final = r"(?:(?:UK|NATO|EU|US|FIVE EYES|FVEY|HMG)[\s\-/]{1,2})?"
_DESCRIPTOR: Final = (
    r"(?:\s{0,2}[\-:/,(\[]{0,2}\s{0,2}(?:COMMERCIAL|COMMERCIALLY SENSITIVE|LOCSEN|PERSONAL(?: DATA)?|RECIPIENTS ONLY|"
    r"HR|STAFF|POLICY|INVESTIGATIONS?|MANAGEMENT|MEDICAL|APPOINTMENTS|HONOURS|BUDGET|LEGAL|MARKET SENSITIVE|"
    r"ORGANISATIONAL USE ONLY|HMG USE ONLY|EMBARGOED|UK EYES ONLY|STRAP ?[1-3]?|ATOMIC|CRYPTO|NOFORN|AUKUS)[)\]]?){0,4}"
)
# Also in Welsh, and with the I's that a scanner reads.
_SENSITIVE: Final = "SENS(?:[I1]|(?-i:l))TIVE"
_FULL: Final = rf"(?:OFFICIAL{_GAP}{_SENSITIVE}|SWYDDOGOL{_GAP}SENSITIF)"
# How OFFICIAL-SENSITIVE is abbreviated; in capitals only.
_SHORT: Final = r"(?-i:(?<!-)(?:OFFICIAL[\-_]SENS?|OFF[\-_ ]?SENS?|O-S)(?!-))"
# (label, words). The first that matches at a place names it.
_WORDS: Final = (
    (OFFICIAL_SENSITIVE, rf"{_FULL}|{_SHORT}"),
    ("TOP SECRET", rf"TOP{_GAP}SECRET"),
    ("SECRET", "SECRET"),
    ("UK EYES ONLY", rf"(?:U\.?K\.?|US|AUS|CAN|NZ|FIVE|5)(?:[/ ](?:UK|US|AUS|CAN|NZ)){{0,4}}{_GAP}EYES{_GAP}ONLY|UKEO"),
    ("STRAP", rf"STRAP{_GAP}(?:[1-3]|I{{1,3}}(?![A-Za-z]))?"),
    ("CONFIDENTIAL", "CONFIDENTIAL|CYFRINACHOL"),
    ("RESTRICTED", "RESTRICTED"),
    ("PROTECT", "PROTECT"),
)
NAMES: Final = tuple(label for label, _words in _WORDS)
_NAMED: Final = "|".join(f"(?P<m{number}>{words})" for number, (_label, words) in enumerate(_WORDS))
_EDGE: Final = r"(?<![A-Za-z0-9])"
_OVER: Final = r"(?![A-Za-z0-9])"
_MARK: Final = rf"{_OWNERS}(?:{_NAMED}){_OVER}{_DESCRIPTOR}"
_FRAME: Final = r"[\s*_#>=~|\-\[\](){}<>\"'.:]"

# One of these words on a line of its own is as likely an item of a list.
_PROSE: Final = r"(?!(?-i:confidential|cyfrinachol|restricted|protect))"
_ALONE: Final = re.compile(rf"(?im)^{_FRAME}{{0,12}}{_PROSE}(?P<mark>{_MARK}){_FRAME}{{0,12}}(?:page \d+.{{0,12}})?$")
_SUBJECT: Final = r"(?:(?i:subject|title|re|fwd?)[ \t]{0,2}:[ \t]{0,3}){0,4}[\[(]?"
_LEADING: Final = re.compile(
    rf"(?m)^[ \t*_#>]{{0,8}}{_SUBJECT}(?P<mark>{_MARK}|(?i:{_FULL}|TOP{_GAP}SECRET){_OVER}"
    r"|(?i:SECRET)(?=[ \t*_\])]{0,3}(?://|:)))[ \t*_\])]{0,3}(?://|:|- )"
)
_DECLARED: Final = re.compile(
    r"(?is)(?<![a-z])(?:protective[\s_]mark(?:ing)?|security[\s_]classification|classification|classified|sensitivity|"
    r"handling|header|footer|banner|"
    r"(?:protectively |security |is |are |was |were |been |document |note |file )marked|marking|marc(?:iad)?)"
    rf"[\s\"'*_:=\->|]{{0,6}}(?:(?:is|as|at|level|label)[\s\"'*_:=\->|]{{1,4}}){{0,2}}(?P<mark>{_MARK})"
)
_SPACED_OUT: Final = r"[\s.\-]{1,4}".join("[ .]".join(word) for word in ("OFFICIAL", "SENSITIVE"))
_SPACED_SECRET: Final = "[ .]".join("SECRET")
_SPACED_LEGACY: Final = "|".join("[ .]".join(word) for word in ("CONFIDENTIAL", "RESTRICTED", "PROTECT"))
_ANYWHERE: Final = (
    re.compile(
        rf"(?i){_EDGE}(?P<mark>(?:OFFICIAL(?:{_DASH}|){_SENSITIVE}|SWYDDOGOL(?:{_DASH}|)SENSITIF){_OVER}{_DESCRIPTOR})"
    ),
    re.compile(
        rf"{_EDGE}(?P<mark>(?:{_FULL}|{_SHORT}|TOP{_GAP}SECRET|STRAP{_GAP}(?:[1-3]|I{{1,3}})|UKEO)"
        rf"{_OVER}{_DESCRIPTOR})"
    ),
    re.compile(
        rf"{_EDGE}(?P<mark>(?:O(?i:FFICIAL)\s{{1,2}}S(?i:ENSITIVE)|S(?i:WYDDOGOL)\s{{1,2}}S(?i:ENSITIF)){_OVER}{_DESCRIPTOR})"
    ),
    # In brackets, in any case; and a paragraph's own.
    re.compile(rf"[(\[{{](?P<mark>(?i:{_OWNERS}(?:TOP{_GAP}SECRET|{_FULL}){_DESCRIPTOR}))[)\]}}]"),
    re.compile(rf"[(\[{{](?P<mark>{_MARK})[)\]}}]"),
    # The name of a file.
    re.compile(
        r"(?:(?<![A-Za-z0-9_\-$])|(?<=[a-z0-9][_\-]))"
        r"(?P<mark>SECRET|CONFIDENTIAL|RESTRICTED|PROTECT)(?:[_\-.]| ?[:(\-] ?)"
        r"[\w\-. :,()]{0,60}\.(?i:docx?|pdf|xlsx?|pptx?|od[tsp]|rtf|msg|eml|txt|csv)(?![A-Za-z0-9])"
    ),
    # "This is CONFIDENTIAL: …"; "is RESTRICTED to staff" is prose.
    re.compile(r"(?<=[a-z] )(?<=(?:is|as|be) )(?P<mark>CONFIDENTIAL|RESTRICTED|PROTECT)(?= ?[:.;,)]|\s{0,9}\Z)"),
    # Letters set apart, as in old headers.
    re.compile(rf"{_EDGE}(?P<mark>{_SPACED_OUT}|{_SPACED_SECRET}|{_SPACED_LEGACY}){_OVER}"),
    # Between wide gaps, as in a page's header or footer: "Page 1 of 4    RESTRICTED    v0.3".
    re.compile(
        rf"(?m)(?:[ \t]{{3}}|\t)[*\[(]{{0,3}}(?P<mark>(?-i:{_MARK}))[*\])]{{0,3}}(?=[ \t]{{3}}|\t|[ \t]{{0,9}}$)"
    ),
    re.compile(rf"(?i){_EDGE}(?P<mark>U\.?K\.?{_GAP}EYES{_GAP}ONLY){_OVER}"),
    re.compile(
        rf"{_EDGE}(?P<mark>(?:US|AUS|CAN|NZ|FIVE)(?:[/ ](?:UK|US|AUS|CAN|NZ)){{0,4}}{_GAP}EYES{_GAP}ONLY){_OVER}"
    ),
    # SECRET and STRAP among words that are not in capitals; not part of a name such as API_SECRET.
    re.compile(
        r"(?<![A-Za-z0-9_\-$])(?<![A-Z][A-Z] )(?P<mark>(?:UK )?(?:SECRET|STRAP))(?![A-Za-z0-9_\-=]| ?=|[ ][A-Z]{2})"
    ),
)
_OF_A_PAGE: Final = re.compile("(?i)header|footer|banner")
# "marked top secret" is none either.
_NEVER_PROSE: Final = re.compile(rf"(?i)TOP{_GAP}SECRET")
_PLACED: Final = (_ALONE, _LEADING)
_MARKED_IN: Final = Prescan((*_ANYWHERE, *_PLACED, _DECLARED))
_STEM: Final = re.compile("sens|off[^a-z]?sen|secret|strap|eyes|ukeo|confidential|cyfrinachol|restricted|protect")
_DECLARES: Final = ("mark", "marc", "classif", "sensitivity", "handling", "header", "footer", "banner")
_LABELS: Final = tuple((label, re.compile(rf"(?i)(?:{words})")) for label, words in _WORDS)


def find_markings(text: str | View) -> tuple[Marking, ...]:
    """Return the markings in `text`, in order and without overlaps. Never raises on any string."""
    view = view_of(text)
    patterns = _MARKED_IN.those_for(view.scannable)
    if not patterns:
        return ()
    found: list[tuple[int, int]] = []
    for pattern in patterns:
        if pattern in _PLACED:
            found += [
                match.span("mark")
                for start, end in _lines_with_a_stem(view.lower)
                for match in pattern.finditer(view.text, start, end)
            ]
        elif pattern is _DECLARED:
            found += _declared(view.text, view.lower)
        else:
            found += [match.span("mark") for match in pattern.finditer(view.text)]
    markings: list[Marking] = []
    at = -1
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= at:
            markings.append(Marking(_label(view.text[start:end]), *view.span(start, end)))
            at = end
    return tuple(markings)


def _lines_with_a_stem(text: str) -> list[tuple[int, int]]:
    """Return the lines in which a marking can stand, with those around them: one can go over a line's end."""
    lines: list[tuple[int, int]] = []
    for stem in _STEM.finditer(text):
        if lines and stem.end() <= lines[-1][1]:
            continue
        start = text.rfind("\n", 0, max(0, text.rfind("\n", 0, stem.start()))) + 1
        end = text.find("\n", stem.end())
        end = len(text) if end < 0 else end
        lines.append((max(start, lines[-1][1]) if lines else start, end))
    return lines


def _declared(text: str, lower: str) -> list[tuple[int, int]]:
    """Return the markings after "classification" and the like."""
    found = []
    for stem in _STEM.finditer(lower):
        start, end = max(0, stem.start() - 80), stem.end() + 80
        if not any(word in lower[start:end] for word in _DECLARES):
            continue
        for match in _DECLARED.finditer(text, start, end):
            # "marked confidential" and "a classified secret" are prose; small letters need the colon of a form.
            # So is "header: secret of good layout".
            form = text[match.start() : match.start("mark")]
            sign = not _OF_A_PAGE.match(form) and re.search(r"[:=\"|\t]| - ", form)
            if match["mark"][:3].isupper() or sign or _NEVER_PROSE.fullmatch(match["mark"]):
                found.append(match.span("mark"))
    return found


def blocked_by(text: str | View, *, block_official_sensitive: bool = True) -> Marking | None:
    """Return the first marking that blocks `text`, or None.

    `block_official_sensitive=False` lets OFFICIAL-SENSITIVE pass, where a department has accredited that; the others
    always block.
    """
    for marking in find_markings(text):
        if block_official_sensitive or marking.label != OFFICIAL_SENSITIVE:
            return marking
    return None


def _label(mark: str) -> str:
    for label, words in _LABELS:
        if words.search(mark):
            return label
    letters = re.sub("[^A-Z]", "", mark)
    return letters if letters in NAMES else OFFICIAL_SENSITIVE
