"""The threat model names only tests and modules that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
MODULE = re.compile(
    r"`((?:gateway|lesson|analytics_dash)/[\w/]+|(?:block|events|gateway_client|learner|limits|native|step_forms)\.py)`"
)
ABBREVIATED = ROOT / "tests" / "xblock_ai_tutor" / "gateway"


def test_every_test_that_it_names_exists() -> None:
    named = TEST.findall(PAGE)
    assert len(named) > 60
    missing = []
    for file, test in named:
        path = next((root / file for root in (ABBREVIATED, ROOT / "tests") if (root / file).is_file()), None)
        if path is None or not re.search(
            rf"^\s*(?:async )?def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            missing.append(f"{file}::{test}")
    assert not missing


def test_nothing_that_looks_like_a_test_escapes_the_check() -> None:
    assert len(TEST.findall(PAGE)) == PAGE.count("::") == len(re.findall(r"test_\w+`", PAGE))


def test_every_module_that_it_names_exists() -> None:
    named = MODULE.findall(PAGE)
    assert len(named) > 30
    missing = []
    for module in named:
        base = ROOT if module.startswith("analytics_dash/") else ROOT / "xblock_ai_tutor"
        path = base / module.removesuffix(".py")
        if not path.with_suffix(".py").is_file() and not path.is_dir():
            missing.append(module)
    assert not missing


def test_every_row_of_the_walls_names_code_and_a_test_and_what_is_left() -> None:
    walls = PAGE.split("## The walls")[1].split("## OWASP")[0]
    rows = [line.strip("|").split("|") for line in walls.splitlines() if line.startswith("|")]
    rows = [
        [cell.strip() for cell in row] for row in rows if not set(row[0]) <= {"-", " "} and row[0].strip() != "STRIDE"
    ]
    assert len(rows) > 30
    for row in rows:
        kind, threat, code, tests, left = row
        assert kind in {"S", "T", "R", "I", "D", "E"}, row
        assert threat, row
        assert MODULE.search(code), row
        assert TEST.search(tests), row
        assert left, row
