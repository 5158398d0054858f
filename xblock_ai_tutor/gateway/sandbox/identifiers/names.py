"""Names that a title or a salutation announces: "Mrs A. Okafor", "HHJ Smith", "Dear Ms Patel".

Called through `REGISTRY`. No pattern finds names reliably; a name without a title goes through, and the learner is
told so. Nothing more is claimed for this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers.base import LABELLED, Found, Identifier
from xblock_ai_tutor.gateway.sandbox.msgid import _

_TITLES: Final = (
    r"(?:Mr |Mrs |Ms )?(?:Lord |Lady )?Justice|"
    r"M(?:rs?|s|iss|x|essrs|aster|ajor|adam)|MRS?|MS|MISS|MX|DR|PROF|D(?:r|ame|J|DJ|C|S|I|CI|et\.? Sgt)|DDJ|"
    r"D(?:eputy District|istrict) Judge|P(?:rof(?:essor)?|C|CSO)|WPC|S(?:ir|gt|ergeant|upt|heriff)|Lt|Baron(?:ess)?|"
    r"L(?:ord|ady)|Rev(?:d|erend)?|Fr|Father|Sister|Brother|Imam|Rabbi|HH ?J(?:udge)?|"
    r"H(?:is|er) Honour(?: Judge)?|(?:Tribunal )?Judge|Recorder|Cllr|Councillor|"
    r"C(?:apt(?:ain)?|ol(?:onel)?|pl)|Insp(?:ector)?"
)
_INITIAL: Final = r"[A-Z](?:\.|(?![\w']))"
_PARTICLE: Final = r"(?:de|da|del|della|der|den|di|dos|du|el|al|la|le|van|von|bin|binti|bint|ibn|ap|ter|y)[ \-]"
_LETTER: Final = r"(?![\d_])[\w\u0300-\u036f]"
_PART: Final = rf"{_LETTER}[\w'\u0300-\u036f]{{0,24}}[\w\u0300-\u036f]"
_WORD: Final = rf"(?:(?:O|D|d|Mc|Mac|Ó|Ní|al|el|Al|El)[' \-]?)?{_PART}(?:-{_PART})?"
_TITLED: Final = re.compile(
    rf"(?<![\w&])(?P<title>{_TITLES})\b\.?(?P<also>(?: and | & | or |/)(?:Mrs|Mr|Ms|Miss|Dr|MRS|MS)\.?)?"
    rf"[ \t]{{1,3}}(?:\r?\n[ \t]{{0,3}})?(?P<name>(?:{_INITIAL} ?){{0,4}}(?:{_PARTICLE}){{0,3}}{_WORD}"
    rf"(?: (?:{_INITIAL} ?){{0,2}}(?:{_PARTICLE}){{0,3}}{_WORD}){{0,4}})"
)
_SMALL: Final = re.compile(r"(?<![\w&])m(?:rs?|s)\.? (?P<name>[a-z]{2,24}(?:-[a-z]{2,24})?)\b")
_SALUTATION: Final = re.compile(
    rf"(?:(?<=\n)|(?<=\A)|(?<=[\s>\"(]))(?:Dear|Hi|Hello|Hey)[ \t]{{1,3}}(?P<name>{_WORD}(?: {_WORD}){{0,2}})"
    r"(?=[ \t]{0,3}[,:!\-]|[ \t]{0,3}(?:\r?\n|\Z))"
)

# Words with a capital that follow a title without being a name: offices, products, beginnings of sentences.
_NOT_NAMES_TEXT: Final = """
    a about access act address advocate advocates after again all also an and any appeal applicant applicants
    april are as asked at august azure been best bill both but by can case chair chairman chancellor chat chief circuit
    claimant claude clerk colleague colleagues commissioner commons copilot could council counsel court customer
    date december defendant deputy desk did director dob does editor else email england everybody everyone excel
    faithfully february folks for friday friend friends from general governor gpt greats guys had has have he
    head hello helpdesk her hiring his home how however human i if in insurance is it january judge judiciary
    july june justice justice's justices justiciary kind league lieutenant lords madam magistrate manager march
    master may mayor member members mentor might minister ministry mobile monday must national nhs nino no not
    november october of office officer officers on or others our out outlook panel parent party phone please
    police powerpoint president prime privy project provost reader recorder ref reference reform regards
    resources review reviewer said sales saturday says scotland secretary senior september service shall she
    sheriff should sincerely sir sirs so speaker staff statistician student sunday support system team teams tel
    tenants than thank thanks that the their then there these they this thursday to told tuesday tutor under utr
    wales was we wednesday were what when where which who whoever why will windows with word world would wrote
    yes you your yours
"""
_NOT_NAMES: Final = frozenset(_NOT_NAMES_TEXT.split())


def _names(text: str) -> Iterator[Found]:
    at = 0
    while match := _TITLED.search(text, at):
        # The pattern cannot tell capitals of all alphabets, so it reads too far; go on where the name ends.
        at = match.start("name")
        end = _name_end(match["name"], shouting=match["title"].isupper() and len(match["title"]) > 1)
        if end:
            at += end
            yield Found(match.start(), at, LABELLED)
    for match in _SMALL.finditer(text):
        if match["name"] not in _NOT_NAMES:
            yield Found(match.start(), match.end(), LABELLED)
    for match in _SALUTATION.finditer(text):
        end = _name_end(match["name"], shouting=False)
        if end == len(match["name"]):
            yield Found(match.start("name"), match.end("name"), LABELLED)


def _name_end(name: str, *, shouting: bool) -> int:
    """Return where the name ends in `name`: before the first word that is not part of one; 0 when there is none."""
    end, surname = 0, False
    for word in re.finditer(r"[^ ]+", name):
        plain = re.sub(r"['’]s$|[.,]$", "", word[0])
        initial = len(plain) == 1
        if plain.casefold() in _NOT_NAMES and not initial:
            break
        if not initial and plain.isupper() and not shouting and "." not in plain and surname:
            break
        if not initial and not plain[0].isupper():
            if not re.fullmatch(_PARTICLE.replace("[ \\-]", ""), plain):
                break
            continue
        surname = surname or not initial
        if surname:
            end = word.start() + len(plain)
    return end


def _key(value: str) -> str:
    return " ".join(value.casefold().replace(".", " ").split())


IDENTIFIERS: Final = (Identifier("person_name", _("name"), key=_key, needs_digit=False, finder=_names),)
