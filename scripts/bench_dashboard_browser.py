"""First contentful paint and bytes of the first load, in Chromium with an empty cache. For bench-dashboard."""

from __future__ import annotations

import re
import shutil
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from bench_servers import MissingError

PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@dataclass
class FirstLoad:
    """Milliseconds to the first paint of each load; the bytes of each thing that came, as they came."""

    paints: list[float] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def paint(self) -> float:
        return statistics.median(self.paints)


def first_loads(addresses: dict[str, str], cookie: tuple[str, str], *, loads: int) -> dict[str, FirstLoad]:
    """Open each address so often, by turns, each time in a new context. Raises `MissingError` without Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise MissingError("Chromium is not on this machine.")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    found = {name: FirstLoad() for name in addresses}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(loads + 1):
            for name, address in addresses.items():
                _load(browser, address, cookie, found[name])
        browser.close()
    for each in found.values():
        del each.paints[0]  # the browser's own first time
    return found


def _load(browser: Any, address: str, cookie: tuple[str, str], into: FirstLoad) -> None:
    context = browser.new_context()
    context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": address}])
    page = context.new_page()
    wire, names = context.new_cdp_session(page), {}
    wire.send("Network.enable")
    wire.on("Network.responseReceived", lambda event: names.update({event["requestId"]: event["response"]["url"]}))

    def came(event: dict[str, Any]) -> None:
        name = names.get(event["requestId"], "?").partition("?")[0].rpartition("/")[2] or "the page"
        into.sizes[name] = int(event["encodedDataLength"])

    wire.on("Network.loadingFinished", came)
    page.goto(address, wait_until="networkidle")
    into.paints.append(float(page.evaluate(PAINT)))
    context.close()


def save_page(address: str, cookie: tuple[str, str], folder: Path) -> None:
    """The page with all that it loads at first, as files: what a server of files would serve."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    with requests.Session() as session:
        session.trust_env = False
        session.cookies.set(*cookie)
        html = session.get(address, timeout=60).text
        for path in re.findall(r'(?:src|href)="(/(?:_dash-component-suites|assets)/[^"]+)"', html):
            target = folder / path.partition("?")[0].lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(session.get(f"{origin}{path}", timeout=60).content)
    (folder / "index.html").write_text(html, encoding="utf-8")
