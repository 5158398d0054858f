"""Our own block's events, checked against the vocabulary that the block writes by (`xblock_ai_tutor.events`).

The tracking-log reader calls `fact`. Of an item's answer only the id of what the author wrote is taken, and it is
held to the look of one: words do not pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from operator import gt
from typing import Any, Final, Union

import msgspec

from analytics_dash.sources import checks
from analytics_dash.sources.facts import Facts, Parts
from analytics_dash.sources.records import Detected, ItemAnswer, Rejected
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
    fitted: list[Any] = [*required, *optional]
    return msgspec.defstruct(name, fitted, forbid_unknown_fields=True, kw_only=True, omit_defaults=True, gc=False)


def _type(field: vocabulary.Field) -> Any:
    if not field.inside:
        # Whether a number has a point is up to whoever wrote it.
        plain = tuple(kind for kind in field.types if kind is not int or float not in field.types)
        return Union[plain]  # noqa: UP007 (made of a tuple)
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
_STATUSES: Final = frozenset(TURN_STATUSES)


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


def facts(name: str, events: Sequence[Any]) -> Facts:
    """What the `decoded` events of one name say. Raises `Rejected` where one of them is not sound."""
    kind = KINDS[name]
    lessons = _ids("lesson_id", [event.lesson_id for event in events])
    if kind == "tutor_opened":
        learners = checks.each(checks.learner, [event.learner for event in events])
        return Facts(kind=kind, lesson=lessons, pseudonyms=learners)
    if kind == "lesson_started":
        return Facts(kind=kind, lesson=lessons)
    if kind == "tutor_turn":
        if not {event.status for event in events} <= _STATUSES:
            raise Rejected(f"status: must be one of {', '.join(TURN_STATUSES)}")
        checks.each(partial(checks.count, "redactions"), [event.redactions for event in events])
        return Facts(kind=kind, step=_steps(events), lesson=lessons)
    earned, possible = checks.all_marks([event.earned for event in events], [event.possible for event in events])
    if kind == "lesson_completed":
        return Facts(kind=kind, earned=earned, possible=possible, lesson=lessons)
    return Facts(
        kind=kind,
        step=_steps(events),
        earned=earned,
        possible=possible,
        correct=[event.correct for event in events],
        confidence=_sure([event.confidence for event in events]),
        lesson=lessons,
        parts=(_items(events), _detections(events)),
    )


def _ids(field: str, ids: Sequence[str | None]) -> Sequence[str | None]:
    return checks.each(partial(checks.short_id, field), ids)


def _steps(events: Sequence[Any]) -> Sequence[str | None]:
    return _ids("step_id", [event.step_id or None for event in events])


def _sure(confidences: Sequence[float | None]) -> Sequence[float | None]:
    return checks.each(lambda sure: checks.share("confidence", sure, 100), confidences)


def _items(events: Sequence[Any]) -> Parts:
    """The attempts item by item. Raises `Rejected` where an item comes twice or an answer is no id."""
    of, items = [], []
    for number, event in enumerate(events):
        mine = event.items
        if len(mine) > MOST_ITEMS:
            raise Rejected(f"items: more than {MOST_ITEMS}")
        if len({each.item for each in mine}) != len(mine):
            raise Rejected("items: an item comes twice")
        items += mine
        of += [number] * len(mine)
    each_item = (
        _ids("item", [each.item for each in items]),
        checks.each(checks.answer_id, [each.answer for each in items]),
        [each.hit for each in items],
        _sure([each.confidence for each in items]),
    )
    attempts, *shared = _attempts(events)
    return Parts(
        ItemAnswer, of, ([attempts[n] for n in of], *each_item, *([column[n] for n in of] for column in shared))
    )


def _attempts(events: Sequence[Any]) -> tuple[Sequence[Any], ...]:
    """Of each attempt its number, and the test, form and anchor of its step."""
    forms = [event.form for event in events]
    if not {None, *FORMS}.issuperset(forms):
        raise Rejected(f"form: must be one of {', '.join(FORMS)}")
    attempts = checks.each(partial(checks.count, "attempt"), [event.attempt for event in events])
    return attempts, _ids("test", [event.test for event in events]), forms, [event.anchor for event in events]


def _detections(events: Sequence[Any]) -> Parts:
    """The four counts of those attempts that were at spotting something."""
    of = [number for number, event in enumerate(events) if event.detection is not None]
    found = [events[number].detection for number in of]
    counts = [
        checks.each(partial(checks.count, name), [getattr(each, name) for each in found])
        for name in ("hits", "false_alarms", "targets", "non_targets")
    ]
    hits, false_alarms, targets, non_targets = counts
    if any(map(gt, hits, targets)) or any(map(gt, false_alarms, non_targets)):
        raise Rejected("detection: more was flagged than there is")
    attempts, tests, forms, _anchors = ([column[place] for place in of] for column in _attempts(events))
    return Parts(Detected, of, (attempts, *counts, tests, forms))
