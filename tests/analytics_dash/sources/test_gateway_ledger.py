"""The gateway's ledger: checked against the vocabulary, kept as counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import feeds


def test_a_turn_is_kept_as_counts_under_the_gateways_pseudonym(tmp_path: Path) -> None:
    read = feeds.read("gateway-ledger", feeds.json_lines([feeds.ledger_row()]), tmp_path)
    (row,) = read.rows
    assert row.alias == feeds.identity().alias("lms_learner", feeds.LEARNER)
    assert row[4:12] == (feeds.COURSE, "check-the-sources", "answered", 1, 3, False, 812, 140)
    assert (row.guarded, row.citations, row.total_ms) == (1, 2, 1900)
    assert read.parts == [(row.digest, "email", 1), (row.digest, "nino", 2), (row.digest, "false-quotation", 1)]


def test_a_turn_that_was_blocked_says_so(tmp_path: Path) -> None:
    blocked = feeds.ledger_row(status="blocked", reason="official-sensitive", redactions={}, guard_actions={}, model="")
    read = feeds.read("gateway-ledger", feeds.json_lines([blocked]), tmp_path)
    assert [(row.blocked, row.redactions) for row in read.rows] == [(True, 0)]
    assert read.parts == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"learner": "meredith"}, "learner"),
        ({"learner": None}, "learner"),
        ({"at": "2026-05-04T09:31:00"}, "at:"),
        ({"at": "then"}, "at:"),
        ({"status": "fine"}, "status"),
        ({"tokens_in": -1}, "tokens_in"),
        ({"tokens_in": 10**40}, "tokens_in"),
        ({"redactions": {"email": -1}}, "redactions"),
        ({"redactions": {"email": True}}, "redactions"),
        ({"redactions": {"jo@x.example": 1}}, "redactions"),
        ({"guard_actions": {"x": "many"}}, "guard_actions"),
        ({"course": "not a course"}, "course"),
        ({"lesson_id": "two words"}, "lesson_id"),
        ({"model": ...}, "tutor_gateway.ledger lacks the field model"),
        ({"question": "words"}, "tutor_gateway.ledger: a field that the vocabulary does not have"),
    ],
)
def test_a_row_outside_the_vocabulary_is_rejected(changes: dict[str, Any], why: str, tmp_path: Path) -> None:
    batch = feeds.read("gateway-ledger", feeds.json_lines([feeds.ledger_row(**changes)]), tmp_path)
    assert batch.rows == []
    assert why in batch.rejects[0].reason
