"""Words beside a title that are no name, and names that are nobody's. Nothing is sought here. Called by `names`."""

from __future__ import annotations

import re
from typing import Final

# What is called after a person: no name stands there. After "'s" there are more such things.
_PLACE: Final = (
    "Street|Road|Avenue|Crescent|Terrace|Museum|Hospital|School|College|Gallery|Library|Theatre|Foundation|Trust|Centre|"
    "Building"
)
_HONOURED: Final = frozenset({"Sir", "Dame", "Lord", "Lady"})
_LEARNED: Final = frozenset({"Dr", "Prof", "Professor", "Captain", "Father"})
_CALLED_AFTER: Final = re.compile(rf"(?:(?:'s)? |(?<= ))(?:{_PLACE})(?![A-Za-z])")
_WHOSE: Final = re.compile(
    rf"(?:'s? )(?:{_PLACE}|House|Hall|Park|Square|Prize|"
    rf"Award|Lecture|Institute|Society|Law|Rule|Act|Charity)(?![A-Za-z])",
    re.IGNORECASE,
)
# A body whose name begins with a title: "the Judge Business School", "the Councillor Conduct Committee".
BODY: Final = re.compile(
    r" (?:School|College|Committee|Panel|Board|Team|Forum|Programme|Course|Group|Hub|Award)(?![a-z])", re.IGNORECASE
)
# Brands, books and figures of speech.
THINGS: Final = re.compile(
    r"(?:dr\.? (?:barnardo|foster(?= intelligence)|martens|pepper|who|strangelove|jekyll)|"
    r"mr\.? (?:men|bean|kipling|muscle|bates(?= vs?\b))|"
    r"mrs\.? (?:beeton|dalloway|doubtfire|brown's boys)|lady (?:day|luck|godiva)|lord nelson|"
    r"earl grey|sir humphrey|father (?:time|christmas)|major oak|"
    r"colonel mustard|sgt\.? pepper|professor green)(?![a-z])",
    re.IGNORECASE,
)
# Small words within a name.
PARTICLES: Final = frozenset(
    {"de", "da", "del", "della", "der", "den", "di", "dos", "du", "el", "al", "la", "le", "van", "von", "bin", "binti"}
    | {"bint", "ibn", "ap", "ferch", "ter", "y", "ní", "nic", "ui"}
)
# A law report or a neutral citation: "[2019] EWHC 1234", "[1974] Ch 401".
CITATION: Final = re.compile(r"\[(?:19|20)[0-9]{2}\] ?[0-9A-Z]")
_CITED_AFTER: Final = re.compile(rf"(?:(?!\. )[^\n]){{0,160}}?{CITATION.pattern}")
_JUDGE: Final = re.compile(r"(?i:(?:mr|mrs|ms)\.? (?:lord |lady )?justice|(?:lord|lady)(?: justice)?) ")

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
    yes you your yours grade grades treasurer whips peers ltd limited copyright company inc plc
"""
NOT_NAMES: Final = frozenset(_NOT_NAMES_TEXT.split())
# After these titles they are names all the same.
SURE_TITLES: Final = frozenset({"Mr", "Mrs", "Ms", "Dr", "Mx"})
ALSO_NAMES: Final = frozenset(
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

# Words that follow a name, or a word that only looks like a title ("we miss deadlines", "prof services"): no names.
_COMMON_TEXT: Final = """
    a about above accepted according across added admitted adviser advises after afternoon again against ago agree
    agreed agrees all almost alone along already also although always am an and another answered any anyone anything
    appeal appealed appears applied applies apply appointed appointments are argued around arrived as ask asked
    asking asks at ate attended attends away back based be became because been before began behind being believes
    below beside besides best between both breaks brought bus but buy by call called calling calls came can cannot
    care cases chair chance chances claimed claims class come comes confirmed confirms contacted cost costs could
    court custom day days deadlines deals decided degree denies did didn't does doesn't done down drove due during
    duty each ease either else emailed emails emeritus enough even evening ever every everyone explained explains
    failed fails fairly falls feels fees fell felt field filed finds first fit fixed for found free friday from full
    further gave get gets getting give given gives go goes going gone good got great group had hadn't half hand has
    hasn't have he heard held help helped hence her here hers him his holds hours how however i if in information
    inside instead into is isn't it item items its itself job just keep keeps kept keyboard knew knows laptop
    laptops last later least leaves left less let lets letter like liked likes line lines link links lived lives
    living look looked looks loses lost lot love made mains make makes making manager mark may me means meant meet
    meetings meets members met might mine monday more moreover morning most moved much must my myself named near
    needed needs neither never new next night no nobody none nor not notes nothing now of off offered office often
    on once one only onto opportunities opportunity or order ordered other others our ours out over own owns paid
    part passed pay payment payments pays people per perhaps phoned phones plan plus practice prefers prior promised
    provided put question questions ran rang rather read really received refers refused refuses rejected replied
    replies reports requested requests resigned retired returned right rings ruled rules runs said same sat saturday
    saw say saying says school seemed seems sees sends sent services set several shall she should showed shows sick
    sight signed signs since sits skills so sold some someone something soon speaks spend spent spoke staff stands
    started starts stated states stays step steps still stopped study such sued sunday support take taken takes
    targets team tells test text than thank thanks that the their them then there therefore these they thing things
    thinks this those though thought through throughout thursday thus till time title titles to today together told
    tomorrow too took toward towards train training trains tried tries tuesday turned turns two under understanding
    unless until up upon us use used users uses very via visited visits wait waited waiting walked want wanted wants
    was wasn't we wednesday week weeks welcome well went were what whatever when where whereas whether which while
    who whom whose why will wishes with within without won't word words work worked working works world would
    wouldn't write writes wrote year years yes yesterday yet you your yours yourself
"""
COMMON: Final = frozenset(_COMMON_TEXT.split())
# Of these, the verbs before which a word in -s is no verb.
FINITE: Final = re.compile(
    "[a-z]{2,10}ed|is|was|has|had|did|does|said|says|told|rang|came|went|wrote|left|gave|got|saw|sent|ran"
)


def is_of_a_thing(text: str, start: int, end: int) -> bool:
    """Tell whether the titled name at `start:end` is that of a brand, a book, a body, a street or a law."""
    title = text[start:end].split(maxsplit=1)[0].rstrip(".").capitalize()
    if THINGS.match(text, start):
        return True
    if title in _HONOURED:
        last = text.rfind(" ", start, end) + 1
        if _CALLED_AFTER.match(text, last or end) or _CALLED_AFTER.match(text, end):
            return True
    if (title in _HONOURED or title in _LEARNED) and _WHOSE.match(text, end):
        return True
    return title not in SURE_TITLES and title != "Miss" and BODY.match(text, end) is not None


def is_cited_judge(text: str, start: int, end: int) -> bool:
    """Tell whether the name is that of a judge whose published judgment the sentence cites."""
    if not _JUDGE.match(text, start):
        return False
    first = max(text.rfind("\n", 0, start), text.rfind(". ", 0, start), start - 120) + 1
    return CITATION.search(text, first, start) is not None or _CITED_AFTER.match(text, end) is not None
