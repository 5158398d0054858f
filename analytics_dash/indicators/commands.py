"""`adoption indicators`: what is published and what it means, and the estimates of a release.

`list`, `show` and `dictionary` read the catalogue and nothing else; `estimates` reads the register.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from analytics_dash.errors import UsageError
from analytics_dash.i18n import _
from analytics_dash.indicators import DICTIONARY, Entry, Figure
from analytics_dash.indicators.dictionary import dictionary as page
from analytics_dash.indicators.dictionary import facts
from analytics_dash.releases import (
    LearningFigure,
    ReleaseError,
    audit,
    latest_published,
    learning,
    register_app,
    release_info,
)
from analytics_dash.releases.options import json_option, register_option, register_url


@click.group()
def indicators() -> None:
    """Say what is published and what it means.

    \b
    adoption indicators list
    adoption indicators show active_use
    """


@indicators.command(name="list")
@click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object."))
def list_(as_json: bool) -> None:
    """List every entry of the catalogue."""
    if as_json:
        click.echo(json.dumps({"entries": [_object(entry) for entry in DICTIONARY.values()]}, ensure_ascii=False))
        return
    for entry in DICTIONARY.values():
        click.echo(f"{entry.id:<26} {_(entry.title)} ({_(entry.unit)})")


@indicators.command()
@click.argument("entry_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object."))
def show(entry_id: str, as_json: bool) -> None:
    """Show one entry: its question, definition and known misuse."""
    entry = DICTIONARY.get(entry_id)
    if entry is None:
        raise UsageError(
            _("There is no entry “{id}” in the catalogue; adoption indicators list names them.").format(id=entry_id)
        )
    if as_json:
        click.echo(json.dumps(_object(entry), ensure_ascii=False, indent=2))
        return
    click.echo(f"{_(entry.title)}\n{_(entry.question)}\n\n{_(entry.definition)}\n")
    for name, value in facts(entry):
        click.echo(f"{name:<15} {_(value)}")


@indicators.command()
def dictionary() -> None:
    """Print the data dictionary as Markdown: docs/indicators.md."""
    click.echo(page(DICTIONARY.values()), nl=False)


@indicators.command()
@click.option("--release", "release_id", metavar="ID", help=_("A published release; the latest one if not given."))
@register_option
@json_option
def estimates(release_id: str | None, register: str | None, as_json: bool) -> None:
    """Show a release's estimates with their 95 % intervals, and what each can and cannot say.

    \b
    adoption indicators estimates
    """
    with register_app(register_url(register)).app_context():
        info = latest_published() if release_id is None else release_info(release_id)
        if info is None or info.status != "published":
            raise ReleaseError(_("No such release is published: adoption release list shows those there are."))
        found = learning(info.id, lesson="")
        audit("command line", "estimates", f"release {info.id}")
    if as_json:
        rows = [{name: value for name, value in asdict(each).items() if name != "release"} for each in found]
        services = info.manifest.get("services", [])
        click.echo(json.dumps({"release": info.id, "estimates": rows, "services": services}, ensure_ascii=False))
        return
    for entry in (each for each in DICTIONARY.values() if isinstance(each, Figure) and each.comes_from == "estimates"):
        mine = [each for each in found if each.measure in entry.measures]
        if mine:
            click.echo(f"{_(entry.title)} ({_(entry.unit)})")
            click.echo("".join(f"  {_words(each)}\n" for each in mine) + f"  {_(entry.misuse)}\n")


def _words(figure: LearningFigure) -> str:
    place = " / ".join(part for part in (figure.measure, figure.step, figure.item, figure.option) if part)
    if figure.value is None:
        return f"{place}: [c]"
    limits = "" if figure.low is None else _("({low} to {high})").format(low=figure.low, high=figure.high)
    people = _("{people} people").format(people=figure.denominator)
    return f"{place}: {figure.value} {limits} {people}"


def _object(entry: Entry) -> dict[str, Any]:
    """All of an entry that is data."""
    return {name: value for name, value in _fields(entry).items() if isinstance(value, (str, int, tuple, list))}


def _fields(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in asdict(entry)}
