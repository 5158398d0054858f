"""The vocabulary of what is emitted: names, fields, units. The one module that both wings read.

The block publishes `TRACKING` events into the platform's tracking log; the gateway exports `LEDGER` rows and
`FEEDBACK`. The readers in `analytics_dash.sources` check what they load against the same definitions. Nothing here
holds a learner's words, name or address: a field that could is not in the vocabulary, and `payload` refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


class VocabularyError(ValueError):
    """An event has a field that the vocabulary does not know, lacks one, or holds a value of the wrong type."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an event: its name, the JSON types that it may hold, and what it means, with its unit.

    `inside` are the fields of an object that it holds, or of each object in a list that it holds.
    """

    name: str
    types: tuple[type, ...]
    meaning: str
    optional: bool = False
    inside: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of event: its full name (`ai_tutor.…`), what it records, and its fields."""

    name: str
    meaning: str
    fields: tuple[Field, ...]


_LESSON = (
    Field("lesson_id", (str,), "The lesson's id in its front matter."),
    Field("lesson_version", (str,), "First 12 hex digits of the SHA-256 of the lesson's source."),
)
_STEP = (
    *_LESSON,
    Field("step_id", (str,), "The step's id in the lesson."),
    Field("kind", (str,), "The kind of activity: reading, choice, sort, spot, verify, scenario, prompt-lab, reflect."),
)
ITEM: Final = (
    Field("item", (str,), "The id of what was answered: a question, an authority, a scene, an item of a rubric."),
    Field(
        "answer",
        (str,),
        "The id of the authored answer that was given, never text that the learner wrote: an option, a verdict, a "
        "place; chosen or not-chosen; `where/found` in a checking log, not-checked where nothing was noted; met or "
        "missing in a rubric.",
    ),
    Field("hit", (bool,), "Whether that is fully right."),
    Field("confidence", (int, float, type(None)), "How sure the learner was, 0–100 %; null where it was not asked."),
    Field("share", (int, float), "How much of the item's mark was earned, 0–1.", optional=True),
    Field(
        "harm", (int, type(None)), "Sorting only: the harm of a wrong place, 1–5, 0 for the right one.", optional=True
    ),
)
"""One entry of `items`."""
DETECTION: Final = (
    Field("hits", (int,), "Wrong statements that were flagged."),
    Field("false_alarms", (int,), "Sound statements that were flagged."),
    Field("targets", (int,), "Wrong statements in all."),
    Field("non_targets", (int,), "Sound statements in all."),
)
"""What `detection` holds: the four counts from which d′ and the criterion are made."""

LESSON_STARTED: Final = EventType(
    "ai_tutor.lesson.started",
    "The learner opened the lesson for the first time.",
    (
        *_LESSON,
        Field("language", (str,), "The lesson's language, a BCP 47 tag."),
        Field("steps", (int,), "How many steps the lesson has."),
    ),
)
STEP_SUBMITTED: Final = EventType(
    "ai_tutor.step.submitted",
    "The learner finished a reading or answered an activity; one event an attempt.",
    (
        *_STEP,
        Field("attempt", (int,), "1 for the first attempt at this step."),
        Field("earned", (int, float), "Marks earned by this attempt; 0 for a reading."),
        Field("possible", (int, float), "Marks that can be earned; 0 for a reading."),
        Field("correct", (bool, type(None)), "Whether every item is right; null for a reading."),
        Field("confidence", (int, float, type(None)), "How sure the learner was, 0–100 %; the mean over items."),
        Field(
            "items",
            (list,),
            "One entry for each item.",
            inside=ITEM,
        ),
        Field(
            "detection",
            (dict, type(None)),
            "Spotting only: how many of the wrong and of the sound statements were flagged.",
            optional=True,
            inside=DETECTION,
        ),
        Field("test", (str, type(None)), "The test that the lesson is a form of; null for any other.", optional=True),
        Field("form", (str, type(None)), "Which form: pre, post or delayed; null where there is none.", optional=True),
        Field("anchor", (bool,), "Whether the step also comes in the test's other forms.", optional=True),
        Field("outcomes", (list,), "The ids of the objectives that the step serves.", optional=True),
    ),
)
LESSON_COMPLETED: Final = EventType(
    "ai_tutor.lesson.completed",
    "Every step of the lesson is done for the first time.",
    (
        *_LESSON,
        Field("earned", (int, float), "Marks earned over the lesson."),
        Field("possible", (int, float), "Marks that could be earned."),
    ),
)
TUTOR_OPENED: Final = EventType(
    "ai_tutor.tutor.opened",
    "The learner was given a ticket for the tutor. Joins the platform's learner to the gateway's pseudonym.",
    (*_LESSON, Field("learner", (str,), "The pseudonym that the gateway knows: 32 hex digits.")),
)
TUTOR_TURN: Final = EventType(
    "ai_tutor.tutor.turn",
    "A tutor turn ended, as the gateway's signed receipt says.",
    (
        *_LESSON,
        Field("step_id", (str,), "The step beside which the learner asked."),
        Field("turn", (str,), "The turn's id at the gateway."),
        Field("status", (str,), "answered, blocked, refused or incomplete."),
        Field("redactions", (int,), "How many identifiers were held back."),
    ),
)

TRACKING: Final[Mapping[str, EventType]] = {
    event.name: event for event in (LESSON_STARTED, STEP_SUBMITTED, LESSON_COMPLETED, TUTOR_OPENED, TUTOR_TURN)
}

LEDGER: Final = EventType(
    "tutor_gateway.ledger",
    "One tutor turn as the gateway's ledger exports it: counts, no words. One JSON object a line.",
    (
        Field("cursor", (int,), "Running number of the row; the next export starts after it."),
        Field("turn", (str,), "The turn's id."),
        Field("at", (str,), "When the turn ended, ISO 8601 with offset, UTC."),
        Field("learner", (str,), "The gateway's pseudonym: 32 hex digits."),
        Field("course", (str,), "The course key."),
        Field("lesson", (str,), "The lesson's content address (SHA-256)."),
        Field("lesson_id", (str,), "The lesson's id."),
        Field("step", (str,), "The step's id; empty when the learner asked beside no step."),
        Field("status", (str,), "answered, blocked, refused, incomplete or failed."),
        Field("reason", (str, type(None)), "The rule that blocked, refused or failed; null when answered."),
        Field("redactions", (dict,), "Identifiers held back, by type: {type: count}."),
        Field("guard_actions", (dict,), "What the guard did, by rule: {rule: count}."),
        Field("citations", (int,), "Passages cited in the answer."),
        Field("tokens_in", (int,), "Input tokens, as the endpoint reported; estimated when an answer broke off."),
        Field("tokens_out", (int,), "Output tokens, as the endpoint reported; estimated when an answer broke off."),
        Field("cost_microusd", (int,), "Cost in millionths of a US dollar at the configured prices."),
        Field("first_text_ms", (int, type(None)), "From request to first displayable text, milliseconds."),
        Field("total_ms", (int,), "From request to the end of the turn, milliseconds."),
        Field("model", (str,), "The model that answered; empty when none was called."),
    ),
)

FEEDBACK: Final = EventType(
    "tutor_gateway.feedback",
    "What a learner said of an answer, as the gateway exports it: no words. One JSON object a line.",
    (
        Field("cursor", (int,), "When it was said, milliseconds since 1970; the next export starts after it."),
        Field("turn", (str,), "The turn's id, as in the ledger."),
        Field("at", (str,), "When it was said, ISO 8601 with offset, UTC."),
        Field("learner", (str,), "The gateway's pseudonym: 32 hex digits."),
        Field("course", (str,), "The course key."),
        Field("lesson_id", (str,), "The lesson's id."),
        Field(
            "kind",
            (str,),
            "helpful, unhelpful or withdrawn (a thumb); wrong or worrying (a report that a person looks at).",
        ),
    ),
)


def payload(event: EventType, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` as the event's payload, in the vocabulary's order.

    Raises `VocabularyError` for an unknown field, a missing one or a value of the wrong type: an event that the
    vocabulary does not describe must never be written.
    """
    return _checked(event.name, event.fields, values)


def _checked(name: str, fields: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values in the order of the fields, and so inside them."""
    unknown = sorted(set(values) - {field.name for field in fields})
    if unknown:
        raise VocabularyError(f"{name} has no field {', '.join(unknown)}; its fields are in xblock_ai_tutor.events.")
    ordered: dict[str, Any] = {}
    for field in fields:
        if field.name not in values:
            if field.optional:
                continue
            raise VocabularyError(f"{name} lacks the field {field.name}.")
        ordered[field.name] = _value(name, field, values[field.name])
    return ordered


def _value(name: str, field: Field, value: Any) -> Any:
    # bool is an int in Python; in the vocabulary it is not.
    fits = isinstance(value, field.types) and not (isinstance(value, bool) and bool not in field.types)
    if not fits:
        wanted = " or ".join("null" if kind is type(None) else kind.__name__ for kind in field.types)
        raise VocabularyError(f"{name}: {field.name} must be {wanted}, not {type(value).__name__}.")
    where = f"{name}: {field.name}"
    if field.inside and isinstance(value, list):
        for each in value:
            if not isinstance(each, dict):
                raise VocabularyError(f"{where} must hold objects, not {type(each).__name__}.")
        return [_checked(where, field.inside, each) for each in value]
    if field.inside and isinstance(value, dict):
        return _checked(where, field.inside, value)
    return value
