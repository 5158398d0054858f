"""The learner's words beside the lesson: finding a passage by keyboard, where the words go, an activity that asks for
comments on a prompt, a network that goes away, and two languages on one page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Watch
from tests.support.lessons import SMALL_LESSON
from tests.support.tutor_page import MODULE
from tests.support.workbench import ROOT, House, house

pytestmark = pytest.mark.browser

WELSH = "05-cymraeg"
IN_WELSH = SMALL_LESSON.replace("language: en", "language: cy")
ASK = "Ask the tutor about this prompt"
PROMPT = "Summarise the report below for a minister."

PROMPTS = "06-prompts"
_READING = SMALL_LESSON[SMALL_LESSON.index(":::reading") : SMALL_LESSON.index(":::choice")]
WITH_A_PROMPT = (
    SMALL_LESSON[: SMALL_LESSON.index(":::reading")]
    + f"""\
:::prompt-lab id="ask-for-a-summary" title="Write the prompt"
Write a prompt that turns this note into a summary for your minister.

> The Harbour Board closes the north quay in August. The ferry will use the south quay.

- {{task}} Says what to make of the note: a summary
  > Start with a verb: summarise, shorten, list.
:::

{_READING}"""
)
LISTEN = """() => {
    window.said = [];
    const live = document.querySelector("[data-part=live]");
    new MutationObserver(() => { if (live.textContent) said.push(live.textContent); }).observe(live, {childList: true});
}"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    content = tmp_path_factory.mktemp("content")
    course = ROOT / "content" / "modules" / MODULE / "lesson.md"
    for name, text in ((MODULE, course.read_text()), (WELSH, IN_WELSH), (PROMPTS, WITH_A_PROMPT)):
        folder = content / "modules" / name
        folder.mkdir(parents=True)
        (folder / "lesson.md").write_text(text)
    with house(tmp_path_factory.mktemp("house"), content=content, pace_ms=20) as started:
        yield started


@pytest.fixture
def prompt_lab(page: Page, running: House, student: str) -> Page:
    """The page of a lesson that begins with a prompt to write, with a prompt written and checked."""
    page.goto(running.lms.learner(PROMPTS, student))
    expect(page.get_by_label("Your question")).to_be_visible()
    expect(page.get_by_role("button", name=ASK)).to_have_count(0)
    page.get_by_label("Your prompt").fill(PROMPT)
    page.get_by_role("button", name="Check my prompt").click()
    expect(page.get_by_role("button", name=ASK)).to_be_visible()
    return page


def tab_to(page: Page, name: str) -> None:
    """Go on by the Tab key alone until the element with that name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.textContent"):
            return
    raise AssertionError(f"The Tab key never comes to {name}.")


def test_a_passage_is_found_and_reached_by_keyboard_alone(tutor: Page, axe: Callable[..., None]) -> None:
    tutor.evaluate(LISTEN)
    tutor.get_by_label("Your question").focus()
    tutor.keyboard.type("Why does an invented citation look right?")
    tab_to(tutor, "Show me where that is in the lesson")
    tutor.keyboard.press("Enter")
    places = tutor.locator(".ait-turn:not([aria-busy]) .ait-place")
    expect(places.first).to_be_visible()
    axe(tutor)
    tutor.wait_for_function("said.length > 0")
    assert len(tutor.evaluate("said")) == 1, "the answer is announced once"
    expect(tutor.locator(".ait-turn .ait-speaker")).to_have_text(["You, looking for the passage", "Tutor"])
    tutor.get_by_label("Conversation with the tutor").focus()
    tutor.keyboard.press("Tab")
    expect(places.first).to_be_focused()
    passage = places.first.get_attribute("data-passage")
    tutor.keyboard.press("Enter")
    expect(tutor.locator(f"[data-passage={passage}].ait-passage")).to_be_focused()
    tutor.keyboard.press("Tab")
    tutor.keyboard.press("Enter")
    expect(places.first).to_be_focused()
    # Without words of its own the button is about what was asked last.
    tutor.get_by_role("button", name="Show me where that is").click()
    expect(tutor.locator(".ait-turn:not([aria-busy])")).to_have_count(2)
    expect(tutor.locator(".ait-turn__text").last).to_have_text("Why does an invented citation look right?")


def test_where_the_words_go_is_three_facts_with_their_evidence_and_date(tutor: Page, axe: Callable[..., None]) -> None:
    summary = tutor.locator("summary", has_text="Where your words go")
    expect(tutor.locator(".ait-where__facts")).to_be_hidden()
    summary.focus()
    tutor.keyboard.press("Enter")
    facts = tutor.locator(".ait-where__facts > div")
    expect(facts).to_have_count(3)
    for fact, name in zip(facts.all(), ("Stored in", "Processed in", "Usage metadata in"), strict=True):
        expect(fact).to_contain_text(re.compile(f"^{name}United Kingdom.+endpoint"))
    expect(tutor.locator("[data-part=attested]")).to_have_text(re.compile(r"^Checked on \d{1,2} [A-Z][a-z]+ \d{4}\.$"))
    expect(tutor.get_by_text("The tutor is software and can be wrong.")).to_have_count(1)
    axe(tutor)


def test_an_activity_has_a_prompt_commented_on_beside_it(prompt_lab: Page, axe: Callable[..., None]) -> None:
    prompt_lab.evaluate(LISTEN)
    prompt_lab.get_by_label("Your prompt").focus()
    tab_to(prompt_lab, ASK)
    prompt_lab.keyboard.press("Enter")
    told = prompt_lab.locator(".ait-told")
    expect(told.locator(".ait-turn:not([aria-busy]) .ait-review__item")).to_have_count(5)
    expect(told.locator(".ait-review__verdict")).to_have_text(["There", "There", "Missing", "Missing", "Missing"])
    expect(told.locator(".ait-review__item--missing .ait-review__comment").first).to_contain_text("length, tone")
    expect(told.locator(".ait-review__item--met .ait-review__comment")).to_have_count(0)
    expect(prompt_lab.locator("[data-part=turns] .ait-turn")).to_have_count(0)
    prompt_lab.wait_for_function("said.length > 0")
    (said,) = prompt_lab.evaluate("said")
    assert said.count("Limits") == 1
    for look in ({"color_scheme": "dark"}, {"forced_colors": "active"}, {"forced_colors": "none"}):
        prompt_lab.emulate_media(**look)  # type: ignore[arg-type]
        prompt_lab.wait_for_timeout(250)  # colours change over 120 ms
        axe(prompt_lab)
    prompt_lab.set_viewport_size({"width": 320, "height": 700})
    assert prompt_lab.evaluate("document.documentElement.scrollWidth") <= 320
    axe(prompt_lab)
    # It was a turn like any other: it is in the conversation, and can be deleted there.
    prompt_lab.reload()
    expect(prompt_lab.locator("[data-part=turns] .ait-turn__text")).to_have_text(PROMPT)


def test_a_network_that_goes_away_costs_neither_the_words_nor_a_second_turn(prompt_lab: Page, watch: Watch) -> None:
    keys: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/turns") and request.method == "POST":
            keys.append(json.loads(request.post_data or "{}")["key"])

    prompt_lab.on("request", note)
    prompt_lab.get_by_label("Your question").fill("What is likely to come next?")
    prompt_lab.keyboard.press("Control+Enter")
    answers = prompt_lab.locator("[data-part=turns] .ait-turn:not([aria-busy]) .ait-turn__answer")
    expect(answers).not_to_be_empty()
    prompt_lab.context.set_offline(True)
    prompt_lab.get_by_label("Your question").fill("Does it look anything up?")
    prompt_lab.keyboard.press("Control+Enter")
    expect(prompt_lab.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    expect(prompt_lab.get_by_label("Your question")).to_have_value("Does it look anything up?")
    prompt_lab.get_by_role("button", name=ASK).click()
    told = prompt_lab.locator(".ait-told")
    expect(told.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(prompt_lab.get_by_label("Your prompt")).to_have_value(PROMPT)
    expect(prompt_lab.get_by_label("Your question")).to_have_value("Does it look anything up?")
    prompt_lab.context.set_offline(False)
    told.get_by_role("button", name="Try again").click()
    expect(told.locator(".ait-turn:not([aria-busy]) .ait-review__item")).to_have_count(5)
    prompt_lab.locator("[data-part=turns]").get_by_role("button", name="Try again").click()
    expect(answers.last).to_contain_text("lesson")
    assert sorted(map(keys.count, set(keys))) == [1, 2, 2]
    watch.faults.clear()


def test_an_answer_shown_at_once_shows_its_rubric_at_once_too(prompt_lab: Page) -> None:
    prompt_lab.get_by_label("Show the answer while it is written").uncheck()
    prompt_lab.evaluate(
        """() => {
            window.shown = new Set();
            new MutationObserver(() => {
                const stream = document.querySelector(".ait-told .ait-turn__stream");
                if (stream) shown.add(stream.textContent);
            }).observe(document.querySelector(".ait"), {subtree: true, childList: true});
        }"""
    )
    prompt_lab.get_by_role("button", name=ASK).click()
    expect(prompt_lab.locator(".ait-told .ait-turn__answer .ait-review__item")).to_have_count(5)
    assert prompt_lab.evaluate("[...shown]") == ["The tutor is writing…"]


def test_each_part_of_the_page_says_which_language_it_is_in(
    page: Page, running: House, student: str, axe: Callable[..., None]
) -> None:
    """The lesson is in Welsh; the interface in English."""
    page.goto(running.lms.learner(WELSH, student))
    question = page.get_by_label("Your question")
    expect(question).to_be_visible()
    question.fill("A model writes words. What does it look up?")
    question.press("Control+Enter")
    expect(page.locator(".ait-turn:not([aria-busy]) .ait-turn__answer")).not_to_be_empty()
    spoken: dict[str, Any] = page.evaluate(
        """() => Object.fromEntries([
            ".ait-title", ".ait-length", ".ait-position", ".ait-goto__title", ".ait-step__title",
            "[data-panel]:not([hidden]) [type=submit]", "[data-part=send]", "[data-part=where]", ".ait-greeting",
            ".ait-speaker", ".ait-turn__answer", "[data-part=allowance]", ".ait-opinions", "[data-part=back]",
            ".ait-where__more",
        ].map(one => [one, document.querySelector(one).closest("[lang]").lang]))"""
    )
    lesson = {".ait-title", ".ait-goto__title", ".ait-step__title", ".ait-greeting", ".ait-turn__answer"}
    lesson |= {"[data-panel]:not([hidden]) [type=submit]", "[data-part=allowance]"}
    assert spoken == {one: "cy" if one in lesson else "en" for one in spoken}
    expect(page.locator("[data-panel]:not([hidden]) [type=submit]")).to_have_text("Parhau")
    page.get_by_role("button", name="Parhau").click()
    back = page.get_by_role("button", name="Back: Why check")
    assert back.locator("span").get_attribute("lang") == "cy"
    axe(page)
