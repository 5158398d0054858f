"""The server killed during many exports, and started again. `scripts/fuzz-exports` is the long form of it."""

from __future__ import annotations

from tests.evaluation.export_kills import run


def test_ten_exports_survive_three_kills_whole_and_nothing_is_lost() -> None:
    seen = run(10, 3, seed=4)
    assert (seen.wrong, seen.exports, seen.kills) == ([], 10, 3)
