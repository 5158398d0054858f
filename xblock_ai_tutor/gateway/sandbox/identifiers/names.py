"""Names that a title or a salutation announces: "Mrs A. Okafor", "HHJ Smith", "Dear Ms Patel".

Called through `REGISTRY`. No pattern finds names reliably; a name without a title goes through, and the learner is
told so. Nothing more is claimed for this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers.base import IN_CONTEXT, Found, Identifier
from xblock_ai_tutor.gateway.sandbox.identifiers.name_words import (
    ALSO_NAMES,
    COMMON,
    NOT_NAMES,
    PARTICLES,
    SURE_TITLES,
    is_cited_judge,
    is_of_a_thing,
)
from xblock_ai_tutor.gateway.sandbox.identifiers.searched import Searched, Sign
from xblock_ai_tutor.gateway.sandbox.identifiers.small_names import SMALL, SMALL_SIGN, small_names
from xblock_ai_tutor.gateway.sandbox.msgid import _

# Each begins with a letter of its own: that is what makes the search fast.
_TITLE: Final = re.compile(
    r"(?:M(?:(?:rs?|s)[ \n](?:Lord |Lady )?Justice|rs?|s|iss|x|essrs|aster|aj(?:or)?(?:\.? Gen)?|agistrate|adam|atron|"
    r"me|lle|onsieur|RS? JUSTICE|RS?|S|ISS|X)|"
    r"D(?:rs?|ame|J|DJ|C|S|I|CI|et\.? (?:Sgt|Con|Insp|Supt)|eputy District Judge|istrict Judge|R|AME|"
    r"etective (?:Constable|Sergeant|(?:Chief )?Inspector|Superintendent))|"
    r"P(?:rof(?:essor)?|arch(?:edig)?|te|C|CSO|ROF(?:ESSOR)?)|W(?:PC|g Cdr)|A(?:ld(?:erman)?|mbassador|thro)|"
    r"S(?:ir|gt(?:\.? Maj)?|e.or(?:a|ita)?|ergeant(?: Major)?|qn Ldr|up(?:t|erintendent)|heriff|ister|IR|GT)|"
    r"L(?:t(?:\.? (?:Col|Cdr|Gen))?|ieutenant(?: Colonel)?|(?:ord|ady)(?: Justice)?|ORD|ADY)|"
    r"B(?:aron(?:ess)?|rother|arnwr|ARONESS)|Viscount(?:ess)?|Earl|Governor|Gp Capt|Tribunal Judge|"
    r"R(?:ev(?:d|erend)?|(?:t|ight)\.? Hon(?:ourable)?|ecorder|abbi|EVD?|ABBI)|F(?:r|rau|lt Lt|ather)|"
    r"I(?:mam|nsp(?:ector)?|MAM)|H(?:err|on(?:ourable)?|H ?J(?:udge)?|(?:is|er) Honour(?: Judge)?)|"
    r"J(?:udge|ustice|UDGE)|N(?:urse|URSE|yrs)|"
    r"C(?:hief (?:Constable|Inspector|Superintendent)|onstable|llr|ouncillor|yng(?:horydd)?|apt(?:ain)?|ol(?:onel)?|pl|"
    r"dr|orporal|ommander|oroner|LLR|PL|APT(?:AIN)?|OUNCILLOR))(?![A-Za-z0-9])"
    r"(?:(?:(?<![a-z]{4})|(?<=prof))\.)?(?:(?: and | & | or |/)(?:Mrs?|Ms|Miss|Dr|MRS?|MS)\b\.?)?"
    r"(?:[ \t]{1,3}|_|[ \t]{0,3}\r?\n[ \t]{0,3}|(?<=[a-z]\.)(?=[A-Z][a-z]))(?:[0-9]{2,5} |\*{1,3})?"
)
# Written in small letters, before a name with a capital.
_MODEST: Final = (
    r"(?:mrs?|ms|mx|dr|prof(?:essor)?|nurse|cllr|councillor|rev(?:d|erend)?|sgt|cpl|imam|rabbi|baroness|sir|dame|hhj)\.?"
    r"[ \t]{1,3}\*{0,3}"
)
_MODEST_TITLE: Final = re.compile(rf"{_MODEST}(?=[^\W\d_a-z])")
_SALUTATION: Final = re.compile(r"(?:Dear|Hi|Hello|Hey)[ \t]{1,3}")
# The same where a word begins.
_TITLE_SIGN, _SALUTATION_SIGN = (
    Sign(re.compile(rf"(?:\A|[\W_]){pattern.pattern}")) for pattern in (_TITLE, _SALUTATION)
)
_SMALL_SIGN: Final = Sign(SMALL_SIGN)
_MODEST_SIGN: Final = Sign(re.compile(rf"(?:\A|[\W_]){_MODEST}[A-Zq]"))  # a `q` stands for a letter outside ASCII
_LETTER: Final = r"[^\W\d_]"
_PART: Final = rf"{_LETTER}(?:[^\W_]|'){{0,24}}[^\W_]"
_TOKEN: Final = re.compile(
    rf"[A-Z](?:-[A-Z](?![\w'])|\.|(?![\w'\-`]))|"
    rf"(?:(?:(?:O|D|Mc|Mac|Ó|Ní|Al|El)[' \-`]|St\. ))?{_PART}(?:-{_PART}){{0,2}}"
)
_TOKENS_MAX: Final = 8
_TITLED: Final = re.compile(
    rf"(?:{_TITLE.pattern}|{_MODEST})(?:(?:{_TOKEN.pattern})\*{{0,3}} ?\*{{0,3}}){{1,{_TOKENS_MAX}}}"
)
_BOLD: Final = re.compile(r"\*{0,3} ?\*{0,3}")
_SHOUTED: Final = frozenset(
    {"MR", "MRS", "MS", "MISS", "MX", "DR", "PROF", "PROFESSOR", "NURSE", "CLLR", "SIR", "DAME", "REV", "REVD", "HHJ"}
    | {"MR JUSTICE", "MRS JUSTICE", "LORD", "LADY", "IMAM", "RABBI", "CPL", "SGT", "CAPT", "CAPTAIN", "JUDGE"}
    | {"BARONESS", "COUNCILLOR"}
)
# Titles of more than one, and of those who are of a place.
_SEVERAL: Final = frozenset({"Messrs", "Drs"})
_SECOND: Final = re.compile(r"(?:,| and| &) (?=[A-Z])")
_PEERS: Final = frozenset({"Lord", "Lady", "Baron", "Baroness", "Viscount", "Viscountess", "Earl"})
_OF_PLACE: Final = re.compile(r" of [A-Z][a-z]{2,20}(?:-[a-z]{2,5}-[A-Z][a-z]{2,20})?")
# Honours and offices after a name.
_AFTER_NAME: Final = frozenset(
    {"KC", "QC", "SC", "MP", "MS", "MSP", "CBE", "OBE", "MBE", "CB", "KCB", "GCB", "PHD", "JP"}
)
# A family name with a small particle joined to it: al-Hashimi, d'Souza.
_JOINED: Final = re.compile(r"[a-z]{1,4}['-][^\W\d_]")


def _names(searched: Searched) -> Iterator[Found]:
    text = searched.text
    if searched.has((_TITLE_SIGN,)):
        yield from _titled(text, _TITLE)
    if searched.has((_MODEST_SIGN,)):
        yield from _titled(text, _MODEST_TITLE)
    if searched.has((_SMALL_SIGN,)):
        yield from small_names(text)
    for match in _SALUTATION.finditer(text) if searched.has((_SALUTATION_SIGN,)) else ():
        end = _name_end(text, match.end(), shouting=False)
        # Only a name fills the line of a salutation up to its comma or end.
        if (
            end
            and _begins_word(text, match.start())
            and re.match(r"[ \t]{0,3}(?:[,:!\-]|\r?\n|\Z)", text[end : end + 6])
        ):
            yield Found(match.end(), end, IN_CONTEXT)


def _titled(text: str, title_of: re.Pattern[str]) -> Iterator[Found]:
    at = 0
    while match := title_of.search(text, at):
        at = match.end()
        if _begins_word(text, match.start()):
            title = match[0].strip(" .\t\r\n")
            end = _name_end(text, at, shouting=title in _SHOUTED, sure=title.capitalize() in SURE_TITLES)
            if end and title in _SEVERAL and (second := _SECOND.match(text, end)):
                end = _name_end(text, second.end(), shouting=False) or end
            if end and title in _PEERS and (place := _OF_PLACE.match(text, end)):
                end = place.end()
            if end and not is_of_a_thing(text, match.start(), end) and not is_cited_judge(text, match.start(), end):
                yield Found(match.start(), end, IN_CONTEXT)
                at = end


def _begins_word(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    return not (before.isalnum() or before == "&")


def _name_end(text: str, start: int, *, shouting: bool, sure: bool = False) -> int:
    """Return where the name that begins at `start` ends, or 0 when none does. After MR or MRS names are `shouting`."""
    end, at, surname, loud = 0, start, False, shouting
    for _count in range(_TOKENS_MAX):
        match = _TOKEN.match(text, at)
        if match is None:
            break
        word = match[0].rstrip(".")
        plain = re.sub("'s$", "", word)
        initial = len(plain) == 1 or plain[1:2] == "-"
        capital = plain[0].isupper() or (_JOINED.match(plain) is not None and not plain.islower())
        if not initial and (
            (plain.casefold() in NOT_NAMES and not (sure and not surname and plain.casefold() in ALSO_NAMES))
            or (surname and plain.isupper() and (not loud or plain in _AFTER_NAME))
            or ((surname or not sure) and plain.isupper() and plain.lower() in COMMON)
            or (not capital and plain not in PARTICLES)
        ):
            break
        surname = surname or (capital and not initial)
        loud = shouting or (plain.isupper() and not initial)
        if capital and surname and not initial:
            end = at + len(plain)
        at = match.end()
        if plain != word:
            break
        if text[at : at + 1] == "*" or text[at : at + 2] == " *":
            at = _BOLD.match(text, at).end()  # type: ignore[union-attr]  # matches nothing too
            continue
        if text[at : at + 1] == " ":
            at += 1
        elif not (initial and match[0].endswith(".")):
            break
    return end


def _key(value: str) -> str:
    return " ".join(value.casefold().replace(".", " ").split())


IDENTIFIERS: Final = (
    Identifier(
        "person_name",
        _("name"),
        key=_key,
        finder=_names,
        signs=(_TITLE_SIGN, _MODEST_SIGN, _SMALL_SIGN, _SALUTATION_SIGN),
        # After a salutation there is no line's end within a name.
        shapes=(_TITLED, SMALL),
    ),
)
