"""The commands `adoption identity`: what only the holder of the pseudonym key may do.

What they do is in `warehouse.erasure` and `warehouse.rotation`. Identifiers come from a file or stdin, so that they are
in no list of processes and in no shell's history, and nothing here repeats one.
"""

from __future__ import annotations

from collections.abc import Iterable

import click

from analytics_dash.errors import EXIT_CODE_HELP, UsageError
from analytics_dash.home import key_path
from analytics_dash.i18n import _
from analytics_dash.keys import load_key
from analytics_dash.warehouse.commands import JSON, WAREHOUSE, bring_up, print_json
from analytics_dash.warehouse.erasure import erase as erase_people
from analytics_dash.warehouse.erasure import read_request
from analytics_dash.warehouse.linkage import by_department
from analytics_dash.warehouse.rotation import rotate as rotate_key
from analytics_dash.warehouse.store import open_warehouse
from analytics_dash.warehouse.url import loading_url


@click.group()
def identity() -> None:
    """Pseudonyms: how many people are linked; erase someone; rotate the key."""


@identity.command()
@WAREHOUSE
@JSON
def linkage(url: str, as_json: bool) -> None:
    """Print, department by department, how many people of the roster have anything linked to them.

    Counts below ten, and remainders below ten, are `[c]`.
    """
    with open_warehouse(loading_url(url)) as opened:
        rates = by_department(opened.connection)
    if as_json:
        print_json(rates)
        return
    for name, one in rates.items():
        click.echo(
            _("{name}: {people} people, {learning} with learning, {usage} with usage, {turns} with tutor turns").format(
                name=name, **one
            )
        )


@identity.command(epilog=EXIT_CODE_HELP)
@WAREHOUSE
@JSON
@click.option(
    "--from",
    "source",
    metavar="FILE",
    required=True,
    type=click.File(encoding="utf-8-sig"),
    help=_(
        "The identifiers, a line each: a kind (email, lms_username, lms_user_id, …) and the identifier; - is stdin."
    ),
)
def erase(url: str, source: Iterable[str], as_json: bool) -> None:
    """Erase people from the warehouse, and keep them out whatever is loaded later.

    All that is known to be the same person goes, in every table; the next release is built without. Give every
    identifier that you have: those that nothing joins are different people to the warehouse. Delete the request after
    use, and backups of the warehouse by their own schedule.

    On Spark and ClickHouse it is done in the DuckDB file that feeds are loaded into, and the copy is made anew; the
    copy's old content goes at once. Where you gave the file itself, do `adoption warehouse copy` to each of its copies.

    \b
    adoption identity erase --warehouse duckdb:///adoption.duckdb --from request.txt
    """
    try:
        request = read_request(source)
    except UnicodeDecodeError as error:
        raise UsageError(_("The request is not UTF-8 text.")) from error
    erased = erase_people(loading_url(url), request, say=lambda sentence: click.echo(sentence, err=True))
    bring_up(url, as_json=as_json)
    if as_json:
        print_json({"identifiers": len(erased.known), "known": erased.known})
        return
    for number, known in enumerate(erased.known, start=1):
        said = (
            _("identifier {number}: erased")
            if known
            else _("identifier {number}: nothing was known; kept out from now on")
        )
        click.echo(said.format(number=number))


@identity.command()
@WAREHOUSE
@JSON
@click.option(
    "--old",
    type=click.Choice(["keep", "destroy"]),
    required=True,
    help=_("What becomes of the old version: keep it for older backups and other warehouses, or destroy it."),
)
def rotate(url: str, old: str, as_json: bool) -> None:
    """Give everyone in the warehouse another pseudonym, under the next version of the key.

    Feeds go on as before: the same people, the same events. What was erased stays out. Back the new key up. A copy on
    Spark or ClickHouse is made anew, as `erase` does it.
    """
    new = rotate_key(loading_url(url), keep_old=old == "keep")
    bring_up(url, as_json=as_json)
    if as_json:
        print_json({"version": new.version, "fingerprint": new.fingerprint})
    else:
        click.echo(
            _(
                "The warehouse and the key are at version {version} (fingerprint {fingerprint}). Back the key up."
            ).format(version=new.version, fingerprint=new.fingerprint)
        )


@identity.command()
@JSON
def show(as_json: bool) -> None:
    """Print the key's version and fingerprint, never the key."""
    key = load_key(key_path())
    if as_json:
        print_json({"version": key.version, "fingerprint": key.fingerprint})
    else:
        click.echo(
            _("version {version}, fingerprint {fingerprint}").format(version=key.version, fingerprint=key.fingerprint)
        )
