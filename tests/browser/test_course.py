"""The whole course in a browser: every module by keyboard alone, through axe at every step; module 1 in each language.

`test_kinds` looks at each kind of step closely; here it is asked whether everybody can finish what authors wrote.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.workbench import ROOT, Workbench, workbench
from xblock_ai_tutor.lesson import parse_lesson

pytestmark = pytest.mark.browser

MODULES = ROOT / "content" / "modules"
LESSONS = {
    f"{path.parent.name}{''.join(path.suffixes[:-1]).replace('.', '-')}": path
    for path in sorted(MODULES.glob("*/lesson*.md"))
}
LONGEST_STORY = 8  # choices on the longest path through a scenario
PROMPT = "Write an e-mail for my team. At most 100 words, as a list. Quote the line behind each point."


@pytest.fixture(scope="module")
def lms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """Each lesson, in each of its languages, as a module of its own: the workbench serves one lesson a folder."""
    content = tmp_path_factory.mktemp("content")
    for name, path in LESSONS.items():
        folder = content / "modules" / name
        shutil.copytree(path.parent / "static", folder / "static") if (path.parent / "static").exists() else None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lesson.md").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    with workbench(tmp_path_factory.mktemp("lms"), content=Path(content)) as running:
        yield running


def answer_with_keys(page: Page) -> None:
    """Tab through the step's form, choose something everywhere, write where one can, press its button."""
    for _ in range(150):
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
            page.keyboard.type(PROMPT)
        elif at["type"] == "submit":
            with page.expect_response("**/submit/**"):
                page.keyboard.press("Enter")
            return
    pytest.fail("Tab never reached the step's button.")


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_can_be_finished_by_keyboard_and_passes_axe_at_every_step(
    page: Page, axe: Callable[..., None], lms: Workbench, name: str
) -> None:
    lesson = parse_lesson(LESSONS[name].read_text(encoding="utf-8"))
    page.goto(lms.learner(name, "student_3000"))
    shown = page.locator(".ait-step:not([hidden])")
    for number, step in enumerate(lesson.steps):
        expect(shown.get_by_role("heading", name=step.title, exact=True).first).to_be_visible()
        if not step.activity.possible:
            axe(page)  # before: it goes on by itself
        answer_with_keys(page)
        if step.activity.kind == "scenario":
            for _ in range(LONGEST_STORY):
                if shown.locator("input[type=radio]").count() == 0:
                    break
                answer_with_keys(page)
        if step.activity.possible:
            expect(shown.locator(":focus")).to_be_visible()
            axe(page)  # after: with all feedback
            if number + 1 < len(lesson.steps):
                page.locator(f'[data-goto="{lesson.steps[number + 1].id}"]').focus()
                page.keyboard.press("Enter")
    total = len(lesson.steps)
    assert page.locator(".ait-goto").count() == total
    expect(page.locator("[data-part=done-of]")).to_contain_text(str(total))
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    submitted = [line["event"] for line in lms.tracking() if line["event_type"] == "ai_tutor.lesson.completed"]
    assert lesson.id in {event["lesson_id"] for event in submitted}
