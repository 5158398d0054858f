"""`tutor-gateway residency check`: judge an endpoint before anything is sent to it."""

from __future__ import annotations

import os
from dataclasses import asdict

import click

from xblock_ai_tutor.gateway.commands.common import CONFIG, EXIT_CODES, RESIDENCY, Stopped, say_json
from xblock_ai_tutor.gateway.errors import PolicyError, ResidencyError
from xblock_ai_tutor.gateway.sandbox.residency import POLICIES, Assessment, assess


@click.group(epilog=EXIT_CODES)
def residency() -> None:
    """Where an endpoint stores, processes and counts."""


@residency.command(epilog=EXIT_CODES)
@click.option(
    "--base-url", metavar="URL", envvar="TUTOR_MODEL_BASE_URL", help="The endpoint; TUTOR_MODEL_BASE_URL otherwise."
)
@click.option(
    "--policy",
    type=click.Choice(list(POLICIES)),
    envvar="TUTOR_RESIDENCY_POLICY",
    default="uk-at-rest",
    show_default=True,
    help="The policy; TUTOR_RESIDENCY_POLICY otherwise.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def check(base_url: str | None, policy: str, as_json: bool) -> None:
    """Say whether an endpoint meets a residency policy, for each of stored in, processed in and usage metadata in.

    It judges the address and opens no connection. Exit code 0 when the policy is met, 3 when it is not. An address
    that cannot be judged is refused too: with --json it has no facts but an "error".
    """
    if not base_url:
        raise Stopped("No endpoint to judge: give --base-url or set TUTOR_MODEL_BASE_URL.", CONFIG)
    try:
        found = assess(policy, base_url, operator_country=os.environ.get("TUTOR_OPERATOR_COUNTRY") or None)
    except PolicyError as error:
        raise Stopped(f"TUTOR_OPERATOR_COUNTRY: {error}", CONFIG) from None
    except ResidencyError as error:
        if as_json:
            say_json({"policy": policy, "host": None, "ok": False, "facts": [], "error": str(error)})
        raise Stopped(str(error), RESIDENCY) from None
    if as_json:
        say_json(asdict(found))
    else:
        _say(found)
    if not found.ok:
        raise SystemExit(RESIDENCY)


def _say(found: Assessment) -> None:
    verdict = "meets" if found.ok else "does not meet"
    click.echo(f"{found.host} {verdict} the policy {found.policy}.")
    for fact in found.facts:
        click.echo(f"  {'ok    ' if fact.ok else 'FAILS '} {fact.name}: {fact.found} (required: {fact.required})")
        click.echo(f"         {fact.reason}")
