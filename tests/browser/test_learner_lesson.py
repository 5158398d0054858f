"""The lesson in a browser: keyboard alone, focus, what is kept, narrow screens, dark, and every step through axe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.support.workbench import ROOT, Workbench, workbench
from xblock_ai_tutor.lesson import Lesson, parse_lesson

pytestmark = pytest.mark.browser

MODULE = "04-legal-research"
_students = count(1000)


def lesson_of_the_module() -> Lesson:
    return parse_lesson((ROOT / "content" / "modules" / MODULE / "lesson.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with workbench(tmp_path_factory.mktemp("lms"), content=ROOT / "content") as running:
        yield running


@pytest.fixture
def student() -> str:
    return f"student_{next(_students)}"


def focused(page: Page) -> dict[str, Any]:
    """What has the focus: what kind of control it is, whether it is in the step's form, its outline."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const at = document.activeElement;
            const inForm = at.closest(".ait-step:not([hidden]) .ait-form") !== null;
            return {tag: at.tagName, type: at.type || "", inForm, outline: getComputedStyle(at).outlineStyle};
        }"""
    )
    return found


def answer_with_keys(page: Page) -> None:
    """Go through the step that is shown with Tab, Space and arrows, answer each control, press its submit button."""
    for _ in range(120):
        page.keyboard.press("Tab")
        at = focused(page)
        if not at["inForm"]:
            continue
        if at["type"] in {"radio", "checkbox"}:
            page.keyboard.press("Space")
        elif at["tag"] == "SELECT":
            page.keyboard.press("ArrowDown")
            page.keyboard.press("ArrowDown")
        elif at["type"] == "submit":
            page.keyboard.press("Enter")
            return
    pytest.fail("Tab never reached the step's button.")


def test_a_learner_finishes_the_lesson_with_the_keyboard_alone_and_finds_it_again(
    page: Page, axe: Callable[..., None], lms: Workbench, student: str
) -> None:
    lesson = lesson_of_the_module()
    page.goto(lms.learner(MODULE, student))
    for number, step in enumerate(lesson.steps, 1):
        expect(page.locator("[data-part=position]")).to_have_text(f"Step {number} of {len(lesson.steps)}")
        axe(page)
        answer_with_keys(page)
        if step.activity.kind not in {"reading", "reflect"}:
            result = page.locator(".ait-step:not([hidden]) .ait-result")
            expect(result).to_be_focused()
            expect(result).to_be_in_viewport()  # the page scrolls there gently
            axe(page)
            # On to the next step: its button comes after the form.
            page.get_by_role("button", name="Next step").focus()
            page.keyboard.press("Enter")
        if number < len(lesson.steps):
            expect(page.get_by_role("heading", name=lesson.steps[number].title, exact=True)).to_be_focused()
    expect(page.get_by_text("You have done every step of this lesson.").first).to_be_visible()
    expect(page.locator("[data-part=done-of]")).to_have_text(f"{len(lesson.steps)} of {len(lesson.steps)} done")
    axe(page)

    page.reload()
    expect(page.locator("[data-part=done-of]")).to_have_text(f"{len(lesson.steps)} of {len(lesson.steps)} done")
    choice = next(step for step in lesson.steps if step.activity.kind == "choice")
    page.get_by_role("button", name=choice.title).click()
    expect(page.locator(".ait-step:not([hidden]) input:checked")).to_have_count(1)
    expect(page.locator(".ait-step:not([hidden]) .ait-feedback").first).to_be_visible()

    kinds = [line["event_type"] for line in lms.tracking() if line["username"] == student]
    assert kinds.count("ai_tutor.step.submitted") == len(lesson.steps)
    assert kinds[-2] == "ai_tutor.lesson.completed"  # the last is the reload


def test_continue_on_the_last_page_goes_to_what_was_skipped(page: Page, lms: Workbench, student: str) -> None:
    lesson = lesson_of_the_module()
    assert lesson.steps[-1].activity.kind == "reading"
    page.goto(lms.learner(MODULE, student))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name=lesson.steps[1].title, exact=True)).to_be_focused()
    page.get_by_role("button", name=lesson.steps[-1].title).first.click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name=lesson.steps[1].title, exact=True)).to_be_focused()


def test_a_reading_has_one_way_on_and_reading_again_sends_nothing(page: Page, lms: Workbench, student: str) -> None:
    page.goto(lms.learner(MODULE, student))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/submit/" in request.url else None)
    expect(page.get_by_role("button", name="Next step")).to_be_hidden()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-part=position]")).to_have_text(re.compile("^Step 2 of "))
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-part=position]")).to_have_text(re.compile("^Step 2 of "))
    expect(page.locator(".ait-step:not([hidden]) .ait-step__title")).to_be_focused()
    assert len(sent) == 1


def test_an_answer_that_lacks_something_says_so_and_goes_there(page: Page, watch: Watch, lms: Workbench) -> None:
    page.goto(lms.learner("04-legal-research", f"student_{next(_students)}"))
    page.get_by_role("button", name="Check the note").click()
    page.get_by_role("button", name="Check my answers").click()
    alert = page.locator(".ait-step:not([hidden]) .ait-alert")
    expect(alert).to_contain_text("authority 1")
    assert focused(page)["type"] == "radio"
    assert any("422" in fault for fault in watch.faults)
    watch.faults.clear()


def test_an_answer_that_does_not_arrive_is_still_there_and_counts_once(
    page: Page, watch: Watch, lms: Workbench, student: str
) -> None:
    page.goto(lms.learner(MODULE, student))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if "/submit/" in request.url else None)
    page.route("**/submit/**", lambda route: route.abort())
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".ait-step:not([hidden]) .ait-alert")).to_contain_text("try again")
    page.unroute("**/submit/**")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-part=position]")).to_have_text(re.compile("^Step 2 of "))
    assert sent[0] == sent[1], "the same answer is sent again with the same key"
    watch.faults.clear()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (320, "dark"), (640, "light"), (1280, "dark")])
def test_no_width_scrolls_sideways_and_every_target_can_be_hit(
    page: Page, axe: Callable[..., None], lms: Workbench, width: int, scheme: Any
) -> None:
    # 320 px is also what 1280 px becomes at 400 % zoom.
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(lms.learner(MODULE, f"student_{next(_students)}"))
    for step in lesson_of_the_module().steps:
        page.get_by_role("button", name=step.title).first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.evaluate(
            """() => [...document.querySelectorAll(".ait button, .ait input, .ait select, .ait summary")]
                .filter(each => each.offsetParent !== null)
                .map(each => [each.outerHTML.slice(0, 80), (each.labels?.[0] ?? each).getBoundingClientRect()])
                .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
        )
        assert small == []
        axe(page)


def test_focus_can_be_seen_even_where_a_platform_restyles_bare_elements(
    page: Page, lms: Workbench, student: str
) -> None:
    page.goto(lms.learner(MODULE, student))
    before = page.locator(".ait-goto").first.evaluate("each => getComputedStyle(each).backgroundColor")
    # What platforms' style sheets do, as a constructed sheet: the page's policy allows no inline style.
    page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`
                button, button:hover { background: red; box-shadow: 0 0 9px red; text-transform: uppercase; }
                input, select, textarea { border: 9px solid red; width: 50px } h3 { color: red } p { font-size: 9px }`);
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    assert page.locator(".ait-goto").first.evaluate("each => getComputedStyle(each).backgroundColor") == before
    page.keyboard.press("Tab")
    page.locator(".ait-goto").first.focus()
    page.keyboard.press("Tab")
    assert focused(page)["outline"] == "solid"


def test_a_visitor_and_the_list_of_lessons_pass_axe(page: Page, axe: Callable[..., None], lms: Workbench) -> None:
    page.goto(f"{lms.url}/")
    axe(page)
    page.goto(f"{lms.url}/scenario/{MODULE}/public_view/")
    expect(page.get_by_text("Sign in and enrol to do this lesson.")).to_be_visible()
    axe(page)


def test_without_a_gateway_the_lesson_says_that_there_is_no_tutor(page: Page, lms: Workbench, student: str) -> None:
    page.goto(lms.learner(MODULE, student))
    expect(page.get_by_text("The tutor is not set up here. The lesson works without it.")).to_be_visible()
