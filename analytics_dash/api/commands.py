"""`adoption token create|list|revoke`: tokens for programs that read the API."""

from __future__ import annotations

import json

import click

from analytics_dash.i18n import _
from analytics_dash.releases import ROLES, Scope, audit
from analytics_dash.releases.access import create_token, revoke_token, tokens
from analytics_dash.releases.options import json_option, register_option, register_url
from analytics_dash.releases.register import opened_register


@click.group()
def token() -> None:
    """Make, list and revoke tokens for programs that read the API."""


@token.command()
@click.option("--name", required=True, help=_("What the audit will call it: the program, not a person."))
@click.option("--role", required=True, type=click.Choice(ROLES), help=_("What it may see."))
@click.option("--scope", "department", metavar="DEPARTMENT", help=_("A department head's department."))
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366), help=_("How long it is good."))
@register_option
@json_option
def create(*, name: str, role: str, department: str | None, days: int, register: str | None, as_json: bool) -> None:
    """Make a token and print it: this once, because only its digest is kept."""
    if department and role != "department_head":
        raise click.UsageError(_("--scope goes with --role department_head; other roles see every department."))
    with opened_register(register_url(register)):
        text = create_token(name, Scope(role, department), days=days)  # type: ignore[arg-type]  # one of ROLES
        audit("operator", "token create", f"{name}, {role}")
    if as_json:
        click.echo(json.dumps({"name": name, "token": text}))
        return
    click.echo(text)
    click.echo(_("Keep it now: it is not shown again. Send it as “Authorization: Bearer …”."), err=True)


@token.command("list")
@register_option
@json_option
def list_(register: str | None, as_json: bool) -> None:
    """List all tokens, without their secrets."""
    with opened_register(register_url(register)):
        found = tokens()
    if as_json:
        rows = [
            {
                "name": each.name,
                "role": each.scope.role,
                "department": each.scope.department,
                "expires_at": each.expires_at.isoformat(timespec="seconds"),
                "state": each.state,
            }
            for each in found
        ]
        click.echo(json.dumps({"tokens": rows}, ensure_ascii=False, indent=2))
        return
    for each in found:
        scope = each.scope.department or ""
        click.echo(
            f"{each.name:<24} {each.scope.role:<18} {each.expires_at:%Y-%m-%d}  {each.state:<8} {scope}".rstrip()
        )


@token.command()
@click.argument("name")
@register_option
def revoke(name: str, register: str | None) -> None:
    """End a token at once."""
    with opened_register(register_url(register)):
        revoke_token(name)
        audit("operator", "token revoke", name)
    click.echo(_("The token {name} opens nothing any more.").format(name=name))
