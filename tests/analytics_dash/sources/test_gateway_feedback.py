"""Feedback on the tutor's answers: kinds and turns, never a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import feeds


def said(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "cursor": 1_777_887_060_000,
        "turn": "0123456789abcdef",
        "at": "2026-05-04T09:31:00.000+00:00",
        "learner": feeds.LEARNER,
        "course": feeds.COURSE,
        "lesson_id": "check-the-sources",
        "kind": "helpful",
    }
    row.update(changes)
    return {field: value for field, value in row.items() if value is not ...}


def test_what_was_said_is_kept_under_the_gateways_pseudonym_and_the_turns_digest(tmp_path: Path) -> None:
    batch = feeds.read("gateway-feedback", feeds.json_lines([said(), said(kind="worrying")]), tmp_path)
    who = feeds.identity()
    assert [(row.alias, row.turn, row.kind) for row in batch.rows] == [
        (who.alias("lms_learner", feeds.LEARNER), who.digest(b"0123456789abcdef"), kind)
        for kind in ("helpful", "worrying")
    ]
    assert batch.rows[0].course == feeds.COURSE


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "rude"}, "kind"),
        ({"learner": "meredith"}, "learner"),
        ({"turn": "two words"}, "turn"),
        ({"turn": ""}, "turn"),
        ({"at": "2026-05-04T09:31:00"}, "at:"),
        ({"course": "somewhere"}, "course"),
        ({"cursor": -1}, "cursor"),
        ({"cursor": "1"}, "cursor"),
        ({"comment": "words of a learner"}, "a field that the vocabulary does not have"),
        ({"kind": ...}, "lacks the field kind"),
    ],
)
def test_a_row_outside_the_vocabulary_is_rejected(changes: dict[str, Any], why: str, tmp_path: Path) -> None:
    batch = feeds.read("gateway-feedback", feeds.json_lines([said(**changes)]), tmp_path)
    assert batch.rows == []
    assert why in batch.rejects[0].reason
    assert "words of" not in batch.rejects[0].reason
