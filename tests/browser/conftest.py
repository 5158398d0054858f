"""Headless Chromium for every browser test: Debian's own browser, loopback only, console errors fail the test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.support.tutor_page import MODULE
from tests.support.workbench import ROOT, House, house

LAUNCH_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 15_000  # a build machine may be busy; what never comes fails all the same
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("No Chromium on this machine: run ./scripts/test, which installs it, or install it yourself.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=LAUNCH_ARGS)
        yield browser
        browser.close()


class Watch:
    """What the page did that it should not have: console errors, page errors, requests off loopback."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.requests: list[str] = []

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        self.requests.append(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in {
            "127.0.0.1",
            "localhost",
        }:
            self.faults.append(f"request off loopback: {request.url}")


@pytest.fixture
def watch() -> Watch:
    """A test that expects a fault (a refused call, say) clears `watch.faults` after it has seen it."""
    return Watch()


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.on("console", watch.console)
    page.on("pageerror", lambda error: watch.faults.append(f"page error: {error}"))
    page.on("request", watch.request)
    yield page
    context.close()
    assert watch.faults == []


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """`axe(page)` raises with every violation of WCAG 2.2 A and AA (and axe's best practices) on the page."""
    engine = Axe()

    def check(page: Page, context: str | None = None) -> None:
        results = engine.run(page, context=context)
        found = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}: "
            + "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:4])
            for violation in results.response["violations"]
        ]
        assert found == []

    return check


_students = count(2000)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The platform, the course and the gateway; a module that needs another house has its own."""
    with house(tmp_path_factory.mktemp("house"), content=ROOT / "content") as started:
        yield started


@pytest.fixture
def student() -> str:
    return f"student_{next(_students)}"


@pytest.fixture
def tutor(page: Page, running: House, student: str) -> Page:
    """The learner's page, with the tutor ready."""
    page.goto(running.lms.learner(MODULE, student))
    expect(page.get_by_label("Your question")).to_be_visible()
    return page
