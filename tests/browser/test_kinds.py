"""Every kind of step in a browser: by keyboard alone, through axe, at 320 px in the dark, and where words go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.support.lessons import AUTHORING, HEAD
from tests.support.workbench import Workbench, workbench
from xblock_ai_tutor.lesson import Lesson, parse_lesson

pytestmark = pytest.mark.browser

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 12"><rect width="40" height="12" fill="#dde"/></svg>'
STEPS = "".join(re.findall(r"^```steps\n(.*?)^```$", AUTHORING.read_text("utf-8"), re.MULTILINE | re.DOTALL))
GLOSSARY = "glossary:\n  - term: footnote\n    meaning: A note at the foot of the page.\n---\n"
LESSON = (HEAD.removesuffix("---\n") + GLOSSARY + STEPS).replace(
    "The note says “section 10”", "The [[footnote]] says so"
)
CHOICE = """\
:::choice id="{name}" title="{name}"
Which?

- [x] {{a}} This
  > Yes, this.
- [ ] {{b}} That
  > No, that.
:::
"""
FORM = HEAD.replace("id: example\n", "id: a-test\nform:\n  test: course\n  name: pre\n")
TEST = FORM + CHOICE.format(name="one") + CHOICE.format(name="two")


@pytest.fixture(scope="module")
def lms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    content = tmp_path_factory.mktemp("content")
    for name, text in (("01-kinds", LESSON), ("02-test", TEST)):
        folder = content / "modules" / name
        (folder / "static").mkdir(parents=True)
        (folder / "lesson.md").write_text(text, encoding="utf-8")
        (folder / "static" / "from-note-to-act.svg").write_text(PICTURE, encoding="utf-8")
    with workbench(tmp_path_factory.mktemp("lms"), content=Path(content)) as running:
        yield running


def answer_with_keys(page: Page, words: str) -> None:
    """Go through the step with Tab alone: choose something everywhere, write where one can, press the step's button."""
    for _ in range(120):
        page.keyboard.press("Tab")
        at: dict[str, Any] = page.evaluate(
            """() => {
                const at = document.activeElement;
                const inForm = at.closest(".ait-step:not([hidden]) .ait-form") !== null;
                return {tag: at.tagName, type: at.type || "", inForm};
            }"""
        )
        if not at["inForm"]:
            continue
        if at["type"] in {"radio", "checkbox"}:
            page.keyboard.press("Space")
        elif at["tag"] == "SELECT":
            page.keyboard.press("ArrowDown")
        elif at["tag"] == "TEXTAREA":
            page.keyboard.type(words)
        elif at["type"] == "submit":
            page.keyboard.press("Enter")
            return
    pytest.fail("Tab never reached the step's button.")


def test_every_kind_can_be_done_with_the_keyboard_alone_and_no_word_leaves_the_browser(
    page: Page, axe: Callable[..., None], lms: Workbench
) -> None:
    lesson: Lesson = parse_lesson(LESSON)
    sent: list[str] = []

    def note(request: Request) -> None:
        sent.append(request.post_data or "")

    page.on("request", note)
    page.goto(lms.learner("01-kinds", "student_2000"))
    step_shown = page.locator(".ait-step:not([hidden])")
    for number, step in enumerate(lesson.steps, 1):
        kind = step.activity.kind
        expect(page.locator("[data-part=position]")).to_have_text(f"Step {number} of {len(lesson.steps)}")
        if kind == "scenario":
            expect(step_shown).not_to_contain_text("One says that the ferry stops in May.")
        axe(page)
        answer_with_keys(page, f"Zebulon wrote this in a {kind}.")
        if kind == "scenario":
            expect(step_shown).to_contain_text("One says that the ferry stops in May.")
            expect(step_shown.locator("[data-focus]")).to_be_focused()  # on what follows from the choice
            axe(page)
            answer_with_keys(page, "")
            expect(step_shown).to_contain_text("The story ends here. Best choices: 2 of 2.")
        if kind in {"reading", "reflect"}:
            continue
        expect(step_shown.locator(":focus")).to_be_in_viewport()
        axe(page)
        if kind == "prompt-lab":
            expect(step_shown.locator("textarea")).to_have_value("Zebulon wrote this in a prompt-lab.")
        page.get_by_role("button", name="Next step").focus()
        page.keyboard.press("Enter")
    expect(page.get_by_text("You have done every step of this lesson.").first).to_be_visible()

    # The prompt was sent to be marked, once; what was thought was not. Neither is anywhere on the server.
    assert [body.count("Zebulon") for body in sent if "Zebulon" in body] == [1]
    assert "in a reflect" not in "".join(sent)
    files = [path.read_bytes() for path in lms.data.rglob("*") if path.is_file()]
    assert not [content for content in files if b"Zebulon" in content]

    page.reload()
    page.get_by_role("button", name=lesson.steps[-1].title).first.click()
    expect(step_shown.locator("textarea")).to_have_value("Zebulon wrote this in a reflect.")
    page.set_viewport_size({"width": 320, "height": 800})
    page.emulate_media(color_scheme="dark")
    for step in lesson.steps:
        page.locator(f'[data-goto="{step.id}"]').click()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), step.id
        axe(page)
    assert page.evaluate("Array.from(document.images, (image) => image.naturalWidth > 0)") == [True]


def test_a_test_keeps_answers_and_tells_results_when_all_is_handed_in(page: Page, lms: Workbench) -> None:
    page.goto(lms.learner("02-test", "student_2001"))
    shown = page.locator(".ait-step:not([hidden])")
    shown.get_by_label("That").check()
    shown.get_by_role("button", name="Check my answer").click()
    expect(shown.get_by_text("Your answer is kept.")).to_be_focused()
    expect(shown.locator("[type=submit]")).to_have_count(0)
    assert "No, that." not in page.content()
    page.get_by_role("button", name="Next step").click()
    shown.get_by_label("This").check()
    shown.get_by_role("button", name="Check my answer").click()
    expect(shown).to_contain_text("Yes, this.")
    page.get_by_role("button", name="Back").click()
    expect(shown).to_contain_text("No, that.")
    expect(page.locator(".ait-tutor")).to_have_count(0)
