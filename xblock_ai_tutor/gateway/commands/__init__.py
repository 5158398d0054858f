"""The commands of `tutor-gateway`, one module for each group. `cli.main` runs `tutor_gateway`."""

from __future__ import annotations

import click

from xblock_ai_tutor.gateway.commands.budgets import budgets
from xblock_ai_tutor.gateway.commands.common import EXIT_CODES
from xblock_ai_tutor.gateway.commands.engine import engine
from xblock_ai_tutor.gateway.commands.evaluate import evaluate
from xblock_ai_tutor.gateway.commands.facts import facts
from xblock_ai_tutor.gateway.commands.people import audit, records, reports
from xblock_ai_tutor.gateway.commands.records import feedback, ledger, transcripts
from xblock_ai_tutor.gateway.commands.redact import redact
from xblock_ai_tutor.gateway.commands.residency import residency
from xblock_ai_tutor.gateway.commands.serve import keys, serve
from xblock_ai_tutor.gateway.commands.switch import switch


@click.group(epilog=EXIT_CODES)
@click.version_option(package_name="xblock-ai-tutor", message="%(prog)s %(version)s")
def tutor_gateway() -> None:
    """The tutor gateway: the sandbox between a lesson and a model.

    It redacts what goes out, guards what comes back, keeps budgets, and refuses an endpoint that the residency policy
    does not allow. Settings come from the environment (TUTOR_…); docs/gateway.md lists them.

    \b
    To try it without any model:
      tutor-gateway keys > gateway.env        make keys
      tutor-gateway engine --port 8101        start the offline engine
      tutor-gateway serve --model-base-url http://127.0.0.1:8101/v1
    """


for command in (
    serve,
    engine,
    residency,
    facts,
    evaluate,
    redact,
    feedback,
    ledger,
    transcripts,
    budgets,
    switch,
    records,
    reports,
    audit,
    keys,
):
    tutor_gateway.add_command(command)
