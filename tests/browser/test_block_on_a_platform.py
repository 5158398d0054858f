"""The block where a platform puts it: under a strict policy, beside another block, in the learning front end's frame,
on a connection that breaks. The demonstration LMS sends the policy; what breaks is broken in the browser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Watch
from tests.support import quiet_xblock  # noqa: F401
from tests.support.block import Site, right_form
from tests.support.lessons import SMALL_LESSON
from tests.support.workbench import Workbench, workbench

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """Two lessons with the same ids inside, so that only the block's own place keeps them apart; a strict policy."""
    content = tmp_path_factory.mktemp("content")
    other = SMALL_LESSON.replace("title: A small", "title: Another small").replace('title="', 'title="Again: ')
    for name, text in (("01-one", SMALL_LESSON), ("02-two", other)):
        (content / "modules" / name).mkdir(parents=True)
        (content / "modules" / name / "lesson.md").write_text(text, encoding="utf-8")
    policy = {"AI_TUTOR_CSP": "default-src 'self'"}
    with workbench(tmp_path_factory.mktemp("lms"), content=content, environment=policy) as running:
        yield running


def step(block: Locator, number: int) -> None:
    block.locator(".ait-goto").nth(number - 1).click()


def answer(block: Locator, choice: str = "Look it up") -> None:
    step(block, 2)
    block.get_by_label(re.compile(choice)).first.check()
    block.get_by_label("How sure are you?").first.select_option("75")
    block.locator(".ait-step:not([hidden])").get_by_role("button", name=re.compile("Check")).click()


def test_two_blocks_on_a_page_work_under_a_strict_policy_and_leave_each_other_alone(
    page: Page, axe: Callable[..., None], lms: Workbench
) -> None:
    response = page.goto(lms.learner("01-one+02-two", "student_31"))
    assert response is not None
    assert response.headers["content-security-policy"] == "default-src 'self'"
    one, two = page.locator(".ait[data-config]").nth(0), page.locator(".ait[data-config]").nth(1)
    expect(one).to_have_class(re.compile("ait--ready"))
    expect(two).to_have_class(re.compile("ait--ready"))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
    assert page.locator("script[src*='core.js']").count() == 1
    axe(page)

    answer(one)
    expect(one.locator(".ait-step:not([hidden]) .ait-result")).to_contain_text("right")
    expect(one.locator("[data-part=done-of]")).to_have_text("1 of 3 done")
    expect(two.locator("[data-part=done-of]")).to_have_text("0 of 3 done")
    expect(two.locator("[data-part=position]")).to_have_text("Step 1 of 3")
    assert two.locator("input:checked").count() == 0
    answer(two, "Send it")
    expect(two.locator(".ait-step:not([hidden]) .ait-result")).to_contain_text("not right")
    expect(one.locator(".ait-step:not([hidden]) .ait-result")).to_contain_text("is right")
    # A policy's violation would be an error on the console, which fails every test here.


def test_the_front_ends_frame_is_told_the_height_whenever_it_changes(page: Page, lms: Workbench) -> None:
    framed = lms.learner("01-one", "student_32")
    host = (
        "<!DOCTYPE html><title>Unit</title><script>heights = []; addEventListener('message', event => {"
        " if (event.data.type === 'plugin.resize') heights.push(event.data.payload.height) })</script>"
        f"<iframe id=unit title=Unit src='{framed}' width=800 height=200 scrolling=no referrerpolicy=origin></iframe>"
    )
    page.route("**/host", lambda route: route.fulfill(content_type="text/html", body=host))
    page.goto(f"{lms.url}/host")
    unit = page.frame_locator("#unit")
    expect(unit.locator(".ait--ready")).to_be_visible()

    def last() -> int:
        page.wait_for_timeout(150)
        heights: list[int] = page.evaluate("heights")
        return heights[-1]

    short = last()
    assert short == page.frames[1].evaluate("document.body.scrollHeight")
    step(unit.locator(".ait"), 3)
    tall = last()
    assert tall > short, "the note is longer than the text"
    step(unit.locator(".ait"), 1)
    assert last() == short, "and it shrinks again"


FAILURES: list[tuple[str, Callable[[Route], None], str]] = [
    ("nobody answers", lambda route: route.abort(), "cannot be reached"),
    (
        "an error page",
        lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway"),
        "went wrong",
    ),
    (
        "half an answer",
        lambda route: route.fulfill(status=200, content_type="application/json", body='{"ht'),
        "went wrong",
    ),
    ("a sign-in page", lambda route: route.fulfill(status=403, content_type="text/html", body="<form>"), "signed out"),
    (
        "a refusal in words",
        lambda route: route.fulfill(
            status=503, content_type="application/json", body='{"error": {"message": "This lesson is being prepared."}}'
        ),
        "being prepared",
    ),
]


def test_whatever_goes_wrong_with_an_answer_is_said_and_nothing_is_lost(
    page: Page, watch: Watch, lms: Workbench
) -> None:
    page.goto(lms.learner("01-one", "student_33"))
    block = page.locator(".ait[data-config]")
    sent: list[dict[str, Any]] = []
    page.on("request", lambda each: sent.append(json.loads(each.post_data or "{}")) if "/submit/" in each.url else None)
    for number, (name, fail, told) in enumerate(FAILURES):
        page.route("**/submit/**", fail)
        answer(block)
        alert = block.locator(".ait-step:not([hidden]) .ait-alert")
        expect(alert, name).to_contain_text(told)
        assert block.get_by_label(re.compile("Look it up")).first.is_checked()
        page.unroute("**/submit/**")
        if number == 1:  # what was chosen outlives the page, and so does the request's key
            page.reload()
            step(block, 2)
            expect(block.get_by_label(re.compile("Look it up")).first).to_be_checked()
            expect(block.get_by_label("How sure are you?").first).to_have_value("75")
    watch.faults.clear()

    # A server that takes too long is given up, and the same attempt may be sent again.
    page.clock.install()
    page.route("**/submit/**", lambda route: None)
    answer(block)
    page.wait_for_timeout(50)
    page.clock.fast_forward(21_000)
    expect(block.locator(".ait-step:not([hidden]) .ait-alert")).to_contain_text("takes too long")
    page.unroute("**/submit/**")
    answer(block)
    expect(block.locator(".ait-step:not([hidden]) .ait-result")).to_contain_text("right")
    assert len({each["key"] for each in sent}) == 1, "one attempt, however often it was sent"
    lines = [line["event"] for line in lms.tracking() if line["event_type"] == "ai_tutor.step.submitted"]
    assert [line["attempt"] for line in lines if line["step_id"] == "what-next"][-1] == 1
    page.reload()
    step(block, 2)
    block.get_by_label(re.compile("Send it")).first.check()
    page.reload()
    step(block, 2)
    expect(block.get_by_label(re.compile("Send it")).first).to_be_checked()
    watch.faults.clear()


def test_what_one_learner_chose_is_not_there_for_the_next_at_the_same_screen(page: Page, lms: Workbench) -> None:
    block = page.locator(".ait[data-config]")
    page.goto(lms.learner("01-one", "student_34"))
    step(block, 2)
    block.get_by_label(re.compile("Look it up")).first.check()
    page.goto(lms.learner("01-one", "student_35"))
    step(block, 2)
    assert block.locator("input:checked").count() == 0


def test_after_the_due_date_a_lesson_can_be_read_and_no_more_answered(
    page: Page, axe: Callable[..., None], lms: Workbench
) -> None:
    site = Site(inherited={"due": None})
    site.post("submit", {"step": "what-next", "form": right_form(SMALL_LESSON, "what-next")})
    site.inherited = {"due": datetime(2026, 1, 1, tzinfo=UTC)}
    static = "/resource/ai_tutor/static"
    body = (
        f"<!DOCTYPE html><html lang=en><title>Unit</title><link rel=stylesheet href={static}/ait.css>"
        f"<main><h1>Unit</h1>{site.block().student_view().content}</main>"
        + "".join(f"<script src={static}/{name}.js></script>" for name in ("core", "keep", "words", "lesson"))
    )
    page.route("**/closed", lambda route: route.fulfill(content_type="text/html", body=body))
    page.goto(f"{lms.url}/closed")
    page.evaluate("AiTutorLesson({handlerUrl: () => '/nowhere'}, document.querySelector('main'))")
    block = page.locator(".ait[data-config]")
    for number, answered in ((2, True), (3, False)):
        step(block, number)
        shown = block.locator(".ait-step:not([hidden])")
        expect(shown.get_by_text("The time for answering is over.")).to_be_visible()
        expect(shown.get_by_role("button")).to_have_count(0)
        assert shown.locator("input:enabled, select:enabled").count() == 0
        assert (shown.locator("input:checked").count() > 0) is answered
        axe(page)


def test_an_answer_that_arrives_late_does_not_take_the_learner_back(page: Page, lms: Workbench) -> None:
    page.goto(lms.learner("01-one", "student_36"))
    block = page.locator(".ait[data-config]")
    held: list[Route] = []
    page.route("**/submit/**", lambda route: held.append(route))  # noqa: PLW0108  (the driver marks functions)
    with page.expect_request("**/submit/**"):
        block.get_by_role("button", name="Continue").click()
    step(block, 3)
    held[0].continue_()
    expect(block.locator("[data-part=done-of]")).to_have_text("1 of 3 done")
    expect(block.locator("[data-part=position]")).to_have_text("Step 3 of 3")
