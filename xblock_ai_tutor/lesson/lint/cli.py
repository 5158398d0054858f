"""The command `lint-content`: prints `file:line: what is wrong — what to do`, one a line, for people and for CI.

Exit code 0 when there is nothing, 1 when there is, 2 when it was called wrongly.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from xblock_ai_tutor.lesson.lint import lint


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a content folder and say what was found."""
    parser = argparse.ArgumentParser(
        prog="lint-content",
        description="Check a course: outcomes, activities and test items, links, sources, reading level, figures, "
        "glossary, translations, hints and evaluation sets.",
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("content"), help="the folder above modules/")
    folder: Path = parser.parse_args(arguments).folder
    if not folder.is_dir():
        print(f"There is no folder {folder}. Give the folder above modules/.", file=sys.stderr)
        return 2
    findings = lint(folder)
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} to mend.", file=sys.stderr)
    return 1 if findings else 0
