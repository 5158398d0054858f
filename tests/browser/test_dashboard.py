"""The dashboard in a real browser: it looks after itself, answers to the keyboard, and speaks to nobody else."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.serving import make_server

from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from scripts.transcript import LANDMARKS, transcript
from tests.support.dashboard import COORDINATES, PAGES, attribute, figures_in_csv, plain
from tests.support.releases import make_register

pytestmark = pytest.mark.browser

SMALL = "Registry of Tides"
LARGE = "Department for Lighthouses"
CHART_FITS = "chart => chart.querySelector('.main-svg').getBoundingClientRect().right <= window.innerWidth"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FIGURE = re.compile(r"Text: [\d,.]+( ?%| points| per 1,000)?")  # the one figure of an answer; its base follows
PATIENCE_MS = 45_000  # the charts' library is 4.8 MB of script to read, and a build machine may be busy


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard on a small real register, on a free port of this machine."""
    url, _release = make_register(tmp_path_factory.mktemp("register"))
    app = create_app(DashboardConfig(url, "k" * 40, demo=True))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def sign_in(page: Page, address: str, title: str = "Training manager") -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name=title).click()
    # Until the page has come, the one before is looked at, or half of this one.
    page.wait_for_url(lambda url: "/sign-in" not in url)


def expect_status(page: Page, words: str) -> None:
    expect(page.get_by_role("status")).to_contain_text(words, timeout=PATIENCE_MS)


def selector(page: Page, name: str = "Department") -> Locator:
    return page.get_by_label(name, exact=True)


def wait_for_page(page: Page) -> None:
    """Dash has drawn the page in place of the first response, and each chart is there."""
    expect(page.locator("#first-paint")).to_have_count(0, timeout=PATIENCE_MS)
    for chart in page.locator(".chart").all():
        expect(chart.locator(".main-svg").first).to_be_attached(timeout=PATIENCE_MS)


def figures_on(page: Page) -> dict[tuple[str | None, ...], str]:
    found: list[dict[str, Any]] = page.locator("[data-part]").evaluate_all(
        "all => all.map(one => ({...Object.fromEntries([...one.attributes].map(a => [a.name, a.value])), "
        "text: one.textContent}))"
    )
    return {tuple(one.get(attribute(name)) for name in COORDINATES): plain(one["text"]) for one in found}


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Playwright's own waiting evaluates a string, which the dashboard's policy forbids."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def place(heard: list[str], beginning: str) -> int:
    return next(number for number, line in enumerate(heard) if line.startswith(beginning))


def reads_as_sentences(heard: list[str]) -> None:
    """What is said of a page is words: sentences end, pictures and tables have names, cells come with their column."""
    level = 0
    for before, line in pairwise(["", *heard]):
        kind, _, words = line.partition(": ")
        assert not re.search(r"\b(undefined|None|null|NaN)\b|\b[a-z]+_[a-z]+|[{}<>]|\(empty\)", words), line
        assert words or kind in LANDMARKS.values(), f"{line!r}, after {before!r}, has no words"
        if kind in ("Status", "Picture", "Text", "Item") and len(words.split()) > 7 and not FIGURE.fullmatch(before):
            assert re.search(r"[.?!:]$|\(link\)$", words), f"no sentence: {line}"
        if kind == "Picture":
            assert ". – " in words, f"no description: {line}"
        if kind == "Row":
            assert ": " in words, f"a row whose cells have no column: {line}"
        if kind.startswith("Heading"):
            assert int(kind[-1]) <= level + 1, f"a level is left out: {line}"
            level = int(kind[-1])


def test_every_page_is_clean_named_in_scope_of_its_screen_and_speaks_to_nobody_else(
    page: Page, address: str, axe: Callable[..., None], watch: Any
) -> None:
    """One walk over all pages: axe, charts with names and descriptions, headings, 320 pixels, figures, origins."""
    sign_in(page, address)
    exported: dict[tuple[str | None, ...], str] = {}
    for name in ("export", "export-learning"):
        exported |= figures_in_csv(page.request.get(f"{address}/{name}.csv").text())
    for number, path in enumerate(PAGES):
        page.emulate_media(color_scheme=SCHEMES[number % 2])
        page.goto(f"{address}/{path}")
        wait_for_page(page)
        for summary in page.locator("summary").all():
            summary.click()
        axe(page)
        for chart in page.locator(".chart").all():
            expect(chart).to_have_role("img")
            expect(chart).to_have_accessible_name(re.compile("^Chart: .*[.]$"))
            expect(chart).to_have_accessible_description(re.compile("."))
        assert page.get_by_role("heading", level=1).count() == 1
        heard = transcript(page)
        reads_as_sentences(heard)
        finding = page.locator("#react-entry-point .finding").first.inner_text()
        places = [place(heard, text) for text in ("Main part", "Heading 1: ", "Status: ", f"Text: {finding}")]
        assert places == sorted(places), "the question, what is shown, and the answer first"
        shown = figures_on(page)
        assert {figure: exported[figure] for figure in shown} == shown, path
        page.set_viewport_size({"width": 320, "height": 800})  # also what 400 % zoom leaves of a window of 1280
        wait_until(page, lambda: overflow(page) == 0)  # charts follow the screen a little later
        page.set_viewport_size({"width": 1280, "height": 900})
    assert page.locator(".modebar").count() == 0  # console messages of a broken policy fail the fixture
    assert all(request.startswith(f"{address}/") for request in watch.requests)


def test_plain_pages_pass_axe_light_and_dark(page: Page, address: str, axe: Callable[..., None], watch: Any) -> None:
    def check() -> None:
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            axe(page)
        assert overflow(page) == 0

    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{address}/sign-in")
    check()
    sign_in(page, address)
    for path in ("method", "exports"):
        page.goto(f"{address}/{path}")
        check()
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, address, "Auditor")
    expect(page).to_have_url(f"{address}/audit")
    check()
    page.get_by_label("Did what").select_option("sign in")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(f"{address}/audit?reader=&action=sign+in&from=&to=")
    page.goto(f"{address}/audit?from=soon")
    check()
    [refused] = watch.faults  # what cannot be sought is answered with 400, which the console says
    assert "400" in refused
    watch.faults.clear()


def test_a_choice_by_keyboard_changes_page_address_title_and_links_and_back_undoes_it(page: Page, address: str) -> None:
    sign_in(page, address)
    page.goto(f"{address}/trained")
    wait_for_page(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    selector(page).focus()
    page.keyboard.press("ArrowDown")
    expect_status(page, f"{LARGE}. Release 2026-10.1")
    expect(page).to_have_url(f"{address}/trained?department={LARGE.replace(' ', '+')}")
    expect(page).to_have_title(f"{LARGE} · Are people trained before they get the tool? · Responsible adoption")
    expect(selector(page)).to_be_focused()
    expect(page.locator(".answer .finding")).to_contain_text(f"{LARGE}: ")
    page.keyboard.press("Tab")
    expect(selector(page, "Period")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect_status(page, "Shown: October 2026")
    selector(page, "Split").select_option("nation")
    expect(page.locator("#trained_before_access-nation")).to_be_visible(timeout=PATIENCE_MS)
    chosen = f"department={LARGE.replace(' ', '+')}&period=2026-10"
    expect(page).to_have_url(f"{address}/trained?{chosen}&view=nation")
    expect(page.get_by_role("link", name="Safety", exact=True)).to_have_js_property("search", f"?{chosen}")
    page.go_back()
    expect(page.locator("#trained_before_access-nation")).to_have_count(0, timeout=PATIENCE_MS)
    expect(selector(page, "Split")).to_have_value("")
    page.reload()
    wait_for_page(page)
    expect_status(page, f"{LARGE}. ")
    expect(selector(page, "Period")).to_have_value("2026-10")
    page.get_by_role("link", name="Cymraeg").click()
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    expect_status(page, LARGE)


def test_words_tables_and_selector_work_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address)
    page.locator("#question-trained a").click()
    expect(page.locator(".answer .finding")).to_contain_text("Across government")
    selector(page).select_option(LARGE)
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".answer .finding")).to_contain_text(f"{LARGE}: ")
    page.locator("#trained_before_access-months summary").click()
    expect(page.locator("#trained_before_access-months table")).to_be_visible()
    context.close()


def test_charts_stay_inside_the_screen_and_are_readable_in_the_dark(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    sign_in(page, address)
    page.goto(f"{address}/use?department={SMALL}")
    wait_for_page(page)
    texts = page.locator("#active_use-months-chart text")
    assert texts.filter(has_text="[c]").count() >= 6
    for fill in texts.evaluate_all("all => all.map(one => getComputedStyle(one).fill)"):
        assert max(int(part) for part in fill[4:-1].split(",")) > 180, fill  # light on the dark page
    for width in (1920, 320):
        page.set_viewport_size({"width": width, "height": 800})
        wait_until(page, lambda: bool(page.locator("#active_use-months-chart").evaluate(CHART_FITS)))


def test_a_session_that_has_ended_leads_to_sign_in(page: Page, address: str, watch: Any) -> None:
    sign_in(page, address)
    wait_for_page(page)
    other = page.context.new_page()
    other.goto(f"{address}/method")
    other.get_by_role("button", name="Sign out").click()
    expect(other).to_have_url(re.compile("signed_out"))
    other.close()
    selector(page).select_option(LARGE)
    expect(page.get_by_role("heading", name="Choose whose view to see")).to_be_visible()
    assert all("401" in fault for fault in watch.faults)
    watch.faults.clear()


@pytest.mark.parametrize("fault", ["refused", "broken off"])
def test_figures_never_stand_under_the_name_of_another_choice(page: Page, address: str, watch: Any, fault: str) -> None:
    """When a choice cannot be answered, the page is opened anew at its address instead of keeping the old figures."""
    sign_in(page, address)
    wait_for_page(page)
    page.route(
        re.compile("_dash-update-component"),
        lambda route: route.fulfill(status=500) if fault == "refused" else route.abort(),
    )
    selector(page).select_option(LARGE)
    expect_status(page, LARGE)
    expect(page.locator("#question-trained .finding")).to_contain_text(f"{LARGE}: ")
    expect(selector(page)).to_have_value(LARGE)
    wait_for_page(page)  # once: where no callback ever gets through, the page is not opened again and again
    page.wait_for_timeout(500)
    opened = [request for request in watch.requests if "/?department=" in request]
    assert len(opened) == 1
    watch.faults.clear()


def test_a_table_that_was_opened_before_the_charts_came_stays_open(page: Page, address: str) -> None:
    page.route(re.compile("_dash-layout"), lambda route: (page.wait_for_timeout(1000), route.continue_()))
    sign_in(page, address)
    page.goto(f"{address}/trained")
    page.locator("#first-paint #trained_before_access-months summary").click()
    wait_for_page(page)
    expect(page.locator("#trained_before_access-months table")).to_be_visible()
    expect(page.locator("#trained_before_access-department table")).to_be_hidden()


def test_a_department_head_is_offered_the_own_department_alone(page: Page, address: str) -> None:
    sign_in(page, address, "Department head")
    wait_for_page(page)
    options = selector(page).locator("option").all_text_contents()
    assert len(options) == 2
    assert options[0] == "All of government"
    expect_status(page, options[1])
    selector(page).select_option("")
    expect_status(page, "All of government")
