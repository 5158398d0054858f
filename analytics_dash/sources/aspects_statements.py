"""What an xAPI statement of Aspects says: from the few values that are fetched, to the same facts as the log's.

Statements are those of event-routing-backends and of our own block (`xblock_ai_tutor.xapi`, whose extensions begin
with `urn:x-ai-tutor:`). Verbs and activity types are theirs and are written out here, since analytics imports nothing
of that wing but the vocabulary. `aspects` reads, `aspects_fetcher` asks; the tests hold both to the real transformers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from analytics_dash.sources import checks
from analytics_dash.sources.facts import Answers, Fact
from analytics_dash.sources.records import Rejected
from analytics_dash.sources.tutor_events import FORMS, MOST_ITEMS

_ADL: Final = "http://adlnet.gov/expapi/verbs/"
_TINCAN: Final = "http://id.tincanapi.com/verb/"
VERBS: Final[Mapping[str, str]] = {
    f"{_ADL}registered": "registered",
    f"{_TINCAN}unregistered": "unregistered",
    f"{_ADL}progressed": "progressed",
    "https://w3id.org/xapi/acrossx/verbs/evaluated": "evaluated",
    f"{_ADL}attempted": "attempted",
    f"{_ADL}answered": "answered",
    f"{_ADL}completed": "completed",
    f"{_ADL}experienced": "experienced",
    f"{_ADL}initialized": "initialized",
    f"{_ADL}interacted": "interacted",
    f"{_TINCAN}earned": "earned",
    f"{_ADL}passed": "passed",
    f"{_ADL}failed": "failed",
}
"""The verbs that are asked for; every other statement stays where it is."""
COURSE_TYPE: Final = "http://adlnet.gov/expapi/activities/course"
QUESTION_TYPE: Final = "http://adlnet.gov/expapi/activities/question"
FAILED: Final = "Fail"  # what event-routing-backends writes where there is no letter grade

_COURSE: Final = re.compile(r"https?://[^/]+/courses?/(.+)")
_BLOCK: Final = re.compile(r"https?://[^/]+/xblock/(.+)")
_OURS: Final = re.compile(r"https?://[^/]+/courses?/(.+)/ai_tutor/([^/]+)(?:/(step|tutor)(?:/([^/]+))?)?")


class Item(msgspec.Struct):
    """One item of an answer to a step of ours: ids of what an author wrote."""

    item: str
    answer: str
    hit: bool
    confidence: float | None


class Detection(msgspec.Struct):
    hits: int
    false_alarms: int
    targets: int
    non_targets: int


class Statement(msgspec.Struct, kw_only=True):
    """The values that are asked for, one statement's. Nothing else of it leaves Aspects."""

    id: str
    time: str
    verb: str
    account: str = ""
    mbox: str = ""
    mbox_sha1sum: str = ""
    username: str = ""
    user_id: int | None = None
    object: str = ""
    object_type: str = ""
    parent: str = ""
    parent_type: str = ""
    grouping: list[str] = []
    part_of: str = ""
    success: bool | None = None
    completion: bool | None = None
    raw: float | None = None
    max: float | None = None
    grade: str = ""
    attempt: int | None = None
    items: list[Item] | None = None
    confidence: float | None = None
    detection: Detection | None = None
    test: str | None = None
    form: str | None = None
    anchor: bool | None = None
    turns: int | None = None


def fact(said: Statement) -> tuple[Fact, str] | None:
    """What the statement says, and its course; None where it is of no interest. Raises `Rejected`."""
    verb = VERBS.get(said.verb)
    if verb is None:
        return None
    if (ours := _OURS.fullmatch(said.object)) is not None:
        found = _ours(verb, said, unquote(ours[2]), ours[3], unquote(ours[4]) if ours[4] else None)
    else:
        make = _PLATFORM.get(verb)
        found = make(said) if make is not None else None
    return (found, _course(said)) if found is not None else None


def _course(said: Statement) -> str:
    """The course, where Aspects itself looks for it: the parent, the parent's own, else the object."""
    for place in (said.parent, *said.grouping, said.object):
        found = _OURS.fullmatch(place) or _COURSE.fullmatch(place)
        if found is not None:
            return checks.course_key(found[1])
    raise Rejected("no course: neither the statement's context nor its object is one")


def _block(said: Statement) -> str:
    found = _BLOCK.fullmatch(said.object)
    return checks.usage_key(found[1] if found is not None else said.object)


def _of_course(kind: str) -> Callable[[Statement], Fact | None]:
    def make(said: Statement) -> Fact | None:
        return Fact(kind) if said.object_type == COURSE_TYPE else None

    return make


def _progressed(said: Statement) -> Fact | None:
    if not said.completion:
        return None  # progress within a block, or its being taken back
    return Fact("block_completed", block=_block(said), earned=1.0, possible=1.0)


def _evaluated(said: Statement) -> Fact | None:
    if said.part_of:
        return None  # a part of a problem of many questions; the whole has the marks
    earned, possible = checks.marks(said.raw, said.max)
    # Of many questions, `success` is that of the first.
    right = said.success if earned is None or not possible else earned >= possible
    return Fact("problem_checked", block=_block(said), earned=earned, possible=possible, correct=right)


def _attempted(said: Statement) -> Fact | None:
    if said.object_type != QUESTION_TYPE:
        return None  # what a page says of a check; the server's word is `evaluated`
    earned, possible = checks.marks(said.raw, said.max)
    full = None if earned is None or not possible else earned >= possible
    return Fact("problem_submitted", block=_block(said), earned=earned, possible=possible, correct=full)


def _earned(said: Statement) -> Fact | None:
    if said.object_type != COURSE_TYPE:
        return None
    if said.raw is None:
        raise Rejected("no grade: the statement's score has no raw")
    earned = checks.share("grade", said.raw)
    return Fact("course_graded", earned=earned, possible=1.0, correct=said.grade not in {"", FAILED})


_PLATFORM: Final[Mapping[str, Callable[[Statement], Fact | None]]] = {
    "registered": _of_course("enrolled"),
    "unregistered": _of_course("unenrolled"),
    "progressed": _progressed,
    "evaluated": _evaluated,
    "attempted": _attempted,
    "earned": _earned,
    "passed": _of_course("course_passed"),
    "failed": _of_course("course_failed"),
}


def _ours(verb: str, said: Statement, lesson_id: str, part: str | None, step_id: str | None) -> Fact | None:
    """What a statement about a lesson of ours says."""
    lesson = checks.short_id("lesson_id", lesson_id)
    block = next((checks.usage_key(found[1]) for place in said.grouping if (found := _BLOCK.fullmatch(place))), None)
    earned, possible = checks.marks(said.raw or 0.0, said.max or 0.0)
    if part is None and verb == "initialized":
        return Fact("lesson_started", block=block, lesson=lesson)
    if part is None and verb == "completed":
        return Fact("lesson_completed", block=block, earned=earned, possible=possible, lesson=lesson)
    if part == "tutor" and verb == "interacted":
        return Fact("tutor_opened" if said.turns is None else "tutor_turn", block=block, lesson=lesson)
    if part == "step" and step_id and verb in {"answered", "completed", "experienced"}:
        sure = said.confidence
        return Fact(
            "step_submitted",
            block=block,
            step=checks.short_id("step_id", step_id),
            earned=earned,
            possible=possible,
            correct=said.success,
            confidence=None if sure is None else checks.share("confidence", sure, 100),
            lesson=lesson,
            answers=_answers(said),
        )
    return None


def _answers(said: Statement) -> Answers | None:
    """An answer item by item, held to the same rules as the log's."""
    if said.items is None or said.attempt is None:
        return None
    if len(said.items) > MOST_ITEMS:
        raise Rejected(f"items: more than {MOST_ITEMS}")
    items = tuple(_item(each) for each in said.items)
    if len({item for item, *_rest in items}) != len(items):
        raise Rejected("items: an item comes twice")
    if said.form not in {None, *FORMS}:
        raise Rejected(f"form: must be one of {', '.join(FORMS)}")
    return Answers(
        attempt=checks.count("attempt", said.attempt),
        items=items,
        detection=_detection(said.detection) if said.detection is not None else None,
        test=checks.short_id("test", said.test) if said.test is not None else None,
        form=said.form,
        anchor=said.anchor,
    )


def _item(each: Item) -> tuple[str, str, bool, float | None]:
    sure = None if each.confidence is None else checks.share("confidence", each.confidence, 100)
    return checks.short_id("item", each.item), checks.answer_id(each.answer), each.hit, sure


def _detection(counts: Detection) -> tuple[int, int, int, int]:
    found: list[Any] = [checks.count(name, getattr(counts, name)) for name in Detection.__struct_fields__]
    hits, false_alarms, targets, non_targets = found
    if hits > targets or false_alarms > non_targets:
        raise Rejected("detection: more was flagged than there is")
    return hits, false_alarms, targets, non_targets
