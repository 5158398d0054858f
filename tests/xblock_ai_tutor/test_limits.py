"""Due dates and attempts: refused by the server, said in the page, reset by the platform's staff."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.block import Site, right_form
from tests.support.lessons import SMALL_LESSON

KEY = "4f6a1f0e-7d0a-4a52-9a53-0d1f0c6b9f11"
HOUR = timedelta(hours=1)


def answer(site: Site, step: str = "what-next", **more: Any) -> tuple[int, dict[str, Any]]:
    return site.post("submit", {"step": step, "form": right_form(SMALL_LESSON, step), **more})


def wrong(site: Site, **more: Any) -> tuple[int, dict[str, Any]]:
    form = {"choice": ["send-it"], "confidence": ["100"]}
    return site.post("submit", {"step": "what-next", "form": form, **more})


def limited(attempts: int | None, **more: Any) -> Site:
    site = Site(**more)
    author = site.block("author", staff=True)
    author.max_attempts = attempts
    author.save()
    return site


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(
    ("inherited", "closed"),
    [
        ({}, False),
        ({"due": now() + HOUR}, False),
        ({"due": now() - HOUR}, True),
        ({"due": (now() - HOUR).replace(tzinfo=None)}, True),
        ({"due": now() - HOUR, "graceperiod": 2 * HOUR}, False),
        ({"due": now() - 3 * HOUR, "graceperiod": 2 * HOUR}, True),
        ({"due": now() - HOUR, "self_paced": True}, False),
        ({"due": None, "has_deadline_passed": lambda self: True}, True),
        ({"due": now() - HOUR, "has_deadline_passed": lambda self: False}, False),
    ],
)
def test_answers_are_taken_until_the_platforms_due_date_and_grace_are_over(
    inherited: dict[str, Any], closed: bool
) -> None:
    site = Site(inherited=inherited)
    status, body = answer(site)
    assert status == (403 if closed else 200)
    assert (body.get("error", {}).get("code") == "closed") is closed, body
    assert (site.block().answers == {}) is closed
    page = site.block().student_view().content
    assert page.count('<fieldset class="ait-off" disabled>') == (2 if closed else 0)
    assert ("The time for answering is over." in page) is closed


def test_a_text_can_be_read_and_counts_after_the_due_date() -> None:
    site = Site(inherited={"due": now() - HOUR})
    assert answer(site, "why-check")[0] == 200
    assert "completion" in site.kinds()


def test_an_answer_that_was_taken_in_time_is_told_again_after_it() -> None:
    site = Site(inherited={"due": now() + HOUR})
    first = answer(site, key=KEY)
    site.inherited = {"due": now() - HOUR}
    status, body = answer(site, key=KEY)
    assert (status, body["marking"], body["attempts"]) == (200, first[1]["marking"], 1)
    assert answer(site, key=KEY.replace("4", "5"))[0] == 403


def test_the_server_refuses_more_attempts_than_there_are() -> None:
    site = limited(2)
    assert wrong(site)[0] == 200
    status, body = wrong(site)
    assert status == 200
    assert "There are no attempts left." in body["html"]
    published = list(site.published)
    status, body = answer(site)
    assert (status, body["error"]["code"]) == (403, "no_attempts_left")
    assert site.published == published
    assert site.block().answers["what-next"]["best"] == 0
    assert answer(site, "the-note")[0] == 200, "each step has its own attempts"
    assert answer(site, "why-check")[0] == answer(site, "why-check")[0] == 200, "a text can be read again"


def test_a_request_that_cannot_be_marked_uses_up_no_attempt() -> None:
    site = limited(1)
    assert site.post("submit", {"step": "what-next", "form": {}})[0] == 422
    assert answer(site)[0] == 200


def test_the_courses_own_limit_is_inherited_and_the_lesson_may_set_another() -> None:
    site = Site()
    assert site.block().limits().attempts is None
    assert limited(3).block().limits().attempts == 3


def test_the_staffs_reset_gives_new_attempts_and_keeps_answer_and_marks() -> None:
    site = limited(1)
    assert answer(site)[0] == 200
    assert wrong(site)[0] == 403
    # What the platform does (lms/djangoapps/instructor/enrollment.py, _reset_module_attempts): by the field's name.
    block = site.block()
    assert block.attempts == 1
    block.attempts = 0
    block.save()
    page = site.block().student_view().content
    assert "There are no attempts left." not in page
    assert "Your answer is right." in page
    status, body = wrong(site)
    assert (status, body["attempts"], body["progress"]["earned"]) == (200, 2, 1.0)
    assert [event["attempt"] for event in site.events("ai_tutor.step.submitted")] == [1, 2]
    assert wrong(site)[0] == 403, "the reset gave one attempt, not any number"


def test_a_learner_whose_state_was_deleted_starts_again() -> None:
    site = limited(1)
    answer(site)
    for key in [key for key in site.store.db_dict if key.user_id == "learner-a"]:
        site.store.delete(key)
    block = site.block()
    assert (block.attempts, block.answers, block.get_score()) == (0, {}, (0.0, 0.0))
    assert answer(site)[1]["attempts"] == 1


def test_state_from_before_attempts_were_limited_is_read() -> None:
    site = Site()
    answer(site, key=KEY)
    block = site.block()
    old = {"what-next": {key: block.answers["what-next"][key] for key in ("attempts", "form", "marking", "best")}}
    old["what-next"]["key"] = KEY
    block.answers, block.attempts = old, 0
    block.save()
    assert answer(site, key=KEY)[1]["attempts"] == 1
    assert answer(site)[1]["attempts"] == 2


@pytest.mark.parametrize(
    ("inherited", "told"),
    [
        ({"show_correctness": "always"}, True),
        ({"show_correctness": "never"}, False),
        ({"show_correctness": "never_but_include_grade"}, False),
        ({"show_correctness": "past_due", "due": now() + HOUR}, False),
        ({"show_correctness": "past_due", "due": now() - HOUR, "graceperiod": 2 * HOUR}, True),
        ({"show_correctness": "past_due"}, True),
    ],
)
def test_where_the_course_hides_results_an_answer_counts_and_nobody_says_how(
    inherited: dict[str, Any], told: bool
) -> None:
    site = Site(inherited=inherited)
    status, body = answer(site)
    assert (status, body["attempts"]) == (200, 1)
    assert (body["marking"] is not None) is told
    assert (body["progress"]["earned"], body["progress"]["possible"]) == ((1.0, 2.0) if told else (0.0, 0.0))
    for html in (body["html"], site.block().student_view().content):
        assert ("Your answer is right." in html) is told
        assert ("a case that exists can be found" in html) is told
        assert ("Your answer is kept. Whether it is right is not shown here." in html) is not told
        assert 'value="look-it-up" required checked' in html, "what was chosen is still chosen"
    assert site.events("grade") == [{"value": 1.0, "max_value": 2.0}]
