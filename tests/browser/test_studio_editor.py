"""The author's editor in a browser: a problem, its line, the cure, a preview that counts nothing, text never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.support.workbench import ROOT, Workbench, workbench

pytestmark = pytest.mark.browser


SAMPLE_LESSON = (ROOT / "xblock_ai_tutor" / "templates" / "sample-lesson.md").read_text(encoding="utf-8")
_lessons = count(1)


@pytest.fixture(scope="module")
def lms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    content = tmp_path_factory.mktemp("content")
    for number in range(1, 21):
        folder = content / "modules" / f"lesson-{number}"
        folder.mkdir(parents=True)
        (folder / "lesson.md").write_text(SAMPLE_LESSON, encoding="utf-8")
    with workbench(tmp_path_factory.mktemp("lms"), content=content) as running:
        yield running


@pytest.fixture
def lesson() -> str:
    """A lesson that no other test edits."""
    return f"lesson-{next(_lessons)}"


def refused(watch: Watch, status: int) -> None:
    """The browser notes a refused request on its console: expected here, and nothing else is."""
    assert watch.faults
    assert all(str(status) in fault for fault in watch.faults)
    watch.faults.clear()


def test_an_author_breaks_a_lesson_is_led_to_the_line_and_mends_it(
    page: Page, axe: Callable[..., None], watch: Watch, lms: Workbench, lesson: str
) -> None:
    page.goto(lms.studio(lesson))
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
    page.goto(lms.learner(lesson, "student_2"))
    expect(page.get_by_role("button", name="Step 2 The very first check")).to_be_visible()


def test_a_preview_can_be_tried_and_counts_nothing(
    page: Page, axe: Callable[..., None], lms: Workbench, lesson: str
) -> None:
    page.goto(lms.studio(lesson))
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview")).to_be_focused()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Open the Act").check()
    page.get_by_label("How sure are you?", exact=True).select_option(index=3)
    page.get_by_role("button", name="Check my answer").click()
    expect(page.locator(".ait-step:not([hidden]) .ait-result")).to_contain_text("right")
    axe(page)
    assert not any(lesson in line["context"]["path"] + str(line["event"]) for line in lms.tracking())


def test_text_that_was_not_saved_comes_back(page: Page, lms: Workbench, lesson: str) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(lms.studio(lesson))
    text = page.get_by_label("Lesson text")
    text.fill("half a lesson")
    expect(page.get_by_role("status").filter(has_text="not saved")).to_be_visible()
    page.wait_for_timeout(500)
    page.goto(lms.studio(lesson))
    expect(text).not_to_have_value("half a lesson")
    page.get_by_role("button", name="Bring it back").click()
    expect(text).to_have_value("half a lesson")


def test_a_save_that_does_not_arrive_keeps_the_text(page: Page, watch: Watch, lms: Workbench, lesson: str) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(lms.studio(lesson))
    page.route("**/save_lesson/**", lambda route: route.abort())
    page.get_by_label("Lesson text").fill("mine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="is still here")).to_be_visible()
    expect(page.get_by_label("Lesson text")).to_have_value("mine")
    watch.faults.clear()


def test_two_authors_do_not_overwrite_each_other_unawares(
    page: Page, watch: Watch, lms: Workbench, lesson: str
) -> None:
    other = page.context.new_page()
    for each in (page, other):
        each.goto(lms.studio(lesson))
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


def test_the_editor_fits_a_narrow_screen(page: Page, axe: Callable[..., None], lms: Workbench, lesson: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(lms.studio(lesson))
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe(page)


def test_the_preview_follows_the_text_and_a_new_step_goes_to_its_place(
    page: Page, axe: Callable[..., None], lms: Workbench, lesson: str
) -> None:
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(lms.studio(lesson))
    text, preview = page.get_by_label("Lesson text"), page.locator("[data-part=preview-page]")
    state = page.locator("[data-part=state]")
    expect(preview.locator(".ait--ready")).to_be_visible()
    expect(preview.locator(".ait-goto")).to_have_count(3)
    assert page.evaluate("document.activeElement.tagName") == "BODY", "the preview takes no focus"
    good = text.input_value()

    # A step is put in after the one with the caret, shown in the preview, and its title waits to be typed over.
    text.focus()
    at = good.index("{open-source}")
    text.evaluate("(each, at) => { each.setSelectionRange(at, at); each.click() }", at)
    page.get_by_label("New step").select_option("reflect")
    page.get_by_role("button", name="Put it in").click()
    expect(text).to_be_focused()
    page.keyboard.type("What now?")
    expect(preview.locator(".ait-goto")).to_have_count(4)
    expect(preview.locator(".ait-step:not([hidden]) .ait-step__title")).to_have_text("What now?")
    ids = [line for line in text.input_value().split("\n") if line.startswith(":::") and line != ":::"]
    assert [line.split()[0] for line in ids] == [":::reading", ":::choice", ":::reflect", ":::spot"]
    page.get_by_role("button", name="Put it in").click()
    assert 'id="new-reflect-2"' in text.input_value()
    for _ in range(40):
        page.keyboard.press("Control+z")
    expect(text).to_have_value(good)
    expect(preview.locator(".ait-goto")).to_have_count(3)
    axe(page)

    # A mistake is listed with its line while the preview keeps the last good text; the focus stays where it is.
    text.fill(good.replace("[x] {open-source}", "[y] {open-source}"))
    line = good[: good.index("{open-source}")].count("\n") + 1
    expect(page.get_by_role("button", name=f"Line {line}", exact=True)).to_be_visible()
    expect(state).to_have_text("2 to mend.")  # nor is any option right now
    expect(page.get_by_text("This is the text as it was before there were problems.")).to_be_visible()
    expect(preview.locator(".ait-goto")).to_have_count(3)
    expect(text).to_be_focused()
    axe(page)
    page.get_by_role("button", name=f"Line {line}", exact=True).press("Enter")
    assert text.evaluate("each => each.value.slice(each.selectionStart, each.selectionEnd)").startswith("- [y]")
    text.fill(good)
    expect(state).to_have_text("Nothing to mend.")

    # The preview shows the step that is being written, and keeps its place while it is.
    last = page.locator("[data-part=preview-page] .ait-step").last
    text.evaluate("each => { each.setSelectionRange(each.value.length - 5, each.value.length - 5); each.click() }")
    expect(last).to_be_visible()
    area = page.locator("[data-part=preview-area]")
    area.evaluate("each => { each.scrollTop = 150 }")
    page.keyboard.type(" ")
    page.wait_for_timeout(1200)
    expect(last).to_be_visible()
    assert area.evaluate("each => each.scrollTop") == 150
    page.get_by_label("Follow the text while I write").uncheck()
    text.fill(good.replace("title: ", "title: Quite "))
    page.wait_for_timeout(1000)
    expect(preview.get_by_text("Quite")).to_have_count(0)


def test_an_author_chooses_between_two_versions_and_sets_attempts(
    page: Page, watch: Watch, axe: Callable[..., None], lms: Workbench, lesson: str
) -> None:
    other = page.context.new_page()
    for each in (page, other):
        each.goto(lms.studio(lesson))
    good = page.get_by_label("Lesson text").input_value()
    other.get_by_label("Lesson text").fill(good.replace("minutes: 10", "minutes: 11"))
    other.get_by_text("Attempts and points").click()
    other.get_by_label("Most attempts").fill("two")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("status").filter(has_text="must be a whole number")).to_be_visible()
    other.get_by_label("Most attempts").fill("2")
    axe(other)
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("status").filter(has_text="Saved at")).to_be_visible()
    mine = good.replace("minutes: 10", "minutes: 12")
    page.get_by_label("Lesson text").fill(mine)
    page.get_by_role("button", name="Save").click()
    choice = page.get_by_role("group", name="Somebody else has saved")
    expect(choice).to_be_focused()
    axe(page)
    refused(watch, 409)
    choice.get_by_role("button", name="Take their version").click()
    expect(page.get_by_label("Lesson text")).to_have_value(good.replace("minutes: 10", "minutes: 11"))
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Lesson text")).to_have_value(mine)
    page.reload()
    page.goto(lms.learner(lesson, "student_9"))
    page.locator(".ait-goto").nth(1).click()
    expect(page.locator(".ait-step:not([hidden])").get_by_text("Attempts left: 2.")).to_be_visible()
