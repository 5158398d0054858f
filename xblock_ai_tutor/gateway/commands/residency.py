"""`tutor-gateway residency`: judge an address, check the configured endpoint, read the attestations."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xblock_ai_tutor.gateway.commands.common import (
    CONFIG,
    EXIT_CODES,
    FAILED,
    RESIDENCY,
    Stopped,
    database_errors,
    read_settings,
    say_json,
    settings_problems,
)
from xblock_ai_tutor.gateway.config import ConfigError, Settings
from xblock_ai_tutor.gateway.errors import PolicyError, ResidencyError
from xblock_ai_tutor.gateway.sandbox.residency import Assessment, assess
from xblock_ai_tutor.gateway.sandbox.rulebook import READY, Rulebook, read_rulebook

if TYPE_CHECKING:
    from flask import Flask


@click.group(epilog=EXIT_CODES)
def residency() -> None:
    """Where an endpoint stores, processes and counts, and how that is known."""


@residency.command(epilog=EXIT_CODES)
@click.option("--base-url", metavar="URL", help="Judge this address alone, not the configured endpoint.")
@click.option("--policy", metavar="ID", help="The policy; TUTOR_RESIDENCY_POLICY otherwise.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout: the whole attestation.")
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write the attestation to FILE too."
)
@click.option("--record", is_flag=True, help="Add the attestation to the database: a running gateway goes by it.")
def check(base_url: str | None, policy: str | None, as_json: bool, out: Path | None, record: bool) -> None:
    """Check the configured endpoint and write a dated, signed attestation.

    It reads the project's residency and retention through the provider's Admin API (TUTOR_ADMIN_API_KEY), looks at
    the certificate, the SDK's settings and the environment, and says for each of stored in, processed in, usage
    metadata in and retention what is required, what was found and what that rests on. Exit code 0 when all of it was
    found as the policy requires, 3 otherwise, naming what fails.

    With --base-url it judges an address alone, opens no connection and proves nothing. An address that cannot be
    judged is refused too: with --json it has no facts but an "error".
    """
    if base_url is not None:
        if out or record:
            raise click.UsageError("An address alone gives no attestation: leave --base-url out.")
        _check_address(base_url, policy, as_json=as_json)
        return
    if not os.environ.get("TUTOR_MODEL_BASE_URL"):
        raise Stopped("No endpoint to judge: give --base-url or set TUTOR_MODEL_BASE_URL.", CONFIG)
    settings = read_settings(dict(os.environ) | ({"TUTOR_RESIDENCY_POLICY": policy} if policy else {}))
    found = _attested(settings, policy=settings.residency_policy, as_json=as_json)
    if record:
        from xblock_ai_tutor.gateway.residency.record import record as keep  # noqa: PLC0415

        with database_errors(), _database(settings.database_url).app_context():
            keep(found)
    text = json.dumps(found, ensure_ascii=False)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    if as_json:
        click.echo(text)
    else:
        _say_attestation(found)
    if not found["ok"]:
        _refuse(found)


@residency.group(epilog=EXIT_CODES)
def attestations() -> None:
    """The attestations that the gateway keeps. Needs TUTOR_DATABASE_URL and no key."""


@attestations.command("list", epilog=EXIT_CODES)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="The newest so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, newest first.")
def list_(limit: int, as_json: bool) -> None:
    """List the newest attestations."""
    from xblock_ai_tutor.gateway.store.attestations import dao_get_attestations  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import transaction  # noqa: PLC0415

    with database_errors(), _database_alone().app_context(), transaction() as session:
        rows = [(row.id, json.loads(row.document)) for row in dao_get_attestations(session, limit=limit)]
    for number, found in rows:
        if as_json:
            say_json({"id": number} | {name: found[name] for name in _LISTED})
        else:
            click.echo(f"{number:>6}  {found['at']}  {found['outcome']:<10}  {found['policy']}  {found['host']}")


_LISTED = ("at", "valid_until", "outcome", "policy", "host", "digest")


@attestations.command(epilog=EXIT_CODES)
@click.option(
    "--after", default=0, show_default=True, type=click.IntRange(min=0), help="Only those with higher numbers."
)
def export(after: int) -> None:
    """Write every attestation as it was signed, one JSON object a line, oldest first: the feed `tutor-attestations`."""
    from xblock_ai_tutor.gateway.store.attestations import dao_iter_attestations  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import transaction  # noqa: PLC0415

    with database_errors(), _database_alone().app_context(), transaction() as session:
        for row in dao_iter_attestations(session, after=after):
            click.echo(row.document)


@attestations.command(epilog=EXIT_CODES)
@click.argument("number", type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True, help="The document as it was signed.")
@click.option("--public-key", metavar="KEY", help="Check the signature against this key (the gateway's /residency).")
def show(number: int, as_json: bool, public_key: str | None) -> None:
    """Show attestation NUMBER; with --public-key, check that it is genuine (exit code 1 when it is not)."""
    from xblock_ai_tutor.gateway.residency.attestation import is_genuine  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.attestations import dao_get_attestation  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import transaction  # noqa: PLC0415

    with database_errors(), _database_alone().app_context(), transaction() as session:
        row = dao_get_attestation(session, number)
    if row is None:
        raise Stopped(f"There is no attestation {number}: see tutor-gateway residency attestations list.", FAILED)
    found = json.loads(row.document)
    if as_json:
        click.echo(row.document)
    else:
        _say_attestation(found)
    if public_key is not None:
        genuine = is_genuine(found, public_key)
        click.echo("The signature is genuine." if genuine else "The signature does NOT fit that key.", err=True)
        if not genuine:
            raise SystemExit(FAILED)


def _attested(settings: Settings, *, policy: str, as_json: bool) -> dict[str, Any]:
    from xblock_ai_tutor.gateway.residency.check import attest  # noqa: PLC0415 - the SDK is a second of imports

    try:
        return attest(settings, environ=os.environ, now=dt.datetime.now(dt.UTC))
    except ResidencyError as error:
        raise _unjudged(error, policy, as_json=as_json) from None


def _check_address(base_url: str, policy: str | None, *, as_json: bool) -> None:
    wanted = policy or os.environ.get("TUTOR_RESIDENCY_POLICY") or "uk-at-rest"
    rulebook = _rulebook()
    if wanted not in rulebook.policies:
        raise click.BadParameter(f"choose one of {', '.join(sorted(rulebook.policies))}.", param_hint="--policy")
    country = os.environ.get("TUTOR_OPERATOR_COUNTRY") or None
    try:
        found = assess(wanted, base_url, operator_country=country, rulebook=rulebook)
    except PolicyError as error:
        raise Stopped(f"TUTOR_OPERATOR_COUNTRY: {error}", CONFIG) from None
    except ResidencyError as error:
        raise _unjudged(error, wanted, as_json=as_json) from None
    if as_json:
        say_json(asdict(found) | {"evidence": "address"})
    else:
        _say_address(found)
    if not found.ok:
        raise SystemExit(RESIDENCY)


def _rulebook() -> Rulebook:
    path = os.environ.get("TUTOR_RESIDENCY_FILE")
    try:
        return read_rulebook(Path(path).read_text(encoding="utf-8"), READY) if path else READY
    except (OSError, UnicodeDecodeError):
        raise Stopped("TUTOR_RESIDENCY_FILE names a file that cannot be read.", CONFIG) from None
    except PolicyError as error:
        raise Stopped(f"TUTOR_RESIDENCY_FILE: {error}", CONFIG) from None


def _unjudged(error: ResidencyError, policy: str, *, as_json: bool) -> Stopped:
    if as_json:
        say_json({"policy": policy, "host": None, "ok": False, "facts": [], "error": str(error)})
    return Stopped(str(error), RESIDENCY)


def _refuse(found: dict[str, Any]) -> None:
    from xblock_ai_tutor.gateway.residency.attestation import failing  # noqa: PLC0415

    raise Stopped("\n".join(f"FAILS  {sentence}" for sentence in failing(found)), RESIDENCY)


def _say_address(found: Assessment) -> None:
    verdict = "meets" if found.ok else "does not meet"
    click.echo(f"By its address alone, {found.host} {verdict} the policy {found.policy}. Nothing is proven by that.")
    for fact in found.facts:
        _say_fact(asdict(fact))


def _say_attestation(found: dict[str, Any]) -> None:
    verdict = {"passed": "meets", "failed": "does not meet"}.get(found["outcome"], "could not be checked against")
    click.echo(f"{found['host']} {verdict} the policy {found['policy']} ({found['at']}, until {found['valid_until']}).")
    for fact in (*found["facts"], found["retention"]):
        _say_fact(fact)
    for look in found["checks"]:
        click.echo(f"  {_MARK[look['outcome']]} {look['name']}: {look['detail']}")
    click.echo(f"  digest {found['digest']}")


_MARK = {"passed": "ok    ", "failed": "FAILS ", "unreadable": "?     "}


def _say_fact(fact: dict[str, Any]) -> None:
    mark = "ok    " if fact["ok"] else "FAILS "
    click.echo(f"  {mark} {fact['name']}: {fact['found']} (required: {fact['required']}; evidence: {fact['evidence']})")
    click.echo(f"         {fact['reason']}")


def _database_alone() -> Flask:
    url = os.environ.get("TUTOR_DATABASE_URL", "")
    if not url:
        raise Stopped(settings_problems(ConfigError(("TUTOR_DATABASE_URL is not set.",))), CONFIG)
    return _database(url)


def _database(url: str) -> Flask:
    from xblock_ai_tutor.gateway.store.database import database_app  # noqa: PLC0415

    return database_app(url)
