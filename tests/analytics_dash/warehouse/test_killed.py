"""kill -9 at random moments of load, build and publish; `scripts/fuzz-kill` does it a hundred times."""

from __future__ import annotations

from tests.evaluation.kill import run


def test_after_a_kill_the_same_again_gives_the_undisturbed_warehouse_and_release() -> None:
    outcome = run(2, seed=7)
    assert outcome.wrong == []
    assert outcome.moments == 2
