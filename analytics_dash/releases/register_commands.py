"""`adoption register upgrade|backup|restore` and `adoption audit show`: what an operator does with the register."""

from __future__ import annotations

import json
from pathlib import Path

import click

from analytics_dash.i18n import _
from analytics_dash.releases import dao
from analytics_dash.releases.backup import restore_backup, write_backup
from analytics_dash.releases.options import json_option, register_option, register_url
from analytics_dash.releases.register import opened_register
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


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _print_counts(sentence: str, counts: dict[str, int], *, as_json: bool) -> None:
    click.echo(json.dumps({"rows": counts}) if as_json else sentence)
