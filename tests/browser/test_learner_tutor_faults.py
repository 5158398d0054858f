"""When the tutor cannot answer, or is asked badly: the question is kept, and a plain sentence says what to do.

In a browser, with the real gateway; what the network does to a page is played by the browser's own routing.
"""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import Watch
from tests.support.tutor_page import MODULE, answered, ask
from tests.support.workbench import House

pytestmark = pytest.mark.browser


def test_a_question_that_did_not_arrive_is_kept_and_sent_again_under_the_same_key(tutor: Page, watch: Watch) -> None:
    keys: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/turns") and request.method == "POST":
            keys.append(json.loads(request.post_data or "{}")["key"])

    tutor.on("request", note)
    tutor.route("**/turns", lambda route: route.abort())
    ask(tutor, "Does it exist?")
    expect(tutor.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    expect(tutor.get_by_label("Your question")).to_have_value("Does it exist?")
    tutor.unroute("**/turns")
    tutor.get_by_role("button", name="Try again").click()
    answered(tutor)
    expect(tutor.locator(".ait-turn")).to_have_count(1)
    expect(tutor.locator(".ait-turn__answer")).to_contain_text("offline engine")
    assert keys[0] == keys[-1]
    watch.faults.clear()


def test_a_ticket_that_is_refused_is_renewed_once(tutor: Page, watch: Watch) -> None:
    spoilt: list[str] = []

    def spoil_first(route: Route) -> None:
        if route.request.method == "POST" and not spoilt:
            spoilt.append(route.request.url)
            route.continue_(headers={**route.request.headers, "authorization": "Bearer a.b.c"})
        else:
            route.continue_()

    tutor.route("**/turns", spoil_first)
    ask(tutor, "Does it say this?")
    answered(tutor)
    assert len(spoilt) == 1
    expect(tutor.locator(".ait-turn__answer")).not_to_be_empty()
    assert any("401" in fault for fault in watch.faults)
    watch.faults.clear()


def test_an_answer_that_breaks_off_says_so(tutor: Page) -> None:
    stream = 'event: text\r\ndata: {"text":"Half a "}\r\n\r\nevent: text\ndata: {"text":"sentence"}\n\n'
    cors = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/event-stream"}
    tutor.route("**/turns", lambda route: route.fulfill(status=200, headers=cors, body=stream))
    ask(tutor, "Is it still good law?")
    expect(tutor.get_by_role("alert").filter(has_text="stopped before its end")).to_be_visible()
    expect(tutor.get_by_label("Your question")).to_have_value("Is it still good law?")


def test_events_are_read_however_the_network_cuts_them(tutor: Page) -> None:
    stream = (
        ': hello\r\nevent: text\r\ndata: {"text":\r\ndata: "a"}\r\n\r\n'
        'data: plain\n\nevent:citation\ndata:{"n":1}\r\revent: lonely\n\ndata: last\n\n'
    )
    wanted = [["text", '{"text":\n"a"}'], ["message", "plain"], ["citation", '{"n":1}'], ["message", "last"]]
    got = tutor.evaluate(
        """stream => [1, 2, 3, 5, 7, 1000].map(size => {
            const events = [];
            const feed = AiTutorEvents.parser((name, data) => events.push([name, data]));
            for (let at = 0; at < stream.length; at += size) feed(stream.slice(at, at + size));
            return events;
        })""",
        stream,
    )
    assert got == [wanted] * 6


def test_a_tutor_that_is_switched_off_keeps_the_question_and_says_so(tutor: Page, watch: Watch) -> None:
    body = {"error": {"code": "tutor_off", "message": "The tutor is switched off at the moment.", "retry": True}}
    tutor.route(
        "**/turns", lambda route: route.fulfill(status=503, json=body, headers={"Access-Control-Allow-Origin": "*"})
    )
    ask(tutor, "What is an invented authority?")
    expect(tutor.locator(".ait-turn__error")).to_contain_text("The tutor is switched off at the moment.")
    expect(tutor.get_by_label("Your question")).to_have_value("What is an invented authority?")
    watch.faults.clear()  # the browser's own line about the 503


def test_a_double_click_asks_once_and_complains_of_nothing(tutor: Page) -> None:
    tutor.get_by_label("Your question").fill("How do I check whether a case exists?")
    tutor.get_by_role("button", name="Send").dblclick()
    expect(tutor.locator("[data-part=ask-error]")).to_be_empty()
    answered(tutor)
    expect(tutor.locator("[data-part=ask-error]")).to_be_empty()


def test_a_question_during_an_answer_waits_and_is_not_told_so_for_ever(tutor: Page) -> None:
    ask(tutor, "How do I check whether a case exists?")
    ask(tutor, "And where do I look up an Act?")
    expect(tutor.locator("[data-part=ask-error]")).to_contain_text("Wait for the answer")
    answered(tutor)
    expect(tutor.locator("[data-part=ask-error]")).to_be_empty()
    expect(tutor.get_by_label("Your question")).to_have_value("And where do I look up an Act?")


def test_too_long_and_empty_questions_are_stopped_before_they_are_sent(tutor: Page) -> None:
    sent: list[str] = []
    tutor.on("request", lambda request: sent.append(request.url) if request.url.endswith("/turns") else None)
    tutor.get_by_role("button", name="Send").click()
    expect(tutor.get_by_text("Write a question first.")).to_be_visible()
    ask(tutor, "x" * 4001)
    expect(tutor.get_by_text("Too long: 4001 of 4000 characters.")).to_be_visible()
    assert sent == []


def test_a_tutor_that_is_away_leaves_the_lesson_and_comes_back(
    page: Page, watch: Watch, running: House, student: str
) -> None:
    page.route("**/conversation", lambda route: route.abort())
    page.goto(running.lms.learner(MODULE, student))
    expect(page.get_by_text("The tutor cannot be reached at the moment.")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-part=position]")).to_have_text(re.compile("^Step 2 of "))
    page.unroute("**/conversation")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_label("Your question")).to_be_visible()
    watch.faults.clear()


def test_a_tutor_that_says_nothing_is_given_up_and_the_question_is_kept(tutor: Page, watch: Watch) -> None:
    tutor.clock.install()
    tutor.route("**/turns", lambda route: None)
    ask(tutor, "What is a misused authority?")
    expect(tutor.get_by_text("The tutor is writing…").first).to_be_visible()
    tutor.clock.run_for(61_000)
    expect(tutor.locator(".ait-turn__error")).to_contain_text("Your question is still here")
    expect(tutor.get_by_label("Your question")).to_have_value("What is a misused authority?")
    tutor.unroute("**/turns")
    tutor.locator(".ait-turn__error").get_by_role("button", name="Try again").click()
    answered(tutor)
    watch.faults.clear()
