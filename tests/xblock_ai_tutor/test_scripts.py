"""The front end's files: words come from the server, files are small, every rule is under the block's root."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from xblock_ai_tutor.block import LEARNER_SCRIPTS, STUDIO_SCRIPTS
from xblock_ai_tutor.strings import learner_strings, studio_strings

STATIC = Path(__file__).parents[2] / "xblock_ai_tutor" / "static"


def used(*names: str) -> set[str]:
    return {key for name in names for key in re.findall(r"\bstrings\.(\w+)", (STATIC / name).read_text())}


def test_every_word_that_a_script_shows_comes_from_the_server_and_every_one_is_used() -> None:
    assert used(*LEARNER_SCRIPTS) == set(learner_strings(str))
    assert used("core.js", "editor.js", "studio.js") == set(studio_strings(str))


def test_what_a_learner_loads_is_small() -> None:
    weights = {name: len(gzip.compress((STATIC / name).read_bytes())) for name in ("ait.css", *LEARNER_SCRIPTS)}
    print(f"The learner's page: {sum(weights.values()):,} bytes compressed, {weights}")
    assert sum(weights.values()) <= 45_000


def test_every_css_rule_is_under_the_blocks_root() -> None:
    css = re.sub(r"/\*.*?\*/", "", (STATIC / "ait.css").read_text(), flags=re.DOTALL)
    selectors = [part.strip() for group in re.findall(r"([^{}]+)\{", css) for part in group.split(",")]
    stray = [one for one in selectors if one and not one.startswith((".ait", "@", "(")) and one not in {"from", "to"}]
    assert stray == []


@pytest.mark.parametrize("name", sorted({*LEARNER_SCRIPTS, *STUDIO_SCRIPTS}))
def test_no_script_evaluates_text_or_sets_a_style(name: str) -> None:
    script = (STATIC / name).read_text()
    assert not re.search(r"\beval\(|new Function|document\.write|\.style\b|https?://[a-z]", script)
