"""Which statement an event becomes: verb, object, result. A pure table over `events`, read by `transformers`.

Verbs and types are those that event-routing-backends itself uses, or else ADL's own. What has no place in xAPI is an
extension under `EXTENSIONS`. A statement holds authored ids and numbers: what is not named here does not leave, above
all `learner` and `turn`, which would join the platform's people to what the gateway keeps of their conversations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from xblock_ai_tutor import events

Payload = Mapping[str, Any]

EXTENSIONS: Final = "urn:x-ai-tutor:"
"""The beginning of our own extensions' IRIs: a name, since nothing is to be fetched there."""
ATTEMPT: Final = "http://id.tincanapi.com/extension/attempt-id"
"""Where event-routing-backends puts the number of an attempt: an extension of the object."""

ANSWERED: Final = "http://adlnet.gov/expapi/verbs/answered"
COMPLETED: Final = "http://adlnet.gov/expapi/verbs/completed"
EXPERIENCED: Final = "http://adlnet.gov/expapi/verbs/experienced"
INITIALIZED: Final = "http://adlnet.gov/expapi/verbs/initialized"
INTERACTED: Final = "http://adlnet.gov/expapi/verbs/interacted"

INTERACTION: Final = "http://adlnet.gov/expapi/activities/cmi.interaction"
LESSON: Final = "http://adlnet.gov/expapi/activities/lesson"
QUESTION: Final = "http://adlnet.gov/expapi/activities/question"
RESOURCE: Final = "http://id.tincanapi.com/activitytype/resource"
TUTOR: Final = "http://id.tincanapi.com/activitytype/tutor-session"


@dataclass(frozen=True, slots=True)
class Parts:
    """What is ours in a statement; who, when and in which course is event-routing-backends' own.

    `path` names the object below its course: the lesson's id, then what in it. `interaction` is xAPI's interaction
    type, of an INTERACTION alone. `about` are extensions of the object; `result` has xAPI's own keys.
    """

    verb: str
    path: tuple[str, ...]
    type: str
    interaction: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)


UNMARKED: Final[Mapping[str, tuple[str, str]]] = {
    "reading": (EXPERIENCED, RESOURCE),
    "reflect": (COMPLETED, QUESTION),
}
"""Kinds of step that earn no marks: their verb and type."""
INTERACTIONS: Final[Mapping[str, str]] = {
    "choice": "choice",
    "sort": "matching",
    "spot": "matching",
    "verify": "matching",
    "scenario": "sequencing",
    "prompt-lab": "other",
}
"""Kinds that are marked: the interaction type (IEEE 1484.11.1, as xAPI 1.0.3 lists them) that is nearest."""


def parts(name: str, payload: Payload) -> Parts:
    """What an event becomes. Raises `KeyError` for an event or a kind of step that this table does not know."""
    return MAPPING[name](payload)


def _lesson_started(payload: Payload) -> Parts:
    about = {"language": payload["language"], "steps": payload["steps"]}
    return Parts(INITIALIZED, (payload["lesson_id"],), LESSON, about=_ours(about, payload))


def _lesson_completed(payload: Payload) -> Parts:
    result = {"completion": True, **_score(payload)}
    return Parts(COMPLETED, (payload["lesson_id"],), LESSON, about=_ours({}, payload), result=result)


def _step_submitted(payload: Payload) -> Parts:
    path = (payload["lesson_id"], "step", payload["step_id"])
    if payload["kind"] in UNMARKED:
        verb, kind = UNMARKED[payload["kind"]]
        about = _ours({"kind": payload["kind"]}, payload)
        return Parts(verb, path, kind, about=about, result={"completion": True})
    place = {name: payload[name] for name in ("test", "form", "anchor", "outcomes") if payload.get(name)}
    about = {ATTEMPT: payload["attempt"], **_ours({"kind": payload["kind"], **place}, payload)}
    return Parts(ANSWERED, path, INTERACTION, INTERACTIONS[payload["kind"]], about, _answer(payload))


def _tutor_opened(payload: Payload) -> Parts:
    return Parts(INTERACTED, (payload["lesson_id"], "tutor"), TUTOR, about=_ours({}, payload))


def _tutor_turn(payload: Payload) -> Parts:
    counts = _extended({"turns": 1, "redactions": payload["redactions"]})
    return Parts(INTERACTED, (payload["lesson_id"], "tutor"), TUTOR, about=_ours({}, payload), result=counts)


MAPPING: Final[Mapping[str, Callable[[Payload], Parts]]] = {
    events.LESSON_STARTED.name: _lesson_started,
    events.STEP_SUBMITTED.name: _step_submitted,
    events.LESSON_COMPLETED.name: _lesson_completed,
    events.TUTOR_OPENED.name: _tutor_opened,
    events.TUTOR_TURN.name: _tutor_turn,
}


# ── steps of the above ──


def _answer(payload: Payload) -> dict[str, Any]:
    """The result of an answer: score, success, and as extensions what was chosen for each item and how sure."""
    items = [{name: item[name] for name in ("item", "answer", "hit", "confidence")} for item in payload["items"]]
    extensions: dict[str, Any] = {"items": items}
    if payload["confidence"] is not None:
        extensions["confidence"] = payload["confidence"]
    if payload.get("detection"):
        extensions["detection"] = dict(payload["detection"])
    success = {} if payload["correct"] is None else {"success": payload["correct"]}
    return {**success, **_score(payload), **_extended(extensions)}


def _score(payload: Payload) -> dict[str, Any]:
    """xAPI's score, or nothing where no marks could be earned: a share of nothing is no share."""
    earned, possible = payload["earned"], payload["possible"]
    if possible <= 0:
        return {}
    return {"score": {"scaled": earned / possible, "raw": earned, "min": 0, "max": possible}}


def _ours(values: Mapping[str, Any], payload: Payload) -> dict[str, Any]:
    """Extensions of an object; each says which version of the lesson it was."""
    return {EXTENSIONS + name: value for name, value in {**values, "version": payload["lesson_version"]}.items()}


def _extended(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"extensions": {EXTENSIONS + name: value for name, value in values.items()}}
