"""The commands `adoption feeds` and `adoption fetch`: what feeds there are, how they look, made-up files, and fetching.

Loading is `analytics_dash.warehouse.commands`; errors and exit codes are the group's (`analytics_dash.cli`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from analytics_dash.errors import EXIT_CODE_HELP, UsageError
from analytics_dash.i18n import _
from analytics_dash.sources.fetching import fetch as fetch_pages
from analytics_dash.sources.pages import page as page_of
from analytics_dash.sources.reader import Feed
from analytics_dash.sources.registry import FEEDS, FETCHERS, HERE, READERS
from analytics_dash.sources.roster_feed import StaffRoster

_MOST_ROWS = 10_000_000


class RegisteredName(click.ParamType[str]):
    """A name of a registry; nothing is imported to check it, so that a broken plugin spoils nobody's help."""

    name = "kind"

    def __init__(self, registry: Mapping[str, Any]) -> None:
        self._registry = registry

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002 (click's)
        return "KIND"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value == StaffRoster.kind and value not in self._registry:
            self.fail(_("the roster is loaded by --roster FILE, and is no kind of its own."), param, ctx)
        if value not in self._registry:
            self.fail(_("{name} is none of: {names}.").format(name=value, names=", ".join(self._registry)), param, ctx)
        return str(value)


def options_of(_ctx: click.Context, _param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """`--option NAME=VALUE`, as often as needed, as a mapping."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise UsageError(_("--option {pair}: write it as NAME=VALUE.").format(pair=pair))
        if name in found:
            raise UsageError(_("--option {name} is given twice.").format(name=name))
        found[name] = value
    return found


OPTION = click.option(
    "--option",
    "options",
    metavar="NAME=VALUE",
    multiple=True,
    callback=options_of,
    help=_("Something that the files do not say; `adoption feeds show KIND` names each kind's."),
)
_JSON = click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object on stdout."))
_KIND = click.argument("kind", type=RegisteredName(FEEDS))


@click.group()
def feeds() -> None:
    """List the feeds that can be loaded, show what is read of each, make files of made-up people."""


@feeds.command("list")
@_JSON
def list_feeds(as_json: bool) -> None:
    """Print the roster and every registered reader, where it comes from, and what is wrong with it if anything is."""
    ours = {"kind": StaffRoster.kind, "from": HERE, "summary": StaffRoster.summary, "problem": None, "fetched": False}
    entries: list[dict[str, Any]] = [ours]
    for entry in READERS.entries:
        problem = READERS.problem(entry)
        summary = READERS[entry.name].summary if problem is None else None
        entries.append(
            {"kind": entry.name, "from": entry.origin, "summary": summary, "problem": problem}
            | {"fetched": entry.name in FETCHERS}
        )
    if as_json:
        click.echo(json.dumps({"feeds": entries}, ensure_ascii=False))
        return
    for each in entries:
        click.echo(f"{each['kind']}  ({each['from']})")
        if each["problem"]:
            click.echo("  " + _("cannot be used: {problem}").format(problem=each["problem"]))
        else:
            click.echo(f"  {each['summary']}")


@feeds.command()
@_KIND
@_JSON
def show(kind: str, as_json: bool) -> None:
    """Print what is read of a feed, what never is, and its options."""
    reader = FEEDS[kind]
    if as_json:
        click.echo(json.dumps(_description(reader), ensure_ascii=False))
        return
    schema = reader.schema
    click.echo(f"{kind} {reader.version}: {reader.summary}")
    click.echo(_("Read:"))
    for field in schema.reads:
        marks = [field.type, field.unit, _("required") if field.required else "", field.since]
        click.echo(f"  {field.name} ({', '.join(mark for mark in marks if mark)}): {field.meaning}")
    click.echo(_("Never read:"))
    for never in schema.never:
        click.echo(f"  {never.name}: {never.why}")
    if reader.options:
        click.echo(_("Options:"))
    for option in reader.options:
        click.echo(f"  --option {option.name}=… ({option.type}): {option.meaning}")


def _description(reader: type[Feed]) -> dict[str, Any]:
    schema = reader.schema
    return {
        "kind": reader.kind,
        "version": reader.version,
        "title": reader.title,
        "summary": reader.summary,
        "row": reader.becomes(),
        "schema": {
            "version": schema.version,
            "form": schema.form,
            "counts": schema.counts,
            "source": schema.source,
            "generations": dict(schema.generations),
            "reads": [
                {name: getattr(field, name) for name in type(field).__dataclass_fields__} for field in schema.reads
            ],
            "never": [{"name": never.name, "why": never.why} for never in schema.never],
        },
        "options": [
            {name: getattr(option, name) for name in type(option).__dataclass_fields__} for option in reader.options
        ],
    }


@feeds.command()
@_KIND
def page(kind: str) -> None:
    """Print the feed's page of docs/feeds, as Markdown."""
    click.echo(page_of(FEEDS[kind], FETCHERS.get(kind)), nl=False)


@feeds.command()
@_KIND
@click.option("--rows", type=click.IntRange(0, _MOST_ROWS), default=20, show_default=True, help=_("Sound records."))
@click.option("--broken", type=click.IntRange(0, _MOST_ROWS), default=0, show_default=True, help=_("Bad records."))
@click.option("--seed", type=int, default=1, show_default=True, help=_("The same seed makes the same file."))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("Write it into this folder, under the name that its source would give it; without one, to stdout."),
)
def sample(kind: str, rows: int, broken: int, seed: int, out: Path | None) -> None:
    """Make a file of a feed, in which everybody is fictional."""
    feed = FEEDS[kind]
    made = feed().sample(seed, rows, broken)
    if out is None:
        click.echo(made.data, nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    path = out / made.name
    path.write_bytes(made.data)
    options = "".join(f" --option {name}={value}" for name, value in sorted(made.options.items()))
    click.echo(f"adoption load {feed.loaded_by()}{options} {path}")


@click.command(epilog=EXIT_CODE_HELP)
@click.argument("kind", type=RegisteredName(FETCHERS))
@click.option(
    "--into",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help=_("The folder for the fetched file; keep its files together, a new fetch goes on after the newest."),
)
@OPTION
@_JSON
def fetch(kind: str, folder: Path, options: dict[str, str], as_json: bool) -> None:
    """Fetch a feed's pages from its server into a file, which `adoption load` then reads.

    Secrets come from the environment variables that `adoption feeds page KIND` names, or from files that they name. A
    fetch that stopped goes on after its last whole page when it is run again.
    """
    shown = sys.stderr.isatty() and not as_json

    def advance(pages: int) -> None:
        if shown:
            click.echo("\r" + _("{pages} pages").format(pages=pages), nl=False, err=True)

    done = fetch_pages(FETCHERS[kind](options), folder, advance=advance)
    if shown:
        click.echo(err=True)
    if as_json:
        click.echo(json.dumps({"file": str(done.path), "pages": done.pages, "resumed": done.resumed}))
    else:
        click.echo(_("{pages} pages: {path}").format(pages=done.pages, path=done.path))
