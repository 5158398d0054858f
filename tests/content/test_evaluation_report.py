"""`docs/evaluation.md` says what the evaluation of the course prints, and no more."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from xblock_ai_tutor.gateway.commands import tutor_gateway

ROOT = Path(__file__).resolve().parents[2]


def test_the_published_evaluation_is_what_the_command_prints() -> None:
    done = CliRunner().invoke(tutor_gateway, ["evaluate", str(ROOT / "content"), "--offline"])
    assert done.exit_code == 0, done.output
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    assert done.stdout.strip() in page, "Put what `tutor-gateway evaluate --offline` prints into the page."
