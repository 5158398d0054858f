"""`tutor-gateway records`, `reports` and `audit`: what is owed to learners, and an account of what was done."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, cast

import click

from xblock_ai_tutor.gateway.commands.common import EXIT_CODES, FAILED, Stopped, database_errors, ledger_app, say_json
from xblock_ai_tutor.gateway.commands.records import gateway_app, whole_file

_as_json = click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
_who = (
    click.option("--learner", metavar="PSEUDONYM", help="The gateway's pseudonym: 32 hex digits."),
    click.option(
        "--lms-id",
        metavar="ID",
        help="The platform's anonymous id, where its pseudonym_key is not set.",
    ),
)


def _one_learner(command: Any) -> Any:
    for option in _who:
        command = option(command)
    return command


@click.group(epilog=EXIT_CODES)
def records() -> None:
    """Everything about one learner: out for a subject access request, or gone."""


@records.command(epilog=EXIT_CODES)
@_one_learner
@click.option("--out", metavar="DIR", required=True, type=click.Path(path_type=Path, file_okay=False), help="Where to.")
@click.option("--language", metavar="TAG", default="en", show_default=True, help="Of the page to read: en, cy, fr.")
def export(learner: str | None, lms_id: str | None, out: Path, language: str) -> None:
    """Write records.json and records.html: what is stored about one learner, from every table.

    The learner's own values stand where placeholders were sent, so keep the files as you would keep the originals.
    """
    from xblock_ai_tutor.gateway.records import as_html, export_learner  # noqa: PLC0415
    from xblock_ai_tutor.gateway.services import services_of  # noqa: PLC0415

    app = gateway_app()
    with database_errors(), app.app_context():
        found = export_learner(services_of(app), _pseudonym(app, learner, lms_id))
    out.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("records.json", json.dumps(found, ensure_ascii=False, indent=2) + "\n"),
        ("records.html", as_html(found, language)),
    ):
        with whole_file(out / name) as file:
            file.write(text)
    turns = sum(len(conversation["turns"]) for conversation in found["conversations"])
    click.echo(f"{turns} turns and {len(found['ledger'])} ledger rows written to {out}.")


@records.command(epilog=EXIT_CODES)
@_one_learner
@click.option("--yes", is_flag=True, help="Do it without asking.")
@_as_json
def erase(learner: str | None, lms_id: str | None, yes: bool, as_json: bool) -> None:
    """Erase one learner from every table and from the database's files. It cannot be undone.

    What the service, a lesson or a department used stays: those totals are about nobody. The audit notes the counts.
    """
    from xblock_ai_tutor.gateway.records import erase_learner  # noqa: PLC0415

    app = gateway_app()
    who = _pseudonym(app, learner, lms_id)
    if not yes:
        click.confirm("Erase everything about this learner for good?", abort=True, err=True)
    with database_errors(), app.app_context():
        erased = erase_learner(who)
    if as_json:
        say_json(erased)
    else:
        click.echo("Erased: " + ", ".join(f"{count} {table}" for table, count in erased.items()) + ".")


@click.group(epilog=EXIT_CODES)
def reports() -> None:
    """Answers that learners reported as wrong or worrying, for a person to look at."""


@reports.command("list", epilog=EXIT_CODES)
@click.option("--all", "everything", is_flag=True, help="Also what was decided already.")
@_as_json
def list_reports(everything: bool, as_json: bool) -> None:
    """The queue, oldest first. A report goes with its turn at the end of retention: work through it before."""
    from xblock_ai_tutor.gateway.opinions import queue  # noqa: PLC0415
    from xblock_ai_tutor.gateway.services import services_of  # noqa: PLC0415

    app = gateway_app()
    with database_errors(), app.app_context():
        found = queue(services_of(app), waiting_only=not everything)
    if as_json:
        say_json(found)
        return
    for row in found:
        click.echo(
            f"{row['report']:>6}  {row['at']}  {row['kind']:<8}  {row['outcome']:<10}  {row['course']}  "
            f"step {row['step'] or '–'}  kept until {row['kept_until']}"
        )
    if not found:
        click.echo("No report waits.")


@reports.command(epilog=EXIT_CODES)
@click.argument("number", type=int)
@_as_json
def show(number: int, as_json: bool) -> None:
    """One report with its question and answer as they are stored: placeholders instead of identifiers."""
    from xblock_ai_tutor.gateway.opinions import reported  # noqa: PLC0415
    from xblock_ai_tutor.gateway.services import services_of  # noqa: PLC0415

    app = gateway_app()
    with database_errors(), app.app_context():
        found = reported(services_of(app), number)
    if found is None:
        raise _no_report(number)
    if as_json:
        say_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name}: {value}")


@reports.command(epilog=EXIT_CODES)
@click.argument("number", type=int)
@click.option("--outcome", type=click.Choice(["upheld", "not_upheld"]), required=True, help="What you decided.")
def close(number: int, outcome: str) -> None:
    """Note what was decided about a report. It is audited."""
    from xblock_ai_tutor.gateway.opinions import Outcome, close_report  # noqa: PLC0415

    with database_errors(), ledger_app().app_context():
        closed = close_report(number, outcome=cast("Outcome", outcome))
    if not closed:
        raise _no_report(number)
    click.echo(f"Report {number}: {outcome}.")


@click.group(epilog=EXIT_CODES)
def audit() -> None:
    """What was done to records and settings, in a chain that shows later changes."""


@audit.command("show", epilog=EXIT_CODES)
def show_audit() -> None:
    """Every entry as JSON lines, oldest first."""
    from xblock_ai_tutor.gateway.store.audit import dao_get_audit  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import transaction  # noqa: PLC0415

    with database_errors(), ledger_app().app_context(), transaction() as session:
        for entry in dao_get_audit(session):
            say_json(
                {
                    "id": entry.id,
                    "at": dt.datetime.fromtimestamp(entry.at_ms / 1000, dt.UTC).isoformat(timespec="milliseconds"),
                    "actor": entry.actor,
                    "action": entry.action,
                    "detail": entry.detail,
                    "link": entry.link,
                }
            )


@audit.command(epilog=EXIT_CODES)
@click.option("--noted", metavar="LINK", help="A link that you wrote down earlier: it must be in the chain.")
@_as_json
def verify(noted: str | None, as_json: bool) -> None:
    """Follow the chain, and print its last link. Note that outside the gateway: it vouches for all before it.

    Exit code 1 when an entry was changed, removed or inserted, or the noted link is missing.
    """
    from xblock_ai_tutor.gateway.store.audit import dao_verify_audit  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import transaction  # noqa: PLC0415

    with database_errors(), ledger_app().app_context(), transaction() as session:
        chain = dao_verify_audit(session, noted=noted)
    if as_json:
        say_json({"entries": chain.entries, "last_link": chain.last_link, "broken_at": chain.broken_at})
    elif chain.broken_at is None:
        click.echo(f"{chain.entries} entries, unbroken. Last link: {chain.last_link}")
    if chain.broken_at is not None:
        raise Stopped(f"The audit is not as it was written: it breaks at entry {chain.broken_at}.", FAILED)


def _no_report(number: int) -> Stopped:
    return Stopped(f"There is no report {number}. `tutor-gateway reports list --all` lists them.", FAILED)


def _pseudonym(app: Any, learner: str | None, lms_id: str | None) -> str:
    """The learner that the options name."""
    from xblock_ai_tutor.gateway.services import services_of  # noqa: PLC0415
    from xblock_ai_tutor.gateway_client import GatewayClient  # noqa: PLC0415

    if (learner is None) == (lms_id is None):
        raise click.UsageError("Name the learner with --learner or with --lms-id.")
    if lms_id is not None:
        oldest = services_of(app).settings.service_key.each()[-1]
        return GatewayClient("", "", (oldest,), oldest).pseudonym(lms_id)
    if learner is None or len(learner) != 32 or set(learner) - set("0123456789abcdef"):
        raise click.UsageError("A pseudonym has 32 hex digits in lower case.")
    return learner
