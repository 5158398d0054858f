"""The README's pictures, taken in headless Chromium from a running demo. Called by `./scripts/screenshots`."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
SIZE = {"width": 1280, "height": 900}
QUESTION = "Why does an invented case look real? I asked for ada@lanterns.example."


def learner(page: Page, address: str) -> None:
    """A lesson with the tutor's answer, and what was held back, beside it."""
    page.goto(address)
    page.get_by_role("link", name=re.compile("Do the lesson.*rely on this authority")).click()
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Control+Enter")
    page.locator(".ait-cite").first.wait_for()
    page.wait_for_timeout(1_500)
    page.screenshot(path=FOLDER / "learner.png")


def dashboard(page: Page, address: str) -> None:
    """A training manager's overview."""
    page.goto(f"{address}/sign-in")
    page.locator("button[value=training_manager]").click()
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_timeout(2_500)
    page.screenshot(path=FOLDER / "dashboard.png")


def main() -> None:
    base = int(sys.argv[1])
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        learner(browser.new_page(viewport=SIZE), f"http://127.0.0.1:{base}")
        dashboard(browser.new_page(viewport=SIZE), f"http://127.0.0.1:{base + 50}")
        browser.close()


if __name__ == "__main__":
    main()
