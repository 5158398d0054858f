"""The commands `adoption load` and `adoption warehouse`: options in, a report out, as sentences or as one JSON object.

What they do is in `warehouse.load` and `warehouse.store`; errors and exit codes are the group's (`analytics_dash.cli`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from analytics_dash.errors import EXIT_CODE_HELP, FeedError, StrictError, UsageError
from analytics_dash.i18n import _
from analytics_dash.sources import READERS
from analytics_dash.sources.commands import OPTION, RegisteredName
from analytics_dash.warehouse.linkage import linked, protected
from analytics_dash.warehouse.load import load as load_feeds
from analytics_dash.warehouse.progress import Progress
from analytics_dash.warehouse.report import LoadReport
from analytics_dash.warehouse.schema import TABLES
from analytics_dash.warehouse.store import Warehouse, open_warehouse

WAREHOUSE = click.option(
    "--warehouse",
    "url",
    metavar="URL",
    required=True,
    envvar="ADOPTION_WAREHOUSE",
    show_envvar=True,
    help=_("The warehouse: duckdb:///FILE, relative, or duckdb:////FILE, absolute. `load` makes it on first use."),
)
JSON = click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object on stdout."))
KIND_HELP = _("What the files are; `adoption feeds list` names every kind.")


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


@click.command(epilog=EXIT_CODE_HELP)
@WAREHOUSE
@click.option(
    "--roster",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=_("The staff roster, CSV. It replaces the roster of before; without one, people stay unlinked."),
)
@click.option("--kind", type=RegisteredName(READERS), help=KIND_HELP)
@OPTION
@click.option(
    "--strict", is_flag=True, help=_("Exit with 5 where a line was rejected. What is good is loaded all the same.")
)
@click.option("--progress/--no-progress", default=None, help=_("Show progress on stderr; by default on a terminal."))
@JSON
@click.argument("paths", metavar="FILE…", nargs=-1, type=click.Path(path_type=Path))
def load(  # noqa: PLR0917 (click calls it by name)
    url: str,
    roster: Path | None,
    kind: str | None,
    options: dict[str, str],
    strict: bool,
    progress: bool | None,
    as_json: bool,
    paths: tuple[Path, ...],
) -> None:
    """Load feeds of one kind, and the roster, into the warehouse.

    FILE is a file, plain or gzip (told by its bytes), or a directory, of which every file is taken in sorted order.
    Each fact is loaded once, whatever files it is in; loading the same files again changes nothing. The load is done
    whole or not at all. Every line is accounted for: lines = accepted + ignored + duplicates + rejected. Rejects, with
    line and reason, are kept beside the warehouse.

    \b
    adoption load --warehouse duckdb:///adoption.duckdb --kind openedx-log tracking.log older-logs/
    adoption load --warehouse duckdb:///adoption.duckdb --roster staff.csv --kind chatgpt-users users_2026-05.csv
    """
    if not paths and roster is None:
        raise UsageError(_("Nothing to load: give files and their --kind, or a --roster."))
    shown = sys.stderr.isatty() if progress is None else progress
    report = load_feeds(
        url,
        kind=kind,
        options=options,
        paths=paths,
        roster=roster,
        say=lambda sentence: click.echo(sentence, err=True),
        progress=Progress(shown=shown),
    )
    if as_json:
        _print_json(report.to_json())
    else:
        _print_report(report)
    if report.errors:
        raise FeedError(" ".join(report.errors))
    rejected = sum(one.rejected for one in report.everything)
    if strict and rejected:
        raise StrictError(
            _("{count} lines were rejected; their reasons are beside the warehouse.").format(count=rejected)
        )


def _print_report(report: LoadReport) -> None:
    for one in report.everything:
        click.echo(_one_line(one.file, one.to_json()))
        for note in one.notes:
            click.echo(f"  {note}")
        if one.rejects_file:
            click.echo("  " + _("reasons: {file}").format(file=one.rejects_file))
    if len(report.files) > 1:
        click.echo(_one_line(_("together"), report.totals))
    for name, share in report.linked.items():
        if share["facts"]:
            click.echo(_("{name}: {linked} of {facts} facts belong to people of the roster").format(name=name, **share))
    click.echo(_("The warehouse has changed.") if report.changed else _("The warehouse is as it was before."))


def _one_line(name: str, counts: Mapping[str, Any]) -> str:
    return _(
        "{name}: {lines} lines = {accepted} accepted + {ignored} ignored + {duplicates} duplicates + "
        "{rejected} rejected"
    ).format(name=name, **counts)


@click.group()
def warehouse() -> None:
    """Look at a warehouse without seeing anyone in it."""


@warehouse.command()
@WAREHOUSE
@JSON
def digest(url: str, as_json: bool) -> None:
    """Print the SHA-256 of the content.

    It is the same for the same facts, in whatever order and from whatever copies they were loaded.
    """
    with open_warehouse(url) as opened:
        value = opened.digest()
    if as_json:
        _print_json({"digest": value})
    else:
        click.echo(value)


@warehouse.command()
@WAREHOUSE
@JSON
def show(url: str, as_json: bool) -> None:
    """Print what was loaded and how much is linked.

    Counts of rows and facts below ten are `[c]`.
    """
    with open_warehouse(url) as opened:
        facts = _overview(opened)
    if as_json:
        _print_json(facts)
        return
    for key, value in facts["meta"].items():
        click.echo(f"{key}: {value}")
    for name, rows in facts["tables"].items():
        click.echo(_("{name}: {rows} rows").format(name=name, rows=rows))
    for name, share in facts["linked"].items():
        click.echo(_("{name}: {linked} of {facts} facts belong to people of the roster").format(name=name, **share))
    for entry in facts["loads"]:
        click.echo(" ".join(f"{name}={value}" for name, value in entry.items()))


def _overview(opened: Warehouse) -> dict[str, Any]:
    db = opened.connection
    loads = db.execute("SELECT * FROM loads ORDER BY kind, file_digest")
    columns = [column[0] for column in loads.description or ()]
    entries = [dict(zip(columns, row, strict=True)) for row in loads.fetchall()]
    rows: dict[str, int | str] = {}
    for name in TABLES:
        found = db.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 (our own names)
        number = int(found[0]) if found else 0
        rows[name] = number if name in {"meta", "loads"} else protected(number, number)
    return {
        "meta": dict(db.execute("SELECT key, value FROM meta ORDER BY key").fetchall()),
        "tables": rows,
        "linked": linked(db),
        "loads": entries,
    }
