"""Our own block's events, checked against the vocabulary that the block writes by (`xblock_ai_tutor.events`).

The tracking-log reader calls `fact`. Items and their answers are checked with the rest and then left behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from analytics_dash.sources import checks
from analytics_dash.sources.platform_events import Fact
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
    for event in (*vocabulary.TRACKING.values(), vocabulary.LEDGER)
}
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
            ),
            None,
        )
    return Fact(kind, step=step, lesson=lesson), None
