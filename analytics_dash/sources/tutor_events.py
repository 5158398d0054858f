"""Our own block's events, checked against the vocabulary that the block writes by (`xblock_ai_tutor.events`).

The tracking-log reader calls `fact`. Of an item's answer only the id of what the author wrote is taken, and it is
held to the look of one: words do not pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from analytics_dash.sources import checks
from analytics_dash.sources.platform_events import Answers, Fact
from analytics_dash.sources.records import Rejected
from xblock_ai_tutor import events as vocabulary

KINDS: Final[Mapping[str, str]] = {
    vocabulary.LESSON_STARTED.name: "lesson_started",
    vocabulary.STEP_SUBMITTED.name: "step_submitted",
    vocabulary.LESSON_COMPLETED.name: "lesson_completed",
    vocabulary.TUTOR_OPENED.name: "tutor_opened",
    vocabulary.TUTOR_TURN.name: "tutor_turn",
}
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    event.name: frozenset(field.name for field in event.fields)
    for event in (*vocabulary.TRACKING.values(), vocabulary.LEDGER, vocabulary.FEEDBACK)
}
FORMS: Final = ("pre", "post", "delayed")
MOST_ITEMS: Final = 200
"""More than any step has: what a line can bring into memory is bounded."""
TURN_STATUSES: Final = ("answered", "blocked", "refused", "incomplete")


def in_vocabulary(event: vocabulary.EventType, values: object) -> dict[str, Any]:
    """`values` as the event's payload. Raises `Rejected`; the reason never repeats a field name that we do not know."""
    if not isinstance(values, dict):
        raise Rejected(f"{event.name}: the payload must be an object")
    if not values.keys() <= _FIELDS[event.name]:
        raise Rejected(f"{event.name}: a field that the vocabulary does not have")
    try:
        return vocabulary.payload(event, values)
    except vocabulary.VocabularyError as error:
        raise Rejected(str(error)) from error


def fact(name: str, values: object) -> tuple[Fact, str | None]:
    """What the event says, and the gateway's pseudonym of the learner where it carries one."""
    event = in_vocabulary(vocabulary.TRACKING[name], values)
    lesson = checks.short_id("lesson_id", event["lesson_id"])
    step = checks.short_id("step_id", event["step_id"]) if event.get("step_id") else None
    kind = KINDS[name]
    if kind == "tutor_opened":
        return Fact(kind, lesson=lesson), checks.learner(event["learner"])
    if kind == "tutor_turn":
        if event["status"] not in TURN_STATUSES:
            raise Rejected(f"status: must be one of {', '.join(TURN_STATUSES)}")
        checks.count("redactions", event["redactions"])
    if kind in {"step_submitted", "lesson_completed"}:
        earned, possible = checks.marks(event["earned"], event["possible"])
        confidence = event.get("confidence")
        if confidence is not None:
            confidence = checks.share("confidence", confidence, 100)
        return (
            Fact(
                kind,
                step=step,
                earned=earned,
                possible=possible,
                correct=event.get("correct"),
                confidence=confidence,
                lesson=lesson,
                answers=_answers(event) if kind == "step_submitted" else None,
            ),
            None,
        )
    return Fact(kind, step=step, lesson=lesson), None


def _answers(event: Mapping[str, Any]) -> Answers:
    """The attempt item by item. Raises `Rejected` where an item comes twice or an answer is no id."""
    if len(event["items"]) > MOST_ITEMS:
        raise Rejected(f"items: more than {MOST_ITEMS}")
    items = tuple(_item(each) for each in event["items"])
    if len({item for item, *_rest in items}) != len(items):
        raise Rejected("items: an item comes twice")
    if event.get("form") not in {None, *FORMS}:
        raise Rejected(f"form: must be one of {', '.join(FORMS)}")
    return Answers(
        attempt=checks.count("attempt", event["attempt"]),
        items=items,
        detection=_detection(event["detection"]) if event.get("detection") is not None else None,
        test=checks.short_id("test", event["test"]) if event.get("test") is not None else None,
        form=event.get("form"),
        anchor=event.get("anchor"),
    )


def _item(each: Mapping[str, Any]) -> tuple[str, str, bool, float | None]:
    sure = each["confidence"]
    return (
        checks.short_id("item", each["item"]),
        checks.answer_id(each["answer"]),
        each["hit"],
        None if sure is None else checks.share("confidence", sure, 100),
    )


def _detection(counts: Mapping[str, int]) -> tuple[int, int, int, int]:
    hits, false_alarms, targets, non_targets = (
        checks.count(name, counts[name]) for name in ("hits", "false_alarms", "targets", "non_targets")
    )
    if hits > targets or false_alarms > non_targets:
        raise Rejected("detection: more was flagged than there is")
    return hits, false_alarms, targets, non_targets
