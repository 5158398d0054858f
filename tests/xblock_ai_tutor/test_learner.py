"""Answering steps: marking, progress, grade, completion, events, and requests that are repeated or made up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.block import Site, right_form
from tests.support.lessons import SMALL_LESSON
from xblock_ai_tutor import events
from xblock_ai_tutor.lesson import parse_lesson

KEY = "4f6a1f0e-7d0a-4a52-9a53-0d1f0c6b9f11"


def answer(site: Site, step: str, learner: str = "learner-a", **more: Any) -> tuple[int, dict[str, Any]]:
    return site.post("submit", {"step": step, "form": right_form(SMALL_LESSON, step), **more}, learner)


def wrong_choice(**more: Any) -> dict[str, Any]:
    return {"step": "what-next", "form": {"choice": ["send-it"], "confidence": ["100"]}, **more}


def test_an_answer_is_marked_with_feedback_and_kept() -> None:
    site = Site()
    status, body = site.post("submit", wrong_choice())
    assert status == 200
    assert body["marking"]["correct"] is False
    assert "is exactly what a model is good at" in body["html"]
    assert body["progress"] == {"done": ["what-next"], "earned": 0.0, "possible": 2.0, "complete": False}
    page = site.block().student_view().content
    assert "is exactly what a model is good at" in page


def test_the_server_counts_attempts_and_the_best_one_counts() -> None:
    site = Site()
    assert answer(site, "what-next")[1]["attempts"] == 1
    _, body = site.post("submit", wrong_choice(attempts=1))
    assert body["attempts"] == 2
    assert body["marking"]["earned"] == 0
    assert body["progress"]["earned"] == 1.0
    assert [event["attempt"] for event in site.events("ai_tutor.step.submitted")] == [1, 2]


def test_a_repeated_request_counts_once_and_is_answered_alike() -> None:
    site = Site()
    first = site.post("submit", wrong_choice(key=KEY))
    published = list(site.published)
    assert site.post("submit", wrong_choice(key=KEY)) == first
    # Even with another answer inside: the key names the attempt that was marked.
    assert answer(site, "what-next", key=KEY) == first
    assert site.published == published


def test_what_no_field_of_the_step_asks_for_is_not_kept() -> None:
    site = Site()
    site.post("submit", wrong_choice() | {"form": wrong_choice()["form"] | {"comment": ["words of a learner"]}})
    for step in parse_lesson(SMALL_LESSON).steps:
        form = right_form(SMALL_LESSON, step.id)
        site.post("submit", {"step": step.id, "form": form | {"comment": ["words of a learner"]}})
        assert site.block().answers[step.id]["form"] == form
    assert "words of a learner" not in json.dumps(site.published)


def test_a_whole_lesson_publishes_what_the_vocabulary_says_in_order() -> None:
    site = Site()
    block = site.block()
    block.student_view()
    block.save()
    for step in ("why-check", "what-next", "the-note"):
        assert answer(site, step)[0] == 200
    assert site.kinds() == [
        "ai_tutor.lesson.started",
        "ai_tutor.step.submitted",
        "completion",
        "ai_tutor.step.submitted",
        "grade",
        "completion",
        "ai_tutor.step.submitted",
        "grade",
        "completion",
        "ai_tutor.lesson.completed",
    ]
    for kind, payload in site.published:
        if kind.startswith("ai_tutor."):
            assert events.payload(events.TRACKING[kind], payload) == payload
    assert site.events("grade") == [{"value": 1.0, "max_value": 2.0}, {"value": 2.0, "max_value": 2.0}]
    assert [one["completion"] for one in site.events("completion")] == pytest.approx([1 / 3, 2 / 3, 1.0])
    completed = site.events("ai_tutor.lesson.completed")
    assert (completed[0]["earned"], completed[0]["possible"]) == (2.0, 2.0)


def test_doing_it_again_neither_completes_twice_nor_lowers_the_grade() -> None:
    site = Site()
    for step in ("why-check", "what-next", "the-note", "why-check"):
        answer(site, step)
    site.post("submit", wrong_choice())
    assert site.kinds().count("ai_tutor.lesson.completed") == 1
    assert site.kinds().count("completion") == 3
    assert site.events("grade")[-1] == {"value": 2.0, "max_value": 2.0}


def test_events_hold_ids_and_figures_and_no_feedback_text() -> None:
    site = Site()
    answer(site, "the-note")
    (event,) = site.events("ai_tutor.step.submitted")
    assert event["items"][0] == {
        "item": "carltona",
        "answer": "reliable",
        "hit": True,
        "confidence": 75.0,
        "share": 1.0,
        "harm": None,
    }
    assert event["detection"] == {"hits": 2, "false_alarms": 0, "targets": 2, "non_targets": 1}
    assert "working days" not in json.dumps(site.published)


def test_one_learners_answers_are_not_anothers() -> None:
    site = Site()
    answer(site, "what-next", "learner-a")
    assert site.block("learner-b").progress(site.block().lesson()).done == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_request"),
        (b"\xff\xfe", 400, "bad_request"),
        (b"[]", 400, "bad_request"),
        (b"[" * 20_000, 400, "bad_request"),
        (b"", 400, "bad_request"),
        ({"step": 7, "form": {}}, 400, "bad_request"),
        ({"form": {}}, 400, "bad_request"),
        ({"step": "what-next"}, 400, "bad_request"),
        ({"step": "what-next", "form": {"choice": "look-it-up"}}, 400, "bad_request"),
        ({"step": "what-next", "form": {"choice": [1]}}, 400, "bad_request"),
        ({"step": "what-next", "form": {}, "key": "no key!"}, 400, "bad_request"),
        ({"step": "gone", "form": {}}, 404, "unknown_step"),
        ({"step": "what-next", "form": {}}, 422, "unprocessable"),
        ({"step": "what-next", "form": {"choice": ["made-up"], "confidence": ["50"]}}, 422, "unprocessable"),
        ({"step": "what-next", "form": {"choice": ["look-it-up"], "confidence": ["500"]}}, 422, "unprocessable"),
        ({"step": "what-next", "form": {"choice": ["x" * 70_000]}}, 413, "too_large"),
    ],
)
def test_a_request_that_cannot_be_used_says_so_and_changes_nothing(body: Any, status: int, code: str) -> None:
    site = Site()
    got, answer = site.post("submit", body)
    assert (got, answer["error"]["code"]) == (status, code)
    assert answer["error"]["message"].endswith(".")
    assert answer["error"]["retry"] is False
    assert site.published == []
    assert site.block().answers == {}


def test_only_post_changes_something() -> None:
    status, body = Site().post("submit", {}, method="GET")
    assert (status, body["error"]["code"]) == (405, "wrong_method")


def test_a_broken_lesson_cannot_be_answered() -> None:
    status, body = Site(SMALL_LESSON.replace("- [x]", "- [ ]")).post("submit", {"step": "what-next", "form": {}})
    assert (status, body["error"]["code"]) == (503, "lesson_invalid")


def test_stored_state_that_cannot_be_read_counts_as_not_answered() -> None:
    site = Site()
    block = site.block()
    block.answers = {"what-next": {"attempts": "many"}, "why-check": 3, "the-note": {"attempts": 1, "form": []}}
    block.save()
    assert site.block().student_view().content
    assert answer(site, "what-next")[1]["attempts"] == 1


def test_answers_to_a_step_that_was_removed_are_kept_and_not_counted() -> None:
    site = Site()
    answer(site, "what-next")
    start, end = SMALL_LESSON.index(":::choice"), SMALL_LESSON.index(":::spot")
    author = site.block("author", staff=True)
    author.lesson_text = SMALL_LESSON[:start] + SMALL_LESSON[end:]
    author.save()
    _, body = answer(site, "the-note")
    assert body["progress"] == {"done": ["the-note"], "earned": 1.0, "possible": 1.0, "complete": False}
    assert "what-next" in site.block().answers
