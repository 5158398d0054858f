"""The author's editor in a browser: a problem, its line, the cure, a preview that counts nothing, text never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.support.workbench import Workbench, workbench

pytestmark = pytest.mark.browser


@pytest.fixture
def lms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with workbench(tmp_path_factory.mktemp("lms")) as running:
        yield running


def refused(watch: Watch, status: int) -> None:
    """The browser notes a refused request on its console: expected here, and nothing else is."""
    assert watch.faults
    assert all(str(status) in fault for fault in watch.faults)
    watch.faults.clear()


def test_an_author_breaks_a_lesson_is_led_to_the_line_and_mends_it(
    page: Page, axe: Callable[..., None], watch: Watch, lms: Workbench
) -> None:
    page.goto(lms.studio())
    axe(page)
    text = page.get_by_label("Lesson text")
    good = text.input_value()
    bad = good.replace("- [x] {open-source}", "- [ ] {open-source}").replace("[reliable]", "[trustworthy]")
    line = bad.split("\n").index(next(one for one in bad.split("\n") if "[trustworthy]" in one)) + 1
    text.fill(bad)
    page.get_by_role("button", name="Save").click()
    problems = page.get_by_role("group", name="Problems to mend")
    expect(problems).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Not saved")).to_be_visible()
    axe(page)
    problems.get_by_role("button", name=f"Line {line}").click()
    expect(text).to_be_focused()
    selected = text.evaluate("each => each.value.slice(each.selectionStart, each.selectionEnd)")
    assert "[trustworthy]" in selected
    seen = text.evaluate("each => each.scrollTop > 0 && each.scrollTop < each.scrollHeight - each.clientHeight + 1")
    assert seen
    refused(watch, 422)

    text.fill(good.replace("The first check", "The very first check"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved at")).to_be_visible()
    expect(problems).to_be_hidden()
    page.goto(lms.learner(student="student_2"))
    expect(page.get_by_role("button", name="Step 2 The very first check")).to_be_visible()


def test_a_preview_can_be_tried_and_counts_nothing(page: Page, axe: Callable[..., None], lms: Workbench) -> None:
    page.goto(lms.studio())
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview")).to_be_focused()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Open the Act").check()
    page.get_by_label("How sure are you?", exact=True).select_option(index=3)
    page.get_by_role("button", name="Check my answer").click()
    expect(page.locator(".ait-step:not([hidden]) .ait-result")).to_contain_text("right")
    axe(page)
    assert [line for line in lms.tracking() if line["event_type"].startswith("ai_tutor.")] == []


def test_text_that_was_not_saved_comes_back(page: Page, lms: Workbench) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(lms.studio())
    text = page.get_by_label("Lesson text")
    text.fill("half a lesson")
    expect(page.get_by_role("status").filter(has_text="not saved")).to_be_visible()
    page.wait_for_timeout(500)
    page.goto(lms.studio())
    expect(text).not_to_have_value("half a lesson")
    page.get_by_role("button", name="Bring it back").click()
    expect(text).to_have_value("half a lesson")


def test_a_save_that_does_not_arrive_keeps_the_text(page: Page, watch: Watch, lms: Workbench) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(lms.studio())
    page.route("**/save_lesson/**", lambda route: route.abort())
    page.get_by_label("Lesson text").fill("mine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="is still here")).to_be_visible()
    expect(page.get_by_label("Lesson text")).to_have_value("mine")
    watch.faults.clear()


def test_two_authors_do_not_overwrite_each_other_unawares(page: Page, watch: Watch, lms: Workbench) -> None:
    other = page.context.new_page()
    for each in (page, other):
        each.goto(lms.studio())
    good = page.get_by_label("Lesson text").input_value()
    other.get_by_label("Lesson text").fill(good.replace("minutes: 10", "minutes: 11"))
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("status").filter(has_text="Saved at")).to_be_visible()
    page.get_by_label("Lesson text").fill(good.replace("minutes: 10", "minutes: 12"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Somebody else has saved")).to_be_visible()
    refused(watch, 409)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved at")).to_be_visible()


def test_the_editor_fits_a_narrow_screen(page: Page, axe: Callable[..., None], lms: Workbench) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(lms.studio())
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe(page)
