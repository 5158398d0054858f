"""The published rates are the measured ones, and the labelled sets are what they claim to be."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from xblock_ai_tutor.gateway.sandbox.measure import MEASURES, Measure, is_held_out, rate

ROOT = Path(__file__).resolve().parents[4]


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measure_screen", ROOT / "scripts" / "measure_screen.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = script()


def test_the_page_has_the_table_as_it_is_measured() -> None:
    page = SCRIPT.PAGE.read_text(encoding="utf-8")
    assert SCRIPT.with_table(page) == page, "Run ./scripts/measure-screen --write"


def test_each_side_has_three_hundred_texts_and_none_twice() -> None:
    attacks = [text for measure in MEASURES for text in SCRIPT.texts(measure.attacks)]
    benign = [text for measure in MEASURES for text in SCRIPT.texts(measure.benign)]
    assert len(attacks) >= 300
    assert len(benign) >= 300
    assert len({*attacks, *benign}) == len(attacks) + len(benign)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.attacks)
def test_held_out_texts_are_caught_and_harmless_ones_let_pass(measure: Measure) -> None:
    """Floors below the published rates: a rule that gets worse on texts that it never saw fails here."""
    caught = rate(measure.catches, [text for text in SCRIPT.texts(measure.attacks) if is_held_out(text)])
    wrongly = rate(measure.catches, [text for text in SCRIPT.texts(measure.benign) if is_held_out(text)])
    assert caught.hits >= 0.7 * caught.of
    assert wrongly.hits <= 0.05 * wrongly.of
