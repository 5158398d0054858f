"""What a learner says of an answer, and taking the conversation along, in a browser with the real gateway."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.tutor_page import ask

pytestmark = pytest.mark.browser


@pytest.fixture
def answered(tutor: Page) -> Page:
    """A learner's page with one answer of the tutor's."""
    ask(tutor, "How do I check whether a case of pat@dept.example exists?")
    expect(tutor.locator(".ait-opinions")).to_have_count(1, timeout=30_000)
    return tutor


def test_a_thumb_is_pressed_kept_over_a_reload_and_taken_back(answered: Page) -> None:
    helpful = answered.get_by_role("button", name="Helpful", exact=True)
    helpful.press("Enter")
    expect(helpful).to_have_attribute("aria-pressed", "true")
    answered.reload()
    expect(helpful).to_have_attribute("aria-pressed", "true")
    helpful.press("Enter")
    expect(answered.locator(".ait-opinions__told")).to_have_text("Taken back.")
    answered.reload()
    expect(helpful).to_have_attribute("aria-pressed", "false")


def test_an_answer_is_reported_by_keyboard_after_being_told_who_will_read_it(
    answered: Page, axe: Callable[..., None]
) -> None:
    answered.get_by_role("button", name="Report this answer").press("Enter")
    expect(answered.get_by_text("A person who looks after the tutor will read")).to_be_visible()
    expect(answered.get_by_role("button", name="It is wrong")).to_be_focused()
    axe(answered)
    answered.keyboard.press("Escape")
    expect(answered.get_by_role("button", name="Report this answer")).to_be_focused()
    answered.keyboard.press("Enter")
    answered.get_by_role("button", name="It worries me").press("Enter")
    expect(answered.locator(".ait-opinions__told")).to_be_focused()
    answered.reload()
    expect(answered.get_by_text("Reported. A person will look at it.")).to_be_visible()
    expect(answered.get_by_role("button", name="Report this answer")).to_have_count(0)


@pytest.mark.parametrize(("form", "button"), [("html", "Download to read"), ("json", "Download as data")])
def test_the_conversation_comes_along_as_a_file(answered: Page, form: str, button: str) -> None:
    with answered.expect_download() as download:
        answered.get_by_role("button", name=button).press("Enter")
    assert download.value.suggested_filename == f"tutor-conversation.{form}"
    text = Path(download.value.path()).read_text(encoding="utf-8")
    if form == "json":
        [conversation] = json.loads(text)["conversations"]
        assert conversation["turns"][0]["question"].endswith("pat@dept.example exists?")
    else:
        assert "pat@dept.example" in text


def test_the_row_under_an_answer_fits_a_narrow_screen(answered: Page, axe: Callable[..., None]) -> None:
    answered.set_viewport_size({"width": 320, "height": 700})
    answered.get_by_role("button", name="Report this answer").press("Enter")
    assert answered.evaluate("document.documentElement.scrollWidth") <= 320
    axe(answered)
