"""Editing a lesson: problems with lines, previews that count nothing, saves that overwrite nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.block import Site, right_form
from tests.support.lessons import SMALL_LESSON

CHANGED = SMALL_LESSON.replace("title: A small lesson", "title: A better lesson")
BROKEN = SMALL_LESSON.replace("- [x]", "- [ ]")


def save(site: Site, text: str, base: str | None = None, name: str = "Name", **who: Any) -> tuple[int, dict[str, Any]]:
    base = site.block("author").digest() if base is None else base
    who = who or {"learner": "author", "staff": True}
    return site.post("save_lesson", {"text": text, "display_name": name, "base": base}, **who)


def test_a_lesson_is_saved_with_its_name() -> None:
    site = Site()
    status, body = save(site, CHANGED, name="  Better ")
    assert (status, body["title"]) == (200, "A better lesson")
    block = site.block("author")
    assert (block.lesson_text, block.display_name) == (CHANGED, "Better")
    assert body["digest"] == block.digest()


def test_a_lesson_with_problems_is_not_saved_and_each_names_its_line() -> None:
    site = Site()
    status, body = save(site, BROKEN)
    assert (status, body["error"]["code"]) == (422, "unprocessable")
    (problem,) = body["error"]["problems"]
    lines = BROKEN.split("\n")
    assert lines[problem["line"] - 1].startswith(":::choice")
    assert problem["cause"]
    assert problem["cure"]
    assert site.block("author").lesson_text == SMALL_LESSON


def test_what_somebody_else_saved_is_not_overwritten_unawares() -> None:
    site = Site()
    base = site.block("author").digest()
    assert save(site, CHANGED, base)[0] == 200
    status, body = save(site, SMALL_LESSON, base)
    assert (status, body["error"]["code"]) == (409, "conflict")
    assert site.block("author").lesson_text == CHANGED
    assert body["error"]["text"] == CHANGED
    # The answer carries the digest of what is there now, so that saving again is a decision.
    assert save(site, SMALL_LESSON, body["error"]["digest"])[0] == 200


def test_a_preview_keeps_and_publishes_nothing() -> None:
    site = Site()
    status, body = site.post("preview", {"text": CHANGED}, "author", staff=True)
    assert status == 200
    assert "A better lesson" in body["html"]
    tried = {"text": CHANGED, "step": "what-next", "form": right_form(SMALL_LESSON, "what-next")}
    status, body = site.post("preview", tried, "author", staff=True)
    assert body["marking"]["correct"] is True
    assert site.published == []
    assert site.block("author").answers == {}
    assert site.block("author").lesson_text == SMALL_LESSON


def test_the_authors_view_of_a_unit_tries_the_stored_lesson() -> None:
    site = Site()
    form = right_form(SMALL_LESSON, "the-note")
    status, body = site.post("preview", {"step": "the-note", "form": form}, "author", staff=True)
    assert (status, body["marking"]["earned"]) == (200, 1.0)


@pytest.mark.parametrize("handler", ["save_lesson", "preview"])
def test_a_learner_can_neither_save_nor_try_answers_uncounted(handler: str) -> None:
    site = Site()
    body = {"text": CHANGED, "display_name": "x", "base": "", "step": "what-next", "form": {"choice": ["look-it-up"]}}
    status, answer = site.post(handler, body, "learner-a")
    assert (status, answer["error"]["code"]) == (403, "not_allowed")
    assert site.block().lesson_text == SMALL_LESSON


@pytest.mark.parametrize("body", [{}, {"text": 3}, {"text": "x" * 400_001, "display_name": "", "base": ""}])
def test_a_save_that_cannot_be_read_is_refused(body: dict[str, Any]) -> None:
    status, answer = Site().post("save_lesson", body, "author", staff=True)
    assert (status, answer["error"]["code"]) == (400, "bad_request")


def test_a_preview_that_follows_the_text_lists_problems_without_being_an_error() -> None:
    site = Site()
    status, body = site.post("preview", {"text": BROKEN, "live": True}, "author", staff=True)
    assert (status, body["html"]) == (200, "")
    assert [problem["line"] for problem in body["problems"]] == [BROKEN[: BROKEN.index(":::choice")].count("\n") + 1]
    status, body = site.post("preview", {"text": CHANGED, "live": True}, "author", staff=True)
    assert (status, body["problems"]) == (200, [])
    assert "A better lesson" in body["html"]


def test_attempts_and_points_are_saved_as_typed_or_left_to_the_course() -> None:
    site = Site()

    def saved(attempts: str, weight: str) -> tuple[int, Any]:
        body = {"text": SMALL_LESSON, "display_name": "", "base": "", "max_attempts": attempts, "weight": weight}
        return site.post("save_lesson", body, "author", staff=True)

    assert saved(" 3 ", "2,5")[0] == 200
    block = site.block("author")
    assert (block.max_attempts, block.weight) == (3, 2.5)
    html = block.studio_view().content
    assert 'value="3"' in html
    assert 'value="2.5"' in html
    for attempts, weight in (("0", ""), ("1.5", ""), ("-1", ""), ("many", ""), ("", "-1"), ("", "nan"), ("", "1e3")):
        status, body = saved(attempts, weight)
        assert (status, body["error"]["code"]) == (422, "unprocessable"), (attempts, weight)
    assert saved("", "")[0] == 200
    block = site.block("author")
    assert (block.max_attempts, block.weight) == (None, None)
    assert not block.fields["max_attempts"].is_set_on(block), "so that the course's own setting is inherited"
    assert saved("", "")[0] == 200


def test_saving_what_was_not_changed_keeps_the_files_newlines() -> None:
    windows = SMALL_LESSON.replace("\n", "\r\n")
    site = Site(windows)
    assert save(site, SMALL_LESSON)[0] == 200, "a text area gives line feeds alone"
    assert site.block("author").lesson_text == windows
    assert save(site, CHANGED)[0] == 200
    assert site.block("author").lesson_text == CHANGED


def test_an_author_can_try_a_lesson_whose_time_is_over_or_whose_results_are_hidden() -> None:
    site = Site(inherited={"due": datetime(2026, 1, 1, tzinfo=UTC), "show_correctness": "never"})
    tried = {"text": SMALL_LESSON, "step": "what-next", "form": right_form(SMALL_LESSON, "what-next")}
    status, body = site.post("preview", tried, "author", staff=True)
    assert (status, body["marking"]["correct"]) == (200, True)
    assert "Your answer is right." in body["html"]
    assert "ait-off" not in body["html"]
