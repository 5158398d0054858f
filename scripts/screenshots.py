"""The pictures of README and docs, taken in headless Chromium from a running demo. Called by `./scripts/screenshots`.

Every page of the dashboard whole, at two sizes, light, dark and in high contrast, some in Welsh and French, one as it
is printed; and a lesson. Of each page also what a screen reader is given, with every table unfolded (docs/transcripts).
`docs/screenshots.md` lists them, and is written by this script as well.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright
from screenshots_png import keep
from transcript import transcript

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
LIST: Final = FOLDER.parent / "screenshots.md"
HEARD: Final = FOLDER.parent / "transcripts"
QUESTION: Final = "Why does an invented case look real? I asked for ada@lanterns.example."
PATIENCE_MS: Final = 60_000

Mode = Literal["light", "dark", "contrast", "print"]
SCALE: Final = {"light": 0.75, "dark": 0.5, "contrast": 0.5, "print": 1.0}
"""Sixty whole pages must stay small: what shows colours and layout has fewer pixels than what is for reading."""
WIDTHS: Final = {"wide": 1280, "narrow": 320}
PAGES: Final = {
    "overview": ("/", "The overview"),
    "trained": ("/trained", "Are people trained before they get the tool?"),
    "learning": ("/learning", "Where do learners stop, and which items mislead?"),
    "use": ("/use", "Does training change use?"),
    "safety": ("/safety", "Is use safe?"),
    "equity": ("/equity", "Who is left behind?"),
    "cost": ("/cost", "What does it cost and where is the data?"),
    "changes": ("/changes", "What changed since the last release?"),
    "protection": ("/protection", "How is this protected and how good is it?"),
    "reports": ("/exports", "A report: department, period, sections, format"),
    "method": ("/method", "The method, and the data dictionary"),
    "audit": ("/audit", "Who looked at what, as an auditor sees it"),
    "sign-in": ("/sign-in", "Signing in (to a demonstration)"),
}
QUESTIONS: Final = tuple(PAGES)[:-4]
"""Pages with charts, which come after the words."""


class Shot(NamedTuple):
    """One picture: of which page, how wide, in which colours and language."""

    page: str
    width: str
    mode: Mode
    language: str

    @property
    def name(self) -> str:
        """The file's name, without its ending."""
        return "-".join(self)


def shots() -> Iterator[Shot]:
    """All pictures, those of one reader's settings after each other."""
    for width in WIDTHS:
        for mode in ("light", "dark", "contrast"):
            yield from (Shot(page, width, mode, "en") for page in PAGES)
    for language in ("cy", "fr"):
        yield from (Shot(page, "wide", "light", language) for page in PAGES)
        yield from (Shot(page, "narrow", "dark", language) for page in ("overview", "cost", "reports"))
    yield Shot("use", "wide", "print", "en")


def take(browser: Browser, base: int, wanted: list[Shot]) -> None:
    """Take pictures that share their settings, as a training manager sees the pages, and an auditor the audit."""
    address, (_page, width, mode, language) = f"http://127.0.0.1:{base + 50}", wanted[0]
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 1000},
        device_scale_factor=SCALE[mode],
        color_scheme="dark" if mode == "dark" else "light",
        forced_colors="active" if mode == "contrast" else "none",
        locale={"en": "en-GB"}.get(language, language),
    )
    page = context.new_page()
    signed_in = ""
    for shot in wanted:
        reader = {"audit": "auditor", "sign-in": ""}.get(shot.page, "training_manager")
        if reader != signed_in:
            context.clear_cookies()
            if reader:
                page.goto(f"{address}/sign-in")
                page.locator(f"button[value={reader}]").click()
            signed_in = reader
        page.goto(f"{address}{PAGES[shot.page][0]}")
        if shot.page in QUESTIONS:
            page.locator("#first-paint").wait_for(state="detached", timeout=PATIENCE_MS)
            for chart in page.locator(".chart").all():
                chart.locator(".main-svg").first.wait_for(state="attached", timeout=PATIENCE_MS)
            page.wait_for_timeout(400)
        keep(FOLDER / f"{shot.name}.png", printed(page) if mode == "print" else page.screenshot(full_page=True))
        if width == "wide" and mode == "light":
            for summary in page.locator("summary").all():
                summary.click()
            HEARD.mkdir(exist_ok=True)
            (HEARD / f"{shot.page}-{language}.txt").write_text("\n".join([*transcript(page), ""]), encoding="utf-8")
        print(shot.name, flush=True)
    context.close()


def printed(page: Page) -> bytes:
    """The first sheet as it comes from a printer."""
    with tempfile.TemporaryDirectory() as folder:
        sheets, sheet = Path(folder) / "page.pdf", Path(folder) / "sheet"
        page.emulate_media(media="print")
        page.pdf(path=sheets, format="A4", print_background=False)
        subprocess.run(["pdftoppm", "-r", "90", "-png", "-singlefile", str(sheets), str(sheet)], check=True)
        return sheet.with_suffix(".png").read_bytes()


def lesson(browser: Browser, base: int, width: str) -> None:
    """A lesson with the tutor's answer, and what was held back, beside it."""
    size = {"width": WIDTHS[width], "height": 900 if width == "wide" else 1400}
    page = browser.new_page(viewport=size, device_scale_factor=SCALE["light"])
    page.goto(f"http://127.0.0.1:{base}")
    page.get_by_role("link", name=re.compile("Do the lesson.*rely on this authority")).click()
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Control+Enter")
    page.locator(".ait-cite").first.wait_for()
    page.wait_for_timeout(1_500)
    keep(FOLDER / f"lesson-{width}.png", page.screenshot())
    page.close()


def listed() -> str:
    """The page of docs that shows them all."""
    lines = [
        "# Pictures of every page",
        "",
        "Taken from the demonstration by `./scripts/screenshots`, which writes this page, too: each page whole, 1280",
        "and 320 pixels wide; light, dark and in high contrast (forced colours); in Welsh and French; one print.",
        "Last, what a screen reader is given, line by line, with every table unfolded: Chromium's accessibility tree.",
        "",
        "| page | 1280 px | 320 px | other languages, print | read out |",
        "|---|---|---|---|---|",
    ]
    every = list(shots())
    for key, (_path, title) in PAGES.items():
        of = [shot for shot in every if shot.page == key]
        cells = [
            [shot for shot in of if shot.width == width and shot.language == "en" and shot.mode != "print"]
            for width in WIDTHS
        ]
        other = [shot for shot in of if shot.language != "en" or shot.mode == "print"]
        links = [", ".join(f"[{shot.mode}](screenshots/{shot.name}.png)" for shot in each) for each in cells]
        more = ", ".join(f"[{_said(shot)}](screenshots/{shot.name}.png)" for shot in other)
        heard = [shot.language for shot in of if (shot.width, shot.mode) == ("wide", "light")]
        read = ", ".join(f"[{language}](transcripts/{key}-{language}.txt)" for language in heard)
        lines.append(f"| {title} | {links[0]} | {links[1]} | {more} | {read} |")
    wide, narrow = (f"[light](screenshots/lesson-{width}.png)" for width in WIDTHS)
    lines.append(f"| A lesson with the tutor | {wide} | {narrow} | | |")
    return "\n".join(lines) + "\n"


def _said(shot: Shot) -> str:
    if shot.mode == "print":
        return "print"
    language = {"cy": "Welsh", "fr": "French"}[shot.language]
    return language if shot.width == "wide" else f"{language}, 320 px, {shot.mode}"


def main() -> None:
    """Take all pictures, or those whose names are given."""
    base, names = int(sys.argv[1]), sys.argv[2:]
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in shots() if not names or shot.name in names]
    with sync_playwright() as playwright:
        browser: Any = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        for _settings, group in groupby(wanted, key=lambda shot: shot[1:]):
            take(browser, base, list(group))
        for width in WIDTHS:
            if not names or f"lesson-{width}" in names:
                lesson(browser, base, width)
        browser.close()
    LIST.write_text(listed(), encoding="utf-8")


if __name__ == "__main__":
    main()
