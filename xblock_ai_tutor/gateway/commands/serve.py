"""`tutor-gateway serve` and `tutor-gateway keys`: checks first, then gunicorn takes the process over."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile

import click

from xblock_ai_tutor.gateway.commands.common import (
    CONFIG,
    EXIT_CODES,
    RESIDENCY,
    Stopped,
    check_port,
    check_residency,
    database_errors,
    settings_problems,
)
from xblock_ai_tutor.gateway.config import METRICS_FOLDER, ConfigError, Settings
from xblock_ai_tutor.gateway.errors import PolicyError, ResidencyError
from xblock_ai_tutor.gateway.posture import refusal
from xblock_ai_tutor.gateway.sandbox.residency import assess


@click.command(epilog=EXIT_CODES)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8100, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes; each holds hundreds of streams.",
)
@click.option("--model-base-url", metavar="URL", help="The model endpoint, instead of TUTOR_MODEL_BASE_URL.")
@click.option("--policy", metavar="ID", help="The residency policy, instead of TUTOR_RESIDENCY_POLICY.")
def serve(host: str, port: int, workers: int, model_base_url: str | None, policy: str | None) -> None:
    """Check everything, then serve the gateway.

    It does not start with a missing setting (4), on an endpoint that the residency policy does not allow or whose
    residency is not proven (3, saying which of stored in, processed in, usage metadata in and retention fails), or
    without its database and port (6). What could not be asked just now stops the answers and not the start: it is
    asked again. It prints one line with its address when it is ready, and stops on SIGTERM after the running answers
    have ended.
    """
    environment = dict(os.environ)
    if model_base_url is not None:
        environment["TUTOR_MODEL_BASE_URL"] = model_base_url
    if policy is not None:
        environment["TUTOR_RESIDENCY_POLICY"] = policy
    try:
        settings = Settings.read(environment)
    except ConfigError as error:
        raise Stopped(*_with_residency(settings_problems(error), environment)) from None
    check_residency(settings)
    os.umask(0o077)  # what the gateway writes is for its own account alone
    environment = _without_overrides(settings, environment)
    check_port(host, port)
    _prepare(settings, environment)
    arguments = [
        *(sys.executable, "-m", "gunicorn", "--config", "python:xblock_ai_tutor.gateway.gunicorn_conf"),
        *("--bind", f"{host}:{port}", "--workers", str(workers)),
    ]
    # Where the workers add up their counts (gateway.metrics). Begun anew at each start, as counters may be.
    environment[METRICS_FOLDER] = tempfile.mkdtemp(prefix="tutor-gateway-metrics-")
    sys.stdout.flush()
    os.execve(sys.executable, arguments, environment)  # noqa: S606 - our own interpreter, no shell


@click.command(epilog=EXIT_CODES)
def keys() -> None:
    """Print fresh keys as environment lines: for the service, tickets and transcripts. Keep them; print once."""
    from cryptography.fernet import Fernet  # noqa: PLC0415

    click.echo(f"TUTOR_SERVICE_KEY={secrets.token_urlsafe(48)}")
    click.echo(f"TUTOR_TICKET_KEY={secrets.token_urlsafe(48)}")
    click.echo(f"TUTOR_IDENTITY_KEY={secrets.token_urlsafe(48)}")
    click.echo(f"TUTOR_TRANSCRIPT_KEY={Fernet.generate_key().decode()}")


def _with_residency(message: str, environment: dict[str, str]) -> tuple[str, int]:
    """The settings' problems, with a refused endpoint named as well: an operator should hear it all at once."""
    base_url = environment.get("TUTOR_MODEL_BASE_URL", "")
    policy = environment.get("TUTOR_RESIDENCY_POLICY") or "uk-at-rest"
    if not base_url:
        return message, CONFIG
    try:
        found = assess(policy, base_url, operator_country=environment.get("TUTOR_OPERATOR_COUNTRY") or None)
    except PolicyError:
        return message, CONFIG  # it is among the settings' problems
    except ResidencyError as error:
        return f"The endpoint's residency cannot be judged. {error}\n{message}", RESIDENCY
    if found.ok:
        return message, CONFIG
    return f"{refusal(found)}\n{message}", RESIDENCY


def _without_overrides(settings: Settings, environment: dict[str, str]) -> dict[str, str]:
    """The environment for the workers: the gateway follows no proxy anyhow, and nothing beside it shall either."""
    from xblock_ai_tutor.gateway.residency.overrides import overrides, without_overrides  # noqa: PLC0415

    found = overrides(
        environment,
        base_url=settings.model_base_url,
        project=settings.model_project,
        organisation=settings.model_organisation,
    )
    if found:
        click.echo(f"Not passed on to the workers: {', '.join(found)}.", err=True)
    return without_overrides(environment, found)


def _prepare(settings: Settings, environment: dict[str, str]) -> None:
    """Bring the database to its newest form and check residency, once, before there are workers."""
    from flask import Flask  # noqa: PLC0415 - seconds of imports that a refusal need not wait for

    from xblock_ai_tutor.gateway.residency.attestation import FAILED, PASSED, failing  # noqa: PLC0415
    from xblock_ai_tutor.gateway.residency.record import check_and_record  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import init_database, prepare_database  # noqa: PLC0415

    app = Flask("xblock_ai_tutor.gateway", static_folder=None)
    with database_errors():
        init_database(app, settings.database_url)
        prepare_database(app)
        with app.app_context():
            found = check_and_record(settings, environ=environment)
    if found["outcome"] == PASSED:
        return
    why = "".join(f"\n- {sentence}" for sentence in failing(found))
    if found["outcome"] == FAILED:
        raise Stopped(f"The endpoint at {found['host']} does not meet the policy {found['policy']}:{why}", RESIDENCY)
    click.echo(f"Residency could not be checked just now; no one is answered until it has been:{why}", err=True)
