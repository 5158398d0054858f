"""The screen's rates, printed or put into docs/sandbox.md. `scripts/measure-screen` runs it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from xblock_ai_tutor.gateway.sandbox.measure import MEASURES, is_held_out, table

ROOT: Final = Path(__file__).resolve().parent.parent
TEXTS: Final = ROOT / "content" / "evaluation" / "screening"
PAGE: Final = ROOT / "docs" / "sandbox.md"
BEGIN: Final = "<!-- measured: scripts/measure-screen --write -->"
END: Final = "<!-- end -->"


def texts(name: str) -> list[str]:
    """The texts of one file, one a line."""
    return (TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def with_table(page: str) -> str:
    """The page with the table as it is measured now."""
    before, _, rest = page.partition(BEGIN)
    _old, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(texts)}\n\n{END}{after}"


def missed() -> None:
    """Print what was wrong in the seen half."""
    for measure in MEASURES:
        for name, wanted in ((measure.attacks, True), (measure.benign, False)):
            for text in texts(name):
                if not is_held_out(text) and measure.catches(text) is not wanted:
                    print(f"{name}: {text}")


if __name__ == "__main__":
    if "--missed" in sys.argv:
        missed()
    elif "--write" in sys.argv:
        PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(table(texts))
