"""The vocabulary of events: what it refuses, its JSON Schema, and the page that is generated from it."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scripts.events_doc import PAGE, fresh
from tests.support.block import Site, right_forms
from tests.support.lesson_kinds import KINDS
from xblock_ai_tutor import events
from xblock_ai_tutor.event_schema import json_schema
from xblock_ai_tutor.lesson import SNIPPETS, parse_lesson

HEAD = "---\nid: all\ntitle: All\nminutes: 5\nobjectives:\n  - one: Do it\n---\n"
ALL_KINDS = HEAD + "".join(SNIPPETS.values()).replace(' title="A title"', ' title="A title" outcome="one"')
EVENTS = (*events.TRACKING.values(), events.LEDGER, events.FEEDBACK)


def test_the_page_about_events_is_what_the_vocabulary_says_now() -> None:
    page = PAGE.read_text("utf-8")
    assert fresh(page) == page, "run ./scripts/events-doc"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_every_event_has_a_sound_schema(event: events.EventType) -> None:
    schema = json_schema(event)
    Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == [field.name for field in event.fields]


def test_what_a_lesson_of_all_kinds_publishes_fits_the_schema_and_holds_ids_alone() -> None:
    site = Site(ALL_KINDS)
    lesson = parse_lesson(ALL_KINDS)
    for step in lesson.steps:
        for form in right_forms(step.activity):
            assert site.post("submit", {"step": step.id, "form": form})[0] == 200
    published = site.events("ai_tutor.step.submitted")
    assert {one["kind"] for one in published} == set(KINDS)
    for kind, payload in site.published:
        if kind in events.TRACKING:
            Draft202012Validator(json_schema(events.TRACKING[kind])).validate(payload)
    for one in published:
        assert one["outcomes"] == ["one"]
        assert {len(str(item["answer"]).split()) for item in one["items"]} <= {1}
    assert next(one for one in published if one["kind"] == "sort")["items"][0]["harm"] == 0
    assert next(one for one in published if one["kind"] == "spot")["detection"] == {
        "hits": 1,
        "false_alarms": 0,
        "targets": 1,
        "non_targets": 1,
    }


SUBMITTED: dict[str, Any] = {
    "lesson_id": "a",
    "lesson_version": "0123456789ab",
    "step_id": "b",
    "kind": "choice",
    "attempt": 1,
    "earned": 1.0,
    "possible": 1.0,
    "correct": True,
    "confidence": None,
    "items": [{"item": "choice", "answer": "look", "hit": True, "confidence": None}],
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prompt": "words"}, "has no field prompt"),
        ({"attempt": True}, "attempt must be int, not bool"),
        ({"items": ["words"]}, "items must hold objects"),
        ({"items": [{"item": "a", "answer": "b", "hit": True}]}, "lacks the field confidence"),
        ({"items": [{**SUBMITTED["items"][0], "words": "x"}]}, "has no field words"),
        ({"detection": {"hits": 1, "false_alarms": 0, "targets": 1}}, "lacks the field non_targets"),
        ({"detection": {"hits": 1.5, "false_alarms": 0, "targets": 1, "non_targets": 1}}, "hits must be int"),
    ],
)
def test_what_the_vocabulary_does_not_describe_is_refused_inside_too(change: dict[str, Any], said: str) -> None:
    assert events.payload(events.STEP_SUBMITTED, SUBMITTED) == SUBMITTED
    with pytest.raises(events.VocabularyError, match=said):
        events.payload(events.STEP_SUBMITTED, SUBMITTED | change)
