"""`tutor-gateway` as an operator calls it, in this process, with none of the machine's own settings."""

from __future__ import annotations

import os

from click.testing import CliRunner, Result

from xblock_ai_tutor.gateway.commands import tutor_gateway


def run(*arguments: str, env: dict[str, str | None] | None = None, stdin: str | bytes = "") -> Result:
    """The command's outcome; `env` adds settings."""
    clean: dict[str, str | None] = {name: None for name in os.environ if name.startswith(("TUTOR_", "OPENAI_"))}
    return CliRunner().invoke(tutor_gateway, list(arguments), env=clean | (env or {}), input=stdin)
