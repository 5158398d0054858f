"""Our own block's events, checked against the vocabulary that the block writes by (`xblock_ai_tutor.events`).

The tracking-log reader calls `fact`. Of an item's answer only the id of what the author wrote is taken, and it is
held to the look of one: words do not pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Union

import msgspec

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
_ANYTHING: Final = msgspec.json.Decoder()


def _struct(name: str, fields: tuple[vocabulary.Field, ...]) -> type[msgspec.Struct]:
    """The fields as a type to decode into: the vocabulary's own check, at the decoder's speed."""
    required = [(field.name, _type(field)) for field in fields if not field.optional]
    optional = [(field.name, _type(field) | None, None) for field in fields if field.optional]
    return msgspec.defstruct(name, [*required, *optional], forbid_unknown_fields=True, kw_only=True, gc=False)


def _type(field: vocabulary.Field) -> Any:
    if not field.inside:
        return Union[field.types]  # noqa: UP007 (made of a tuple)
    inside = _struct(field.name, field.inside)
    kinds = (list[inside] if kind is list else inside if kind is dict else kind for kind in field.types)  # type: ignore[valid-type]
    return Union[tuple(kinds)]  # noqa: UP007


_STRUCTS: Final = {name: _struct("Event", vocabulary.TRACKING[name].fields) for name in KINDS}
DECODERS: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    name: msgspec.json.Decoder(struct) for name, struct in _STRUCTS.items()
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


def decoded(name: str, payload: bytes | str) -> Any:
    """The event of this name with this JSON text, held to the vocabulary."""
    try:
        return DECODERS[name].decode(payload)
    except msgspec.MsgspecError:
        # The vocabulary says why, or that it is sound all the same.
        values = in_vocabulary(vocabulary.TRACKING[name], _ANYTHING.decode(payload))
        return msgspec.convert(values, _STRUCTS[name])


def fact(name: str, event: Any) -> tuple[Fact, str | None]:
    """What the `decoded` event says, and the gateway's pseudonym of the learner where it carries one."""
    lesson = checks.short_id("lesson_id", event.lesson_id)
    kind = KINDS[name]
    if kind == "tutor_opened":
        return Fact(kind, lesson=lesson), checks.learner(event.learner)
    if kind == "lesson_started":
        return Fact(kind, lesson=lesson), None
    if kind == "lesson_completed":
        earned, possible = checks.marks(event.earned, event.possible)
        return Fact(kind, None, None, earned, possible, None, None, lesson), None
    step = checks.short_id("step_id", event.step_id) if event.step_id else None
    if kind == "tutor_turn":
        if event.status not in TURN_STATUSES:
            raise Rejected(f"status: must be one of {', '.join(TURN_STATUSES)}")
        checks.count("redactions", event.redactions)
        return Fact(kind, step=step, lesson=lesson), None
    earned, possible = checks.marks(event.earned, event.possible)
    confidence = event.confidence
    if confidence is not None:
        confidence = checks.share("confidence", confidence, 100)
    return Fact(kind, None, step, earned, possible, event.correct, confidence, lesson, _answers(event)), None


def _answers(event: Any) -> Answers:
    """The attempt item by item. Raises `Rejected` where an item comes twice or an answer is no id."""
    if len(event.items) > MOST_ITEMS:
        raise Rejected(f"items: more than {MOST_ITEMS}")
    items = tuple([_item(each.item, each.answer, each.hit, each.confidence) for each in event.items])
    if len({item[0] for item in items}) != len(items):
        raise Rejected("items: an item comes twice")
    form, test, detection = event.form, event.test, event.detection
    if form is not None and form not in FORMS:
        raise Rejected(f"form: must be one of {', '.join(FORMS)}")
    return Answers(
        checks.count("attempt", event.attempt),
        items,
        _detection(detection) if detection is not None else None,
        checks.short_id("test", test) if test is not None else None,
        form,
        event.anchor,
    )


def _item(item: str, answer: str, hit: bool, sure: float | None) -> tuple[str, str, bool, float | None]:
    return (
        checks.short_id("item", item),
        checks.answer_id(answer),
        hit,
        None if sure is None else checks.share("confidence", sure, 100),
    )


def _detection(counts: Any) -> tuple[int, int, int, int]:
    hits, false_alarms, targets, non_targets = (
        checks.count(name, getattr(counts, name)) for name in ("hits", "false_alarms", "targets", "non_targets")
    )
    if hits > targets or false_alarms > non_targets:
        raise Rejected("detection: more was flagged than there is")
    return hits, false_alarms, targets, non_targets
