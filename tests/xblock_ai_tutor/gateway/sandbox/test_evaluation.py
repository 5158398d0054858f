"""Claims about the published rates: the set is large, apart from the detector, and the targets hold on it."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

from tests.evaluation.redaction import measure
from tests.evaluation.redaction.build import build, paragraphs
from tests.evaluation.redaction.score import Score, alarms, score, wilson
from xblock_ai_tutor.gateway.sandbox.redact import ENTITY_LABELS

FOLDER = Path(measure.__file__).parent


@functools.cache
def published() -> Score:
    return score(build("held-out"))


def test_the_set_has_two_thousand_texts_and_every_type() -> None:
    texts = build("held-out")
    assert len(texts) >= 2_000
    assert {kind for text in texts for kind, _start, _end in text.entities} == set(ENTITY_LABELS)


def test_the_set_is_written_without_the_detector() -> None:
    for path in FOLDER.glob("*.py"):
        if path.stem in {"score", "bench"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            assert not any(module.startswith("xblock_ai_tutor") for module in modules), path


def test_the_splits_share_no_text() -> None:
    dev, held_out = ({text.text for text in build(split)} for split in ("dev", "held-out"))
    # The marked texts and those written by hand are few enough to coincide.
    assert len(dev & held_out) < 60


@pytest.mark.parametrize("kind", sorted(ENTITY_LABELS))
def test_recall_of_each_type_meets_its_target(kind: str) -> None:
    target = 0.80 if kind == "person_name" else 0.98
    assert published().named[kind] / published().labelled[kind] >= target


def test_markings_block_and_hard_negatives_do_not() -> None:
    assert published().blocked[True] / published().marked[True] >= 0.98
    assert published().blocked[False] == 0


def test_false_alarms_in_ordinary_prose_meet_their_target() -> None:
    found = alarms(paragraphs("held-out"))
    assert found.paragraphs >= 1_000
    assert found.with_alarm * 1_000 <= 5 * found.paragraphs


def test_the_table_in_the_docs_is_the_one_that_is_measured() -> None:
    document = measure.DOCS.read_text(encoding="utf-8")
    assert measure.block() in document, "run ./scripts/measure-redact --write"


def test_intervals_are_wilsons() -> None:
    # Newcombe (1998): 81 of 263 is 0.2553 to 0.3662.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
