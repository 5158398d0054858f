"""`tutor-gateway evaluate`: the course's evaluation sets, put to whichever model is configured."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import click

from xblock_ai_tutor.gateway.commands.common import CONFIG, EXIT_CODES, FAILED, RESIDENCY, Stopped, settings_problems
from xblock_ai_tutor.gateway.config import ConfigError


@click.command(epilog=EXIT_CODES)
@click.argument("content", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("content"))
@click.option("--offline", is_flag=True, help="Use the offline engine, which this command starts; no settings needed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--replies", is_flag=True, help="Print each reply as well, to read what was judged.")
@click.option(
    "--at-least",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Exit 1 when a smaller share of any kind of case is met; 0 to 1.",
)
def evaluate(content: Path, offline: bool, as_json: bool, replies: bool, at_least: float) -> None:
    """Ask every question of the evaluation sets in CONTENT, and report how the tutor did.

    Each evaluation.yaml beside a lesson.md has questions with the passages that an answer must rest on, things that the
    tutor must decline, attempts to get an exercise's answer, and attacks. They go through the whole gateway to the
    model that the settings name, or with --offline to the offline engine. What is asked and answered is kept nowhere.
    A model answers differently each time: run it more than once before you trust a difference.
    """
    from xblock_ai_tutor.gateway.errors import GatewayError  # noqa: PLC0415 - seconds of imports, for this command alone
    from xblock_ai_tutor.gateway.evaluation import ask, report  # noqa: PLC0415
    from xblock_ai_tutor.gateway.evaluation.cases import read_sets  # noqa: PLC0415
    from xblock_ai_tutor.gateway.evaluation.judge import judge  # noqa: PLC0415
    from xblock_ai_tutor.gateway.posture import ResidencyRefusedError  # noqa: PLC0415

    try:
        sets = read_sets(content)
        with contextlib.ExitStack() as stack:
            environment = dict(os.environ)
            if offline:
                environment |= {
                    "TUTOR_MODEL_BASE_URL": stack.enter_context(ask.offline_engine()),
                    "TUTOR_MODEL": "offline-engine",
                    "TUTOR_MODEL_API_KEY": "none",
                    "TUTOR_RESIDENCY_POLICY": "uk-at-rest",
                    "TUTOR_OPERATOR_COUNTRY": "GB",
                    "TUTOR_ALLOWED_ORIGINS": "http://127.0.0.1",
                }
            gateway = stack.enter_context(ask.evaluated_gateway(environment))
            outcomes = []
            for found in sets:
                lore = ask.lore_of(found)
                for case in found.cases:
                    reply = gateway.ask(found, case)
                    outcome = report.Outcome(found.lesson.id, case, judge(case, reply, lore))
                    outcomes.append(outcome)
                    if replies:
                        met = "met" if outcome.passed else "NOT MET: " + ", ".join(outcome.failed_claims)
                        click.echo(f"{found.lesson.id} · {case.id} · {case.kind} · {met}\n> {case.ask}\n{reply.text}\n")
            host = urlsplit(gateway.settings.model_base_url).hostname or ""
            found_all = report.summary(outcomes, model=gateway.settings.model, host=host)
    except ConfigError as error:
        raise Stopped(settings_problems(error), CONFIG) from None
    except ResidencyRefusedError as refused:
        raise Stopped(str(refused), RESIDENCY) from None
    except GatewayError as error:
        raise Stopped(str(error), FAILED) from None
    click.echo(json.dumps(found_all, ensure_ascii=False, indent=1) if as_json else report.as_table(found_all))
    if any(rate["passed"] < at_least * rate["of"] for rate in found_all["all"].values()):
        raise SystemExit(FAILED)
