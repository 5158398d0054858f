"""The dashboard in a real browser: it looks after itself, answers to the keyboard, and speaks to nobody else."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.serving import make_server

from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from tests.support.dashboard import COORDINATES, figures_in_csv
from tests.support.releases import make_register

pytestmark = pytest.mark.browser

SMALL = "Registry of Tides"
LARGE = "Department for Lighthouses"
CHART_FITS = "chart => chart.querySelector('.main-svg').getBoundingClientRect().right <= window.innerWidth"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
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


def expect_status(page: Page, words: str) -> None:
    expect(page.get_by_role("status")).to_contain_text(words, timeout=PATIENCE_MS)


def selector(page: Page) -> Locator:
    return page.get_by_label("Department", exact=True)


def wait_for_charts(page: Page) -> None:
    for part in ("trained", "use", "safety"):
        expect(page.locator(f"#{part}-chart .main-svg").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#first-paint")).to_have_count(0)


def figures_on(page: Page) -> dict[tuple[str | None, ...], str]:
    found: list[dict[str, Any]] = page.locator("[data-part]").evaluate_all(
        "all => all.map(one => ({...one.dataset, text: one.textContent}))"
    )
    return {tuple(one.get(name) for name in COORDINATES): one["text"] for one in found}


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Playwright's own waiting evaluates a string, which the dashboard's policy forbids."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def test_every_page_passes_axe_light_and_dark(page: Page, address: str, axe: Callable[..., None]) -> None:
    def check() -> None:
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            axe(page)

    page.goto(f"{address}/sign-in")
    check()
    sign_in(page, address)
    wait_for_charts(page)
    for summary in page.locator("summary").all():
        summary.click()
    check()
    page.goto(f"{address}/method")
    check()
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, address, "Auditor")
    expect(page).to_have_url(f"{address}/audit")
    check()


def test_choosing_a_department_by_keyboard_changes_page_address_and_status_and_keeps_focus(
    page: Page, address: str
) -> None:
    sign_in(page, address)
    wait_for_charts(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    selector(page).focus()
    page.keyboard.press("ArrowDown")
    expect_status(page, f"{LARGE}. Release 2026-10.1")
    expect(page).to_have_url(f"{address}/?department={LARGE.replace(' ', '+')}")
    expect(page).to_have_title(f"{LARGE} · Responsible adoption")
    expect(selector(page)).to_be_focused()
    expect(page.locator("#trained .finding")).to_contain_text(f"{LARGE}: ")


def test_back_forward_and_reload_reproduce_the_view(page: Page, address: str) -> None:
    sign_in(page, address)
    wait_for_charts(page)
    selector(page).select_option(SMALL)
    expect_status(page, SMALL)
    page.go_back()
    expect_status(page, "All of government")
    expect(selector(page)).to_have_value("")
    page.go_forward()
    expect_status(page, SMALL)
    expect(selector(page)).to_have_value(SMALL)
    page.reload()
    wait_for_charts(page)
    expect_status(page, SMALL)
    expect(selector(page)).to_have_value(SMALL)


def test_the_figures_drawn_are_those_of_the_download(page: Page, address: str) -> None:
    sign_in(page, address)
    for department in ("", LARGE, SMALL):
        page.goto(f"{address}/?department={department}")
        wait_for_charts(page)
        drawn = figures_on(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="Download as CSV").click()
        exported = figures_in_csv(download.value.path().read_text())
        assert len(drawn) > 60
        assert {figure: exported[figure] for figure in drawn} == drawn


def test_no_request_leaves_the_dashboard_and_no_policy_is_broken(page: Page, address: str, watch: Any) -> None:
    sign_in(page, address)
    wait_for_charts(page)
    selector(page).select_option(LARGE)
    expect_status(page, LARGE)
    page.locator("#use-chart .nsewdrag").hover()
    assert watch.requests
    assert all(request.startswith(f"{address}/") for request in watch.requests)
    assert page.locator(".modebar").count() == 0  # console messages of a broken policy fail the fixture


def test_words_tables_and_selector_work_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address)
    expect(page.locator("#trained .finding")).to_contain_text("Across government")
    selector(page).select_option(LARGE)
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#trained .finding")).to_contain_text(f"{LARGE}: ")
    page.locator("#use summary").click()
    expect(page.locator("#use table")).to_be_visible()
    context.close()


def test_no_page_scrolls_sideways_from_a_telephone_to_a_projector(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    overflows = {"sign-in": overflow(page)}
    sign_in(page, address)
    wait_for_charts(page)
    for summary in page.locator("summary").all():
        summary.click()
    for width in (1920, 1280, 768, 320):  # 320 CSS pixels is also what 400 % zoom leaves of a window of 1280
        page.set_viewport_size({"width": width, "height": 800})
        wait_until(page, lambda: bool(page.locator("#use-chart").evaluate(CHART_FITS)))
        overflows[str(width)] = overflow(page)
    for path in ("method", "sign-in"):
        page.goto(f"{address}/{path}")
        overflows[path] = overflow(page)
    assert set(overflows.values()) == {0}


def test_charts_are_named_images_with_hidden_cells_marked_and_readable_in_the_dark(
    page: Page, address: str, axe: Callable[..., None]
) -> None:
    page.emulate_media(color_scheme="dark")
    sign_in(page, address)
    page.goto(f"{address}/?department={SMALL}")
    wait_for_charts(page)
    charts = page.locator(".chart[role=img]")
    expect(charts).to_have_count(3)
    for chart in charts.all():
        expect(chart).to_have_accessible_name(re.compile("^Chart: .*[?]$"))
        expect(chart).to_have_accessible_description(re.compile(r"\[c\]|finished the training"))
    texts = page.locator("#use-chart text")
    assert texts.filter(has_text="[c]").count() >= 12
    for fill in texts.evaluate_all("all => all.map(one => getComputedStyle(one).fill)"):
        assert max(int(part) for part in fill[4:-1].split(",")) > 180, fill  # light on the dark page
    axe(page)


def test_a_session_that_has_ended_leads_to_sign_in(page: Page, address: str, watch: Any) -> None:
    sign_in(page, address)
    wait_for_charts(page)
    page.context.clear_cookies()
    selector(page).select_option(LARGE)
    expect(page.get_by_role("heading", name="Choose whose view to see")).to_be_visible()
    assert all("401" in fault for fault in watch.faults)
    watch.faults.clear()


def test_the_links_to_other_languages_lead_to_the_chosen_view(page: Page, address: str) -> None:
    sign_in(page, address)
    wait_for_charts(page)
    selector(page).select_option(SMALL)
    expect_status(page, SMALL)
    page.get_by_role("link", name="Cymraeg").click()
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    expect_status(page, SMALL)


@pytest.mark.parametrize("fault", ["refused", "broken off"])
def test_figures_never_stand_under_the_name_of_another_choice(page: Page, address: str, watch: Any, fault: str) -> None:
    """When a choice cannot be answered, the page is opened anew at its address instead of keeping the old figures."""
    sign_in(page, address)
    wait_for_charts(page)
    page.route(
        re.compile("_dash-update-component"),
        lambda route: route.fulfill(status=500) if fault == "refused" else route.abort(),
    )
    selector(page).select_option(LARGE)
    expect_status(page, LARGE)
    expect(page.locator("#trained .finding")).to_contain_text(f"{LARGE}: ")
    expect(selector(page)).to_have_value(LARGE)
    wait_for_charts(page)  # once: where no callback ever gets through, the page is not opened again and again
    page.wait_for_timeout(500)
    opened = [request for request in watch.requests if "/?department=" in request]
    assert len(opened) == 1
    watch.faults.clear()


def test_a_table_that_was_opened_before_the_charts_came_stays_open(page: Page, address: str) -> None:
    page.route(re.compile("_dash-layout"), lambda route: (page.wait_for_timeout(1000), route.continue_()))
    sign_in(page, address)
    page.locator("#first-paint #use summary").click()
    wait_for_charts(page)
    expect(page.locator("#use table")).to_be_visible()
    expect(page.locator("#safety table")).to_be_hidden()


def test_a_department_head_is_offered_the_own_department_alone(page: Page, address: str) -> None:
    sign_in(page, address, "Department head")
    wait_for_charts(page)
    options = selector(page).locator("option").all_text_contents()
    assert len(options) == 2
    assert options[0] == "All of government"
    expect_status(page, options[1])
    selector(page).select_option("")
    expect_status(page, "All of government")
