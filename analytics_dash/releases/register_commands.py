"""`adoption register`, `audit`, `reader`, `session`: what an operator does with the register, and who reads it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from analytics_dash.i18n import _
from analytics_dash.releases import audit_chain, dao
from analytics_dash.releases.access import close_sessions
from analytics_dash.releases.accounts import accounts, give_role, take_role
from analytics_dash.releases.backup import restore_backup, write_backup
from analytics_dash.releases.errors import ReleaseError
from analytics_dash.releases.options import json_option, register_option, register_url
from analytics_dash.releases.register import opened_register
from analytics_dash.releases.types import ROLES, Scope
from analytics_dash.releases.upgrading import bring_up_to_date


@click.group()
def register() -> None:
    """Make, upgrade, back up and restore the register of releases."""


@register.command()
@register_option
@json_option
def upgrade(register: str | None, as_json: bool) -> None:
    """Make the register, or bring it to the form of this version; nothing in it is lost.

    Other commands do the same when they open it. A register of a newer version is refused and left alone.
    """
    with opened_register(register_url(register), as_it_is=True):
        before, after = bring_up_to_date()
    if as_json:
        click.echo(json.dumps({"before": before, "after": after}))
    elif before == after:
        click.echo(_("The register has the form {after} already.").format(after=after))
    elif before is None:
        click.echo(_("The register is made, in the form {after}.").format(after=after))
    else:
        click.echo(_("The register went from the form {before} to {after}.").format(before=before, after=after))


@register.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@register_option
@json_option
def backup(file: Path, register: str | None, as_json: bool) -> None:
    """Write the whole register to FILE, as it is at one moment; readers and publishers go on meanwhile."""
    with opened_register(register_url(register)):
        counts = write_backup(file)
    _print_counts(_("Written to {file}: {counts}").format(file=file, counts=_listed(counts)), counts, as_json=as_json)


@register.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@register_option
@json_option
def restore(file: Path, register: str | None, as_json: bool) -> None:
    """Fill an empty register from FILE: all of it, or nothing when the file is damaged."""
    with opened_register(register_url(register)):
        counts = restore_backup(file)
    _print_counts(_("Restored: {counts}").format(counts=_listed(counts)), counts, as_json=as_json)


@click.group()
def audit() -> None:
    """Look at the readers' audit."""


@audit.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000), help=_("Lines, latest first."))
@click.option("--reader", metavar="ID", help=_("Only what this reader did."))
@register_option
@json_option
def show(limit: int, reader: str | None, register: str | None, as_json: bool) -> None:
    """Show who looked at what, latest first. No figure is in it."""
    with opened_register(register_url(register)):
        entries = dao.audit_entries(limit=limit, user=reader)
    if as_json:
        rows = [
            {"at": entry.at.isoformat(), "reader": entry.user, "action": entry.action, "detail": entry.detail}
            for entry in entries
        ]
        click.echo(json.dumps({"entries": rows}, ensure_ascii=False, indent=2))
        return
    if not entries:
        click.echo(_("Nothing has been recorded yet."))
    for entry in entries:
        click.echo(f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.user:<28} {entry.action:<20} {entry.detail}".rstrip())


@audit.command()
@click.option("--noted", metavar="LINK", default="", help=_("A last link that was noted earlier: it must be there."))
@register_option
@json_option
def verify(noted: str, register: str | None, as_json: bool) -> None:
    """Follow the chain of the audit's lines, and print the last link, to be noted where the register's owner cannot
    change it. Fails when a line was changed, taken out or put in, or the noted link is not there.
    """
    with opened_register(register_url(register)):
        chain = audit_chain.verify(noted)
    if as_json:
        click.echo(json.dumps(asdict(chain)))
    if chain.broken_at is not None:
        raise ReleaseError(
            _("The audit was changed: line {id} does not fit the one before it.").format(id=chain.broken_at)
        )
    if not chain.noted:
        raise ReleaseError(_("The noted link is not in the audit: lines were taken from its end, or it is another."))
    if not as_json:
        click.echo(
            _("The audit is whole: {lines} lines. Last link: {link}").format(lines=chain.lines, link=chain.last_link)
        )


@click.group()
def reader() -> None:
    """Say which role an account of the learning platform has here."""


@reader.command("set")
@click.argument("account", metavar="ID")
@click.option("--role", required=True, type=click.Choice(ROLES), help=_("What it may see."))
@click.option("--scope", "department", metavar="DEPARTMENT", help=_("A department head's department."))
@register_option
def set_(account: str, role: str, department: str | None, register: str | None) -> None:
    """Give an account its role. ID is what the page said that refused it; sessions of an earlier role end."""
    if department and role != "department_head":
        raise click.UsageError(_("--scope goes with --role department_head; other roles see every department."))
    with opened_register(register_url(register)):
        give_role(account, Scope(role, department))  # type: ignore[arg-type]  # one of ROLES
        dao.audit("operator", "reader set", f"{account}, {role}")
    click.echo(_("{account} signs in as {role} from now on.").format(account=account, role=role))


@reader.command("list")
@register_option
@json_option
def list_(register: str | None, as_json: bool) -> None:
    """List the accounts with a role here."""
    with opened_register(register_url(register)):
        found = accounts()
    if as_json:
        rows = [{"id": each.id, "role": each.scope.role, "department": each.scope.department} for each in found]
        click.echo(json.dumps({"readers": rows}, ensure_ascii=False, indent=2))
        return
    for each in found:
        click.echo(f"{each.id:<36} {each.scope.role:<18} {each.scope.department or ''}".rstrip())


@reader.command()
@click.argument("account", metavar="ID")
@register_option
def remove(account: str, register: str | None) -> None:
    """Take an account's role away, and end its sessions."""
    with opened_register(register_url(register)):
        take_role(account)
        dao.audit("operator", "reader remove", account)
    click.echo(_("{account} sees nothing any more.").format(account=account))


@click.group()
def session() -> None:
    """End readers' sessions."""


@session.command()
@click.argument("reader", metavar="ID")
@register_option
def end(reader: str, register: str | None) -> None:
    """End every session of a reader, named as in the audit: their role has changed, or they have left."""
    with opened_register(register_url(register)):
        count = close_sessions(reader)
        dao.audit("operator", "session end", reader)
    click.echo(_("Sessions ended: {count}").format(count=count))


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _print_counts(sentence: str, counts: dict[str, int], *, as_json: bool) -> None:
    click.echo(json.dumps({"rows": counts}) if as_json else sentence)
