"""What a site with event-routing-backends makes of our events, through its own pipeline."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.block import Site, right_forms
from tests.support.xapi_site import BLOCK, COURSE, EMAIL, LMS, PSEUDONYM, USERNAME, statements, statements_and_log
from xblock_ai_tutor import events
from xblock_ai_tutor.lesson import SNIPPETS, parse_lesson

HEAD = "---\nid: all\ntitle: All\nminutes: 5\nobjectives:\n  - one: Do it\n---\n"
ALL_KINDS = HEAD + "".join(SNIPPETS.values()).replace(' title="A title"', ' title="A title" outcome="one"')
ADL = "http://adlnet.gov/expapi"
LESSON = f"{LMS}/course/{COURSE}/ai_tutor/all"
REFLECTION = "Words that nobody but the learner reads"
HEX = {"learner": "a1" * 16, "turn": "b2" * 16}


def learnt() -> list[dict[str, Any]]:
    """What the block publishes while a learner goes through a lesson of all kinds and asks the tutor once."""
    site = Site(ALL_KINDS)
    block = site.block()
    block.runtime.render(block, "student_view")
    block.save()
    for step in parse_lesson(ALL_KINDS).steps:
        for form in right_forms(step.activity):
            own = {"words": [REFLECTION]} if step.activity.kind == "reflect" else {}
            assert site.post("submit", {"step": step.id, "form": form | own})[0] == 200
    about = {name: site.published[0][1][name] for name in ("lesson_id", "lesson_version")}
    opened = events.payload(events.TUTOR_OPENED, about | {"learner": HEX["learner"]})
    turn = {"step_id": "a-step", "turn": HEX["turn"], "status": "answered", "redactions": 2}
    published = [one for one in site.published if one[0] in events.TRACKING]
    published += [
        ("ai_tutor.tutor.opened", opened),
        ("ai_tutor.tutor.turn", events.payload(events.TUTOR_TURN, about | turn)),
    ]
    return [{"name": name, "data": data, "module": name != "ai_tutor.lesson.started"} for name, data in published]


@pytest.fixture(scope="module")
def emitted() -> list[dict[str, Any]]:
    return learnt()


@pytest.fixture(scope="module")
def stated(emitted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # The site asks for e-mail addresses as actors, the worst that can be set.
    return statements(emitted, AI_TUTOR_XAPI=True, XAPI_AGENT_IFI_TYPE="mbox")


def of(stated: list[dict[str, Any]], emitted: list[dict[str, Any]], name: str, **has: Any) -> dict[str, Any]:
    """The statement that one event became; more of that name are told apart by their payload."""
    return next(
        said
        for said, event in zip(stated, emitted, strict=True)
        if event["name"] == name and has.items() <= event["data"].items()
    )


def test_every_event_becomes_one_statement_by_the_learners_pseudonym(
    stated: list[dict[str, Any]], emitted: list[dict[str, Any]]
) -> None:
    assert len(stated) == len(emitted)
    assert {event["name"] for event in emitted} == set(events.TRACKING)
    assert len({one["id"] for one in stated}) == len(stated)
    actor = {"objectType": "Agent", "account": {"homePage": LMS, "name": PSEUDONYM}}
    for one in stated:
        assert one["actor"] == actor
        course = one["context"]["contextActivities"]["parent"][0]
        assert (course["id"], course["definition"]["type"]) == (f"{LMS}/course/{COURSE}", f"{ADL}/activities/course")


def test_no_statement_holds_a_name_an_address_a_word_or_what_the_gateway_knows_the_learner_by(
    stated: list[dict[str, Any]],
) -> None:
    text = json.dumps(stated)
    for secret in (USERNAME, EMAIL, "mbox", "192.0.2.7", REFLECTION, "minister", *HEX.values()):
        assert secret not in text


def test_the_beginning_and_the_end_of_a_lesson_are_about_the_same_thing(
    stated: list[dict[str, Any]], emitted: list[dict[str, Any]]
) -> None:
    begun, ended = (of(stated, emitted, f"ai_tutor.lesson.{what}") for what in ("started", "completed"))
    assert begun["verb"] == {"id": f"{ADL}/verbs/initialized", "display": {"en": "initialized"}}
    assert ended["verb"] == {"id": f"{ADL}/verbs/completed", "display": {"en": "completed"}}
    assert begun["object"]["id"] == ended["object"]["id"] == LESSON
    assert begun["object"]["definition"]["type"] == f"{ADL}/activities/lesson"
    assert begun["object"]["definition"]["extensions"]["urn:x-ai-tutor:steps"] == 8
    # The platform names no block while it renders a page.
    assert "grouping" not in begun["context"]["contextActivities"]
    assert [one["id"] for one in ended["context"]["contextActivities"]["grouping"]] == [f"{LMS}/xblock/{BLOCK}"]
    marks = of_event(emitted, "ai_tutor.lesson.completed")
    assert marks["possible"] > 0
    assert ended["result"] == {
        "completion": True,
        "score": {"scaled": 1.0, "raw": marks["earned"], "min": 0, "max": marks["possible"]},
    }


def of_event(emitted: list[dict[str, Any]], name: str, **has: Any) -> dict[str, Any]:
    return next(one["data"] for one in emitted if one["name"] == name and has.items() <= one["data"].items())


def test_an_answer_says_what_was_chosen_by_id_and_what_it_earned(
    stated: list[dict[str, Any]], emitted: list[dict[str, Any]]
) -> None:
    event = of_event(emitted, "ai_tutor.step.submitted", kind="choice")
    said = of(stated, emitted, "ai_tutor.step.submitted", kind="choice")
    assert said["verb"]["id"] == f"{ADL}/verbs/answered"
    assert said["object"]["id"] == f"{LESSON}/step/{event['step_id']}"
    definition = said["object"]["definition"]
    assert (definition["type"], definition["interactionType"]) == (f"{ADL}/activities/cmi.interaction", "choice")
    assert definition["extensions"]["http://id.tincanapi.com/extension/attempt-id"] == 1
    assert definition["extensions"]["urn:x-ai-tutor:outcomes"] == ["one"]
    assert [one["id"] for one in said["context"]["contextActivities"]["grouping"]] == [LESSON, f"{LMS}/xblock/{BLOCK}"]
    assert said["result"]["success"] is True
    assert said["result"]["score"] == {
        "scaled": 1.0,
        "raw": event["earned"],
        "min": 0,
        "max": event["possible"],
    }
    assert said["result"]["extensions"]["urn:x-ai-tutor:items"] == [
        {name: item[name] for name in ("item", "answer", "hit", "confidence")} for item in event["items"]
    ]
    assert "response" not in said["result"]


def test_readings_are_experienced_reflections_completed_and_neither_has_a_score(
    stated: list[dict[str, Any]], emitted: list[dict[str, Any]]
) -> None:
    for kind, verb in (("reading", "experienced"), ("reflect", "completed")):
        said = of(stated, emitted, "ai_tutor.step.submitted", kind=kind)
        assert said["verb"]["id"] == f"{ADL}/verbs/{verb}"
        assert said["result"] == {"completion": True}


def test_of_the_tutor_only_that_and_how_much_it_was_used_is_said(
    stated: list[dict[str, Any]], emitted: list[dict[str, Any]]
) -> None:
    opened, turn = (of(stated, emitted, f"ai_tutor.tutor.{what}") for what in ("opened", "turn"))
    for one in (opened, turn):
        assert one["verb"]["id"] == f"{ADL}/verbs/interacted"
        assert one["object"]["id"] == f"{LESSON}/tutor"
        assert set(one["object"]["definition"]["extensions"]) == {"urn:x-ai-tutor:version"}
    assert "result" not in opened
    assert turn["result"] == {"extensions": {"urn:x-ai-tutor:turns": 1, "urn:x-ai-tutor:redactions": 2}}


def test_nothing_is_passed_on_until_the_operator_says_so(emitted: list[dict[str, Any]]) -> None:
    assert statements(emitted) == []


def test_an_event_that_the_vocabulary_does_not_describe_is_dropped_and_its_words_are_not_logged(
    emitted: list[dict[str, Any]],
) -> None:
    odd = [{**emitted[0], "data": emitted[0]["data"] | {"note": REFLECTION}}, emitted[0]]
    stated, log = statements_and_log(odd, AI_TUTOR_XAPI=True)
    assert len(stated) == 1
    assert "ai_tutor.lesson.started has no field note" in log
    assert REFLECTION not in log
