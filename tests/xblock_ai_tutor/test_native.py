"""What programs read: mobile apps, the search index. No answer, no feedback, no word of a learner."""

from __future__ import annotations

import json
from typing import Any

from webob import Request

from tests.support.block import Site, right_form
from tests.support.lessons import SMALL_LESSON
from xblock_ai_tutor.block import AiTutorXBlock
from xblock_ai_tutor.lesson import parse_lesson

BROKEN = SMALL_LESSON.replace("- [x]", "- [ ]")


def state(site: Site) -> dict[str, Any]:
    block = site.block()
    response = block.runtime.handle(block, "student_view_user_state", Request.blank("/"))
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.body)
    return found


def test_native_clients_are_told_that_the_page_fits_small_screens() -> None:
    block = Site().block()
    assert block.has_support(block.student_view, "multi_device")


def test_an_app_is_told_how_far_the_learner_is() -> None:
    site = Site()
    before = state(site)
    assert (before["done"], before["total"], before["complete"]) == (0, 3, False)
    site.post("submit", {"step": "what-next", "form": right_form(SMALL_LESSON, "what-next")})
    after = state(site)
    assert (after["done"], after["earned"], after["possible"]) == (1, 1.0, 2.0)
    assert after["version"] == parse_lesson(SMALL_LESSON).version
    assert after["steps"][1] == {
        "id": "what-next",
        "done": True,
        "attempts": 1,
        "left": None,
        "earned": 1.0,
        "possible": 1.0,
        "over": False,
    }
    assert "look-it-up" not in json.dumps(after)


def test_a_lesson_that_cannot_be_read_gives_programs_nothing() -> None:
    site = Site(BROKEN)
    assert state(site) == {}
    assert site.block().student_view_data() == {}
    assert set(site.block().index_dictionary()["content"]) == {"display_name"}


def test_a_search_finds_the_prose_and_no_answer() -> None:
    index = Site().block().index_dictionary()
    assert index["content_type"] == "AI tutor lesson"
    content = index["content"]
    assert (content["display_name"], content["title"]) == (AiTutorXBlock.display_name.default, "A small lesson")
    lesson = parse_lesson(SMALL_LESSON)
    assert all(passage.text in content["text"] for passage in lesson.passages)
    options: Any = [*lesson.step("what-next").activity.options, *lesson.step("the-note").activity.authorities]  # type: ignore[attr-defined]
    for option in options:
        assert option.plain not in content["text"]
        assert option.feedback.text not in content["text"]
