"""Names that a title or a salutation announces: "Mrs A. Okafor", "HHJ Smith", "Dear Ms Patel".

Called through `REGISTRY`. No pattern finds names reliably; a name without a title goes through, and the learner is
told so. Nothing more is claimed for this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers.base import IN_CONTEXT, Found, Identifier
from xblock_ai_tutor.gateway.sandbox.identifiers.searched import Searched, Sign
from xblock_ai_tutor.gateway.sandbox.msgid import _

# Each begins with a letter of its own: that is what makes the search fast.
_TITLE: Final = re.compile(
    r"(?:M(?:(?:rs?|s)[ \n](?:Lord |Lady )?Justice|rs?|s|iss|x|essrs|aster|ajor|adam|atron|me|lle|onsieur|"
    r"RS? JUSTICE|RS?|S|ISS|X)|"
    r"D(?:r|ame|J|DJ|C|S|I|CI|et\.? Sgt|eputy District Judge|istrict Judge|R|AME)|"
    r"P(?:rof(?:essor)?|arch(?:edig)?|C|CSO|ROF(?:ESSOR)?)|WPC|A(?:mbassador|thro)|T(?:ribunal Judge)|"
    r"S(?:ir|gt|ergeant|up(?:t|erintendent)|heriff|ister|IR|GT)|"
    r"L(?:t|ieutenant|(?:ord|ady)(?: Justice)?|ORD|ADY)|B(?:aron(?:ess)?|rother|arnwr|ARONESS)|"
    r"R(?:ev(?:d|erend)?|(?:t|ight)\.? Hon(?:ourable)?|ecorder|abbi|EVD?|ABBI)|F(?:r|ather)|"
    r"I(?:mam|nsp(?:ector)?|MAM)|H(?:H ?J(?:udge)?|(?:is|er) Honour(?: Judge)?)|J(?:udge|ustice|UDGE)|"
    r"N(?:urse|URSE|yrs)|"
    r"C(?:hief Constable|onstable|llr|ouncillor|yng(?:horydd)?|apt(?:ain)?|ol(?:onel)?|pl|orporal|ommander|oroner|"
    r"LLR|PL|APT(?:AIN)?|OUNCILLOR))(?![A-Za-z0-9])"
    r"(?:(?:(?<![a-z]{4})|(?<=prof))\.)?(?:(?: and | & | or |/)(?:Mrs?|Ms|Miss|Dr|MRS?|MS)\b\.?)?"
    r"(?:[ \t]{1,3}|_|[ \t]{0,3}\r?\n[ \t]{0,3})(?:[0-9]{2,5} |\*{1,3})?"
)
_SMALL: Final = re.compile(r"[MmDd](?:(?<=[Mm])(?:rs?|s)|(?<=[Dd])r)\.? ([a-z]{2,24}(?:-[a-z]{2,24})?)\b")
# Written in small letters, before a name with a capital.
_MODEST: Final = (
    r"(?:mrs?|ms|mx|dr|prof(?:essor)?|nurse|cllr|councillor|rev(?:d|erend)?|sgt|cpl|imam|rabbi|baroness)\.?"
    r"[ \t]{1,3}\*{0,3}"
)
_MODEST_TITLE: Final = re.compile(rf"{_MODEST}(?=[^\W\d_a-z])")
_SALUTATION: Final = re.compile(r"(?:Dear|Hi|Hello|Hey)[ \t]{1,3}")
# The same where a word begins.
_TITLE_SIGN, _SMALL_SIGN, _SALUTATION_SIGN = (
    Sign(re.compile(rf"(?:\A|[\W_]){pattern.pattern}")) for pattern in (_TITLE, _SMALL, _SALUTATION)
)
_MODEST_SIGN: Final = Sign(re.compile(rf"(?:\A|[\W_]){_MODEST}[A-Zq]"))  # a `q` stands for a letter outside ASCII
_LETTER: Final = r"[^\W\d_]"
_PART: Final = rf"{_LETTER}(?:[^\W_]|'){{0,24}}[^\W_]"
_TOKEN: Final = re.compile(rf"[A-Z](?:\.|(?![\w']))|(?:(?:O|D|Mc|Mac|Ó|Ní|Al|El)[' \-])?{_PART}(?:-{_PART}){{0,2}}")
_TOKENS_MAX: Final = 8
_TITLED: Final = re.compile(
    rf"(?:{_TITLE.pattern}|{_MODEST})(?:(?:{_TOKEN.pattern})\*{{0,3}} ?\*{{0,3}}){{1,{_TOKENS_MAX}}}"
)
_BOLD: Final = re.compile(r"\*{0,3} ?\*{0,3}")
_PARTICLES: Final = frozenset(
    {"de", "da", "del", "della", "der", "den", "di", "dos", "du", "el", "al", "la", "le", "van", "von", "bin", "binti"}
    | {"bint", "ibn", "ap", "ter", "y"}
)
_SHOUTED: Final = frozenset(
    {"MR", "MRS", "MS", "MISS", "MX", "DR", "PROF", "PROFESSOR", "NURSE", "CLLR", "SIR", "DAME", "REV", "REVD", "HHJ"}
    | {"MR JUSTICE", "MRS JUSTICE", "LORD", "LADY", "IMAM", "RABBI", "CPL", "SGT", "CAPT", "CAPTAIN", "JUDGE"}
    | {"BARONESS", "COUNCILLOR"}
)
# Honours and offices after a name.
_AFTER_NAME: Final = frozenset(
    {"KC", "QC", "SC", "MP", "MS", "MSP", "CBE", "OBE", "MBE", "CB", "KCB", "GCB", "PHD", "JP"}
)
# A family name with a small particle joined to it: al-Hashimi, d'Souza.
_JOINED: Final = re.compile(r"[a-z]{1,4}['-][^\W\d_]")
# What is called after a person: no name stands there.
_HONOURED: Final = frozenset({"Sir", "Dame", "Lord", "Lady"})
_CALLED_AFTER: Final = re.compile(
    r"(?:(?:'s)? |(?<= ))(?:Street|Road|Avenue|Crescent|Terrace|Museum|Hospital|School|College|Gallery|Library|Theatre|"
    r"Foundation|Trust|Centre|Building)(?![A-Za-z])"
)

# Words with a capital that follow a title without being a name: offices, products, beginnings of sentences.
_NOT_NAMES_TEXT: Final = """
    gentleman lady plan planning class copy practitioner practitioners prescriber prescribers specialist specialists
    educator educators education consultant consultants associate associates inquest inquests
    authority chapel cylchdaith dynamics edge forms incident incidents paint planner projects rhanbarth sharepoint sql
    visio works
    a about access act address advocate advocates after again all also an and any appeal applicant applicants
    april are as asked at august azure been best bill both but by can case chair chairman chancellor chat chief
    christmas circuit claimant claude clerk colleague colleagues commissioner committee commons copilot could
    council counsel court customer date december defendant deputy desk did director dob does editor else email
    england everybody everyone excel faithfully february folks for friday friend friends from general gov
    governor gpt greats guys had has have he head hello helpdesk her hiring his home how however human i if in
    insurance is it january judge judiciary july june justice justice's justices justiciary kind league learner
    learners lieutenant lords madam magistrate manager march master may mayor member members mentor might
    minister ministry mobile monday must national nhs nino no not november october of office officer officers on
    or others our out outlook panel parent party phone please police powerpoint president prime privy project
    provost reader recorder ref reference reform regards resources review reviewer said sales saturday says
    school schools scotland secretary senior september service shall she sheriff should sincerely sir sirs so
    speaker staff statistician student sunday support system systems team teams tel tenants than thank thanks
    that the their then there these they this thursday to told trainee tuesday tutor under utr volume volumes
    wales was we wednesday were what when where which who whoever why will windows with word world would wrote
    yes you your yours
"""
_NOT_NAMES: Final = frozenset(_NOT_NAMES_TEXT.split())
# After these titles they are names all the same.
_SURE_TITLES: Final = frozenset({"Mr", "Mrs", "Ms", "Dr", "Mx"})
_ALSO_NAMES: Final = frozenset(
    {
        "april",
        "may",
        "june",
        "march",
        "will",
        "best",
        "head",
        "reader",
        "provost",
        "christmas",
        "friday",
        "edge",
        "chapel",
    }
)


def _names(searched: Searched) -> Iterator[Found]:
    text = searched.text
    if searched.has((_TITLE_SIGN,)):
        yield from _titled(text, _TITLE)
    if searched.has((_MODEST_SIGN,)):
        yield from _titled(text, _MODEST_TITLE)
    for match in _SMALL.finditer(text) if searched.has((_SMALL_SIGN,)) else ():
        if match[1] not in _NOT_NAMES and _begins_word(text, match.start()):
            yield Found(match.start(), match.end(), IN_CONTEXT)
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
            end = _name_end(text, at, shouting=title in _SHOUTED, sure=title in _SURE_TITLES)
            if title in _HONOURED and end:
                last = text.rfind(" ", at, end) + 1
                if _CALLED_AFTER.match(text, last or end) or _CALLED_AFTER.match(text, end):
                    continue
            if end:
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
        initial = len(plain) == 1
        capital = plain[0].isupper() or (_JOINED.match(plain) is not None and not plain.islower())
        if not initial and (
            (plain.casefold() in _NOT_NAMES and not (sure and not surname and plain.casefold() in _ALSO_NAMES))
            or (surname and plain.isupper() and (not loud or plain in _AFTER_NAME))
            or (not capital and plain not in _PARTICLES)
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
        shapes=(_TITLED, _SMALL),
    ),
)
