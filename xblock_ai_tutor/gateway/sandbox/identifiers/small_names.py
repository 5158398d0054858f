"""Names in small letters after a title: "mrs o'neill", "dr niamh ní-dhomhnaill", "prof. williams".

Where such a name ends, no letter tells: a second word is taken for a part of it when it is no common word, has not the
end of a verb, and something ends there or a common word follows. Some titles are words as well ("we miss deadlines",
"judge it"): they count before an initial, and where a name stands alone. Called by `names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.gateway.sandbox.identifiers.base import IN_CONTEXT, Found
from xblock_ai_tutor.gateway.sandbox.identifiers.name_words import COMMON, FINITE, NOT_NAMES, PARTICLES, is_of_a_thing

_ALSO_WORDS: Final = r"miss|lady|lord|judge|pc|dc|rev|sir|major|captain|dj"
_SURE: Final = (
    r"mrs?|ms|mx|Mrs?|Ms|Mx|Miss|dr|Dr|cllr|councillor|hhj|prof(?:essor)?|rev(?:d|erend)|sgt|dame|nurse|baroness|rabbi|"
    r"imam|insp|supt|superintendent|colonel|viscount(?:ess)?|det con|det sgt|wg cdr|wpc"
)
_TITLES: Final = f"{_SURE}|{_ALSO_WORDS}"
_BEGINNING_WORDS: Final = """
mr,ms,mx,miss,dr,Mr,Ms,Mx,Miss,Dr,cllr,councillor,hhj,prof,rev,sgt,sir,dame,nurse,baroness,rabbi,imam,insp,supt,
superintendent,colonel,viscount,det con,det sgt,wg cdr,lady,lord,judge,pc,dc,wpc,major,captain,dj"""
_BEGINNINGS: Final = tuple(word.strip() for word in _BEGINNING_WORDS.split(","))
_GAP: Final = r"(?:\.?[ \t]{1,2}|(?:(?<=[Mm]r)|(?<=[Mm]rs)|(?<=[Dd]r))\.(?=[a-z]{3})|(?<=[Mm]r)[\-_]|(?<=[Mm]rs)[\-_])"
_LETTER: Final = r"[^\W\d_A-Z]"
# Not a part of a host's name, but of a file's.
_FILE: Final = r"(?:docx?|pdf|xlsx?|odt|rtf|txt|msg|eml|jpe?g|png)(?![A-Za-z0-9])"
_WORD: Final = re.compile(
    rf"(?:[odl]'|mc |al-|el-)?{_LETTER}{{2,24}}(?:['\-](?!s(?![a-z])){_LETTER}{{1,24}}){{0,2}}"
    rf"(?!{_LETTER}|\.(?!{_FILE})\w)"
)
_INITIALS: Final = re.compile("(?:[a-z][.] ?){1,3}|[a-z] ")
SMALL_TITLE: Final = re.compile(rf"(?:{_TITLES}){_GAP}(?={_LETTER})")
SMALL: Final = re.compile(
    rf"(?:{_TITLES}){_GAP}(?:{_INITIALS.pattern})?(?:(?:{'|'.join(sorted(PARTICLES))}) ){{0,2}}"
    rf"(?:{_WORD.pattern})(?: (?:{_WORD.pattern})){{0,3}}"
)
# Where a name stands alone: after the head of a line, a bracket, the sign of a cell, a greeting.
_LEAD: Final = (
    r"(?:(?i:dear|from:|to:|cc:?|name:|attn:?|sincerely,?|faithfully,?|regards,?)\s{1,3}|"
    r"(?:honour|district) |[|(\"]\s?)"
)
_ALONE: Final = re.compile(rf"{_LEAD}\Z")
# A sign of such a name; a `q` stands for a letter outside ASCII.
SMALL_SIGN: Final = re.compile(
    rf"(?:\A|[\W_])(?:(?:{_SURE}){_GAP}[a-z]|(?:{_ALSO_WORDS})(?:\.[ \t]{{1,2}}[a-z]|[ \t]{{1,2}}[a-z](?:\.| )))"
    rf"|{_LEAD}(?:{_ALSO_WORDS})[ \t]"
)
# Inside a word, and after a number ("20 ms a request"), a dash ("--cpu-prof") or a Welsh article ("y sir").
_NOT_BEFORE: Final = re.compile(r"(?:[^\W_]|&|[0-9] |[/.]|(?<!to)-|\b(?:yr?|ein|eich|pob) )\Z")
_VERB: Final = re.compile("(?:ed|ing|ly)$")
_OVER: Final = re.compile(r" {0,2}(?:[^\w '\-]|\Z)|'s?(?![a-z])")
_NEXT: Final = re.compile(r"[ \t]{1,2}([^\W_]+)")


def small_names(text: str) -> Iterator[Found]:
    """Yield the names in small letters after a title."""
    over = 0
    for at in sorted(_begins(text)):
        match = SMALL_TITLE.match(text, at) if at >= over else None
        if match is None or _NOT_BEFORE.search(text, max(0, at - 8), at):
            continue
        end = _name_end(text, at, match.end())
        if end and not is_of_a_thing(text, at, end):
            yield Found(at, end, IN_CONTEXT)
            over = end


def _begins(text: str) -> Iterator[int]:
    """Yield where the beginning of a title stands; to find each of them is faster than one pattern of all."""
    for word in _BEGINNINGS:
        at = text.find(word)
        while at >= 0:
            if not text[at - 1 : at].isalnum():
                yield at
            at = text.find(word, at + 1)


def _name_end(text: str, title: int, start: int) -> int:
    """Return where the name that begins at `start` ends, or 0 when none does."""
    at = start
    if initials := _INITIALS.match(text, at):
        at = initials.end()
    word = _WORD.match(text, at)
    word = word and _after_particles(text, word)
    if word is None or not _may_be_name(word[0]):
        return 0
    dotted = initials is not None and "." in initials[0]
    told = dotted or (initials is not None and initials[0] not in ("a ", "i "))
    is_word = re.match(rf"(?:{_ALSO_WORDS})(?![a-z.])", text[title:start]) is not None
    if is_word and not told and (_VERB.search(word[0]) or not _ALONE.search(text, max(0, title - 16), title)):
        return 0
    if dotted or _OVER.match(text, word.end()):
        return word.end()
    return _second_end(text, word.end()) or word.end()


def _second_end(text: str, at: int) -> int:
    """Return where a second word of the name ends, or 0."""
    word = _WORD.match(text, at + 1) if text[at : at + 1] == " " else None
    if word and word[0] in PARTICLES:
        return _after_particles(text, word).end()
    if word is None or not _may_be_name(word[0]) or _VERB.search(word[0]):
        return 0
    if _OVER.match(text, word.end()):
        return word.end()
    following = _NEXT.match(text, word.end())
    if following is None or not (following[1] in COMMON or _VERB.search(following[1])):
        return 0
    # "mr khan needs the form", but "mr john davies rang".
    return 0 if word[0].endswith("s") and not FINITE.fullmatch(following[1]) else word.end()


def _after_particles(text: str, word: re.Match[str]) -> re.Match[str]:
    """Return the word that the particles from `word` on belong to; `word` when it is none."""
    while word[0] in PARTICLES and (after := _WORD.match(text, word.end() + 1)):
        word = after
    return word


def _may_be_name(word: str) -> bool:
    return word not in COMMON and word not in NOT_NAMES
