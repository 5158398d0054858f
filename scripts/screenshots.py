"""The pictures of README and docs, taken in headless Chromium from a running demo. Called by `./scripts/screenshots`.

Each is written with as few colours as it needs, so that the repository stays small: a page of words and lines has some
hundred, and nobody sees the difference.
"""

from __future__ import annotations

import re
import shutil
import struct
import sys
import zlib
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
QUESTION: Final = "Why does an invented case look real? I asked for ada@lanterns.example."
PATIENCE_MS: Final = 60_000

Shot = tuple[str, str, int, Literal["light", "dark", "forced"], str]
SHOTS: Final[tuple[Shot, ...]] = (
    # name, path, width, colours, language
    ("dashboard", "/", 1280, "light", "en"),
    ("trained", "/trained", 1280, "light", "en"),
    ("learning", "/learning?view=course-test-pre", 1280, "light", "en"),
    ("use", "/use", 1280, "light", "en"),
    ("safety", "/safety", 1280, "light", "en"),
    ("equity", "/equity", 1280, "light", "en"),
    ("cost", "/cost", 1280, "light", "en"),
    ("changes", "/changes", 1280, "light", "en"),
    ("protection", "/protection", 1280, "light", "en"),
    ("reports", "/exports", 1280, "light", "en"),
    ("use-dark", "/use?department=Office+for+Canals", 1280, "dark", "en"),
    ("use-forced-colours", "/use", 1280, "forced", "en"),
    ("trained-telephone", "/trained?department=Office+for+Canals", 320, "light", "en"),
    ("safety-telephone-dark", "/safety", 320, "dark", "en"),
    ("equity-projector", "/equity?view=nation", 1920, "light", "en"),
    ("dashboard-cymraeg", "/", 1280, "light", "cy"),
    ("trained-francais", "/trained", 1280, "light", "fr"),
)


def learner(page: Page, address: str) -> None:
    """A lesson with the tutor's answer, and what was held back, beside it."""
    page.goto(address)
    page.get_by_role("link", name=re.compile("Do the lesson.*rely on this authority")).click()
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Control+Enter")
    page.locator(".ait-cite").first.wait_for()
    page.wait_for_timeout(1_500)
    keep("learner", page.screenshot())


def dashboard(browser: Browser, address: str, shot: Shot) -> None:
    """One page as a training manager sees it."""
    name, path, width, colours, language = shot
    context = browser.new_context(
        viewport={"width": width, "height": 1400 if width == 320 else 1080 if width > 1280 else 1000},
        color_scheme="dark" if colours == "dark" else "light",
        forced_colors="active" if colours == "forced" else "none",
        locale={"en": "en-GB"}.get(language, language),
    )
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.locator("button[value=training_manager]").click()
    page.goto(f"{address}{path}")
    if not path.startswith("/exports"):
        page.locator("#first-paint").wait_for(state="detached", timeout=PATIENCE_MS)
        for chart in page.locator(".chart").all()[:2]:
            chart.locator(".main-svg").first.wait_for(state="attached", timeout=PATIENCE_MS)
        page.wait_for_timeout(1_000)
    keep(name, page.screenshot())
    context.close()


def keep(name: str, png: bytes) -> None:
    """Write a picture with a palette of at most 256 colours."""
    pixels = decode(png)
    for bits in (8, 7, 6, 5, 4, 3):
        coarse = pixels >> (8 - bits)
        packed = (coarse[..., 0].astype(np.uint32) << 16) | (coarse[..., 1].astype(np.uint32) << 8) | coarse[..., 2]
        colours, index = np.unique(packed, return_inverse=True)
        if len(colours) <= 256:
            break
    index = index.reshape(packed.shape).astype(np.uint8)
    # Each colour of the palette is the mean of the pixels that it stands for: white stays white.
    counts = np.bincount(index.ravel(), minlength=len(colours))
    sums = [np.bincount(index.ravel(), weights=pixels[..., k].ravel(), minlength=len(colours)) for k in range(3)]
    palette = np.stack([np.rint(each / counts) for each in sums], axis=1).astype(np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in index)
    height, width = index.shape
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    made = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)
    (FOLDER / f"{name}.png").write_bytes(made)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def decode(png: bytes) -> Any:
    """The pixels of a PNG as Chromium writes it (8 bits, RGB or RGBA, not interlaced): height × width × 3."""
    width, height, _depth, colour = struct.unpack(">IIBB", png[16:26])
    depth = 4 if colour == 6 else 3
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    lines = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + width * depth)
    before = np.zeros(width * depth, np.uint8)
    rows = []
    for line in lines:
        before = _unfilter(int(line[0]), line[1:], before, depth)
        rows.append(before)
    return np.stack(rows).reshape(height, width, depth)[..., :3]


def _unfilter(kind: int, line: Any, above: Any, depth: int) -> Any:
    if kind == 0:
        return line.copy()
    if kind == 2:
        return line + above
    if kind == 1:
        return np.cumsum(line.reshape(-1, depth), axis=0, dtype=np.uint8).reshape(-1)
    out, up = [0] * len(line), above.tolist()
    for n, value in enumerate(line.tolist()):
        left, corner = (out[n - depth], up[n - depth]) if n >= depth else (0, 0)
        guess = (left + up[n]) // 2 if kind == 3 else _paeth(left, up[n], corner)
        out[n] = (value + guess) & 255
    return np.array(out, np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda each: abs(guess - each))


def main() -> None:
    base, wanted = int(sys.argv[1]), sys.argv[2:]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        if not wanted or "learner" in wanted:
            learner(browser.new_page(viewport={"width": 1280, "height": 900}), f"http://127.0.0.1:{base}")
        for shot in SHOTS:
            if not wanted or shot[0] in wanted:
                dashboard(browser, f"http://127.0.0.1:{base + 50}", shot)
        browser.close()


if __name__ == "__main__":
    main()
