"""What a learner does at the tutor, in a browser. Called by the tests of the learner's page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

MODULE = "04-legal-research"


def ask(page: Page, text: str) -> None:
    page.get_by_label("Your question").fill(text)
    page.get_by_label("Your question").press("Control+Enter")


def answered(page: Page, turns: int = 1) -> None:
    expect(page.locator(".ait-turn:not([aria-busy])")).to_have_count(turns, timeout=30_000)
