"""The tutor in a browser, with the real gateway and the offline engine: streaming, citations, what is held back,
reload and deletion. Figures are measured in the page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.support.tutor_page import MODULE, answered, ask
from tests.support.workbench import ROOT, House
from xblock_ai_tutor.lesson import Lesson, parse_lesson

pytestmark = pytest.mark.browser

NINO, EMAIL = "AB 12 34 56 C", "pat.example@department.example"


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return parse_lesson((ROOT / "content" / "modules" / MODULE / "lesson.md").read_text(encoding="utf-8"))


def test_text_appears_well_before_the_answer_is_complete_and_is_said_once(tutor: Page) -> None:
    tutor.evaluate(
        """() => {
            window.seen = {texts: [], said: []};
            const root = document.querySelector(".ait");
            let shown = "";
            new MutationObserver(() => {
                const stream = root.querySelector(".ait-turn__stream");
                const text = stream ? stream.textContent : "";
                if (text && text !== shown) seen.texts.push([performance.now(), text.length]);
                shown = text;
                if (stream) seen.hidden = stream.getAttribute("aria-hidden");
            }).observe(root.querySelector("[data-part=turns]"), {subtree: true, childList: true, characterData: true});
            const live = root.querySelector("[data-part=live]");
            new MutationObserver(() => { if (live.textContent) seen.said.push([performance.now(), live.textContent]); })
                .observe(live, {childList: true, characterData: true, subtree: true});
        }"""
    )
    ask(tutor, "How do I check whether a case exists?")
    answered(tutor)
    tutor.wait_for_function("seen.said.length > 0")
    seen: dict[str, Any] = tutor.evaluate("seen")
    first, last = seen["texts"][0][0], seen["texts"][-1][0]
    said_at, said = seen["said"][0]
    assert len(seen["texts"]) >= 3
    assert last - first > 500, "the first text comes more than half a second before the last"
    assert seen["hidden"] == "true", "what is being written is not read out piece by piece"
    assert len(seen["said"]) == 1
    assert said_at > last
    answer = tutor.locator(".ait-turn__answer").inner_text()
    assert re.sub(r"\W", "", answer) in re.sub(r"\W", "", said)


def test_a_citation_leads_to_a_passage_that_exists_and_back(
    tutor: Page, axe: Callable[..., None], lesson: Lesson
) -> None:
    ask(tutor, "Why does an invented citation look right?")
    answered(tutor)
    link = tutor.locator(".ait-cite").first
    passage = link.get_attribute("data-passage")
    (found,) = [one for one in lesson.passages if one.id == passage]
    axe(tutor)
    link.focus()
    tutor.keyboard.press("Enter")
    target = tutor.locator(f"[data-passage={passage}].ait-passage")
    expect(target).to_be_focused()
    expect(target).to_be_in_viewport()
    assert " ".join(target.inner_text().split())[:20] == found.text.replace("| ", "")[:20]
    axe(tutor)
    tutor.keyboard.press("Tab")
    back = tutor.get_by_role("button", name="Back to the tutor’s answer")
    back.click()
    expect(link).to_be_focused()
    expect(back).to_be_hidden()


def test_what_is_held_back_is_shown_and_is_nowhere(tutor: Page, running: House) -> None:
    ask(tutor, f"My number is {NINO} and my address is {EMAIL}. What is a misused authority?")
    answered(tutor)
    notice = tutor.locator(".ait-turn__notice--redacted")
    expect(notice).to_contain_text("National Insurance number")
    expect(notice).to_contain_text("e-mail address")
    expect(tutor.locator(".ait-turn__you")).to_contain_text(NINO)
    tutor.reload()
    expect(tutor.locator(".ait-turn__you")).to_contain_text(NINO)
    expect(tutor.locator(".ait-turn__notice--redacted")).to_be_visible()
    expect(tutor.locator(".ait-turn__answer")).to_contain_text("offline engine")
    for words in (NINO, NINO.replace(" ", ""), EMAIL, "misused authority?"):
        assert not holders(running, words)


def holders(running: House, words: str) -> list[Path]:
    """Every file of the LMS and the gateway that holds the words."""
    folders = (running.lms.data, running.data)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "tracking.log" for path in files)
    return [path for path in files if words.encode() in path.read_bytes()]


def test_what_was_held_back_is_still_in_sight_when_the_answer_is_complete(tutor: Page) -> None:
    ask(tutor, f"My number is {NINO}. How can I tell whether a case in an AI-written note is real?")
    answered(tutor)
    expect(tutor.locator(".ait-turn__notice-title")).to_be_in_viewport()
    hidden = tutor.evaluate(
        """() => {
            const log = document.querySelector("[data-part=log]").getBoundingClientRect();
            return log.top - document.querySelector(".ait-turn__notice-title").getBoundingClientRect().top;
        }"""
    )
    assert hidden <= 0


def test_a_marked_prompt_is_blocked_and_says_why(tutor: Page, axe: Callable[..., None], running: House) -> None:
    ask(tutor, "OFFICIAL–SENSITIVE: please look at this draft")
    answered(tutor)
    expect(tutor.locator(".ait-turn__notice--blocked")).to_contain_text("OFFICIAL")
    expect(tutor.locator(".ait-turn__answer")).to_be_empty()
    axe(tutor)
    tutor.wait_for_timeout(300)
    turns = [line for line in running.lms.tracking() if line["event_type"] == "ai_tutor.tutor.turn"]
    assert turns[-1]["event"]["status"] == "blocked"


def test_a_turn_is_counted_without_a_word_of_it(tutor: Page, running: House, student: str) -> None:
    ask(tutor, "Which three questions should I ask, zebra crossing?")
    answered(tutor)
    tutor.wait_for_timeout(300)
    mine = [line for line in running.lms.tracking() if line["username"] == student]
    opened = next(line["event"] for line in mine if line["event_type"] == "ai_tutor.tutor.opened")
    assert re.fullmatch(r"[0-9a-f]{32}", opened["learner"])
    (turn,) = [line["event"] for line in mine if line["event_type"] == "ai_tutor.tutor.turn"]
    assert (turn["status"], turn["step_id"]) == ("answered", "why-it-looks-right")
    assert "zebra" not in running.lms.tracking_text()


def test_the_three_facts_and_the_retention_are_shown_apart(tutor: Page) -> None:
    facts = tutor.locator(".ait-where__facts")
    for fact in ("Stored in", "Processed in", "Usage metadata in"):
        expect(facts).to_contain_text(fact)
    expect(facts).not_to_contain_text("not known yet")
    expect(tutor.locator("[data-part=kept]")).to_contain_text(re.compile(r"Kept for \d+ days"))


def test_progressive_display_can_be_turned_off_and_stays_off(tutor: Page) -> None:
    tutor.get_by_label("Show the answer while it is written").uncheck()
    tutor.reload()
    expect(tutor.get_by_label("Show the answer while it is written")).not_to_be_checked()
    expect(tutor.get_by_label("Your question")).to_be_visible()
    tutor.evaluate(
        """() => {
            window.shown = new Set();
            new MutationObserver(() => {
                const stream = document.querySelector(".ait-turn__stream");
                if (stream) shown.add(stream.textContent);
            }).observe(document.querySelector("[data-part=turns]"), {subtree: true, childList: true});
        }"""
    )
    ask(tutor, "What is an authority?")
    answered(tutor)
    assert tutor.evaluate("[...shown]") == ["The tutor is writing…"]
    expect(tutor.locator(".ait-turn__answer")).not_to_be_empty()


def test_html_of_an_answer_is_kept_to_the_contract_a_second_time(tutor: Page, watch: Watch) -> None:
    html = (
        '<p onclick="x()">Fine <b>bold</b> <a href="javascript:x()">bad</a> <a href="https://www.gov.uk/x">good</a>'
        '<a class="ait-cite" data-passage="p-12ab34cd" href="#x">[1]</a><img src=x onerror=x()><script>x()</script></p>'
    )
    done = {"turn": "t", "status": "answered", "html": html, "citations": [], "receipt": "", "remaining_tokens": 1}
    cors = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/event-stream"}
    body = f"event: done\ndata: {json.dumps(done)}\n\n"
    tutor.route("**/turns", lambda route: route.fulfill(status=200, headers=cors, body=body))
    ask(tutor, "A question")
    answered(tutor)
    assert tutor.locator(".ait-turn__answer").inner_html() == (
        '<p>Fine bold <a>bad</a> <a href="https://www.gov.uk/x" rel="noopener noreferrer">good</a>'
        '<a class="ait-cite" data-passage="p-12ab34cd" href="#p-12ab34cd" '
        'aria-label="Passage 1: show it in the lesson">[1]</a></p>'
    )
    tutor.locator(".ait-cite").click()
    expect(tutor.get_by_text("That passage is not in this version of the lesson.")).to_be_visible()
    # Chromium reports the handlers that it refused while the HTML was parsed, in a document that runs nothing.
    assert all("Content Security Policy" in fault for fault in watch.faults)
    watch.faults.clear()


def test_what_is_left_of_the_tutor_is_said_under_the_question(tutor: Page) -> None:
    left = tutor.locator("[data-part=allowance]")
    expect(left).to_have_text(
        re.compile(r"^Left of your allowance for today: \d+ %\. It is whole again on .+ \(UTC\)\.$")
    )
    ask(tutor, "What is an invented authority?")
    answered(tutor)
    expect(left).to_have_text(re.compile(r"\d+ %"))


def test_a_learner_deletes_the_conversation_for_good(tutor: Page, running: House) -> None:
    ask(tutor, "What is an invented authority?")
    answered(tutor)
    tutor.get_by_role("button", name="Delete this conversation").click()
    keep = tutor.get_by_role("button", name="Keep it")
    expect(keep).to_be_focused()
    keep.click()
    expect(tutor.locator(".ait-turn")).to_have_count(1)
    tutor.get_by_role("button", name="Delete this conversation").click()
    tutor.get_by_role("button", name="Delete it").click()
    expect(tutor.get_by_text("The conversation is deleted.")).to_be_visible()
    expect(tutor.locator(".ait-turn")).to_have_count(0)
    tutor.reload()
    expect(tutor.get_by_label("Your question")).to_be_visible()
    expect(tutor.locator(".ait-turn")).to_have_count(0)
    ask(tutor, "And now?")
    answered(tutor)


def test_a_full_stop_after_a_citation_does_not_start_a_line(tutor: Page) -> None:
    ask(tutor, "Why does an invented citation look right?")
    answered(tutor)
    tops = """() => [...document.querySelectorAll(".ait-cite")].map(cite => {
        const stop = cite.nextSibling;
        const range = document.createRange();
        range.selectNodeContents(stop);
        const [chip, box] = [cite.getBoundingClientRect(), range.getBoundingClientRect()];
        return [stop.data, box.top < chip.bottom && box.bottom > chip.top && box.left >= chip.right - 1];
    })"""
    for width in range(320, 420, 7):
        tutor.set_viewport_size({"width": width, "height": 800})
        for stop, beside in tutor.evaluate(tops):
            assert (stop[0], beside) == (".", True), width


def test_on_a_narrow_screen_a_link_leads_to_the_tutor_below_the_lesson(tutor: Page) -> None:
    link = tutor.get_by_role("link", name="Ask the tutor")
    expect(link).to_be_hidden()  # it stands beside the lesson
    tutor.set_viewport_size({"width": 320, "height": 700})
    link.focus()
    tutor.keyboard.press("Enter")
    heading = tutor.get_by_role("heading", name="Ask the tutor")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()


def test_a_conversation_fits_a_narrow_screen(tutor: Page, axe: Callable[..., None]) -> None:
    tutor.set_viewport_size({"width": 320, "height": 700})
    ask(tutor, f"{NINO} " + "averylongwordwithoutspaces" * 8)
    answered(tutor)
    assert tutor.evaluate("document.documentElement.scrollWidth") <= 320
    axe(tutor)
