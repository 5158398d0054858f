"""The commands `adoption load` and `adoption warehouse`: options in, a report out, as sentences or as one JSON object.

What they do is in `warehouse.load` and `warehouse.store`; errors and exit codes are the group's (`analytics_dash.cli`).
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import click

from analytics_dash.errors import EXIT_CODE_HELP, FeedError, StrictError, UsageError
from analytics_dash.i18n import _
from analytics_dash.sources import READERS
from analytics_dash.sources.commands import OPTION, RegisteredName
from analytics_dash.stages import stages
from analytics_dash.warehouse.engines.opening import open_engine
from analytics_dash.warehouse.files import Files
from analytics_dash.warehouse.follow import follow as follow_logs
from analytics_dash.warehouse.linkage import linked, protected
from analytics_dash.warehouse.load import load as load_feeds
from analytics_dash.warehouse.progress import Progress
from analytics_dash.warehouse.report import LoadReport
from analytics_dash.warehouse.schema import TABLES
from analytics_dash.warehouse.store import Warehouse, open_warehouse
from analytics_dash.warehouse.upgrade import upgrade as upgrade_file
from analytics_dash.warehouse.url import loading_url, warehouse_path

if TYPE_CHECKING:
    from analytics_dash.warehouse.engines.copy import Copied

WAREHOUSE = click.option(
    "--warehouse",
    "url",
    metavar="URL",
    required=True,
    envvar="ADOPTION_WAREHOUSE",
    show_envvar=True,
    help=_(
        "The warehouse: duckdb:///FILE, relative, or duckdb:////FILE, absolute; spark://, clickhouse:// and chdb:/// "
        "as in docs/engines.md. `load` makes it on first use."
    ),
)
JSON = click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object on stdout."))
KIND_HELP = _("What the files are; `adoption feeds list` names every kind.")


def _copy(source: str, target: str, *, replace: bool = False, as_json: bool = False) -> Copied:
    from analytics_dash.warehouse.engines.copy import copy  # noqa: PLC0415 (Parquet: a tenth of a small load's start)

    with stages(as_json=as_json) as begun:
        return copy(source, target, replace=replace, begun=begun)


def bring_up(url: str, *, as_json: bool) -> None:
    """Where the warehouse at `url` is a copy, make it hold what the file that feeds are loaded into holds."""
    loading = loading_url(url)
    if loading != url:
        _copy(loading, url, as_json=as_json)


def print_json(value: Any) -> None:
    """The one JSON object of `--json`."""
    click.echo(json.dumps(value, ensure_ascii=False))


@click.command(epilog=EXIT_CODE_HELP)
@WAREHOUSE
@click.option(
    "--roster",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=_("The staff roster, CSV. It replaces the roster of before; without one, people stay unlinked."),
)
@click.option(
    "--accept-roster",
    is_flag=True,
    help=_("Take the roster though more than 1 row in 100 is rejected, or more than 1 person in 5 is gone from it."),
)
@click.option("--kind", type=RegisteredName(READERS), help=KIND_HELP)
@OPTION
@click.option(
    "--strict", is_flag=True, help=_("Exit with 5 where a line was rejected. What is good is loaded all the same.")
)
@click.option("--progress/--no-progress", default=None, help=_("Show progress on stderr; by default on a terminal."))
@click.option(
    "--processes",
    metavar="NUMBER",
    type=click.IntRange(1, 64),
    help=_("How many processes read; by default one a processor where the files are large. The outcome is the same."),
)
@click.option(
    "--follow", is_flag=True, help=_("Go on loading what is written to the logs, until a signal (Ctrl-C) ends it.")
)
@click.option(
    "--every",
    metavar="SECONDS",
    type=click.FloatRange(0.05, 86_400),
    default=60.0,
    show_default=True,
    help=_("With --follow: how long to wait where nothing is new."),
)
@JSON
@click.argument("paths", metavar="FILE…", nargs=-1, type=click.Path(path_type=Path))
def load(  # noqa: PLR0917 (click calls it by name)
    url: str,
    roster: Path | None,
    accept_roster: bool,
    kind: str | None,
    options: dict[str, str],
    strict: bool,
    progress: bool | None,
    processes: int | None,
    follow: bool,
    every: float,
    as_json: bool,
    paths: tuple[Path, ...],
) -> None:
    """Load feeds of one kind, and the roster, into the warehouse.

    FILE is a file, plain, gzip or zstd (told by its bytes), or a directory, of which every file is taken, sorted.
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
    loading = loading_url(url)
    load_these = partial(
        load_feeds,
        loading,
        kind=kind,
        options=options,
        accept_roster=accept_roster,
        say=lambda sentence: click.echo(sentence, err=True),
        progress=Progress(shown=shown),
        processes=processes,
    )
    rejected = 0

    def tell(report: LoadReport) -> None:
        nonlocal rejected
        rejected += sum(one.rejected for one in report.everything)
        bring_up(url, as_json=as_json)
        if as_json:
            print_json(report.to_json())
        else:
            _print_report(report)

    if follow:
        _follow(loading, kind, roster, paths, load_these, every, tell)
    else:
        report = load_these(paths=paths, roster=roster)
        tell(report)
        if report.errors:
            raise FeedError(" ".join(report.errors))
    if strict and rejected:
        raise StrictError(
            _("{count} lines were rejected; their reasons are beside the warehouse.").format(count=rejected)
        )


def _follow(  # noqa: PLR0917 (one call, in order)
    url: str,
    kind: str | None,
    roster: Path | None,
    paths: tuple[Path, ...],
    load_these: Callable[..., LoadReport],
    every: float,
    tell: Callable[[LoadReport], None],
) -> None:
    """Follow the logs until SIGTERM or SIGINT, which let a load that is under way end. A second one does not wait."""
    if kind is None or not READERS[kind].follows or not paths:
        raise UsageError(_("--follow needs logs and their --kind, one that is written line by line: openedx-log."))
    if roster is not None:
        tell(load_these(roster=roster))
    stop = Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def end(number: int, _frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        stop.set()

    for number in before:
        signal.signal(number, end)
    try:
        follow_logs(
            Files(warehouse_path(url).resolve()),
            paths,
            lambda stretches: load_these(stretches=stretches),
            every=every,
            stop=stop,
            tell=tell,
        )
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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

    It is the same for the same facts, in whatever order and from whatever copies they were loaded, and whichever
    engine they lie in.
    """
    with open_engine(url) as opened:
        value = opened.digest()
    if as_json:
        print_json({"digest": value})
    else:
        click.echo(value)


@warehouse.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--replace", is_flag=True, help=_("Overwrite a DuckDB file that holds a warehouse with other content."))
@JSON
def copy(source: str, target: str, replace: bool, as_json: bool) -> None:
    """Copy a warehouse to another engine, exactly.

    FROM and TO are URLs as for --warehouse. Whoever reads TO meanwhile reads the old content to the end. The copy is
    compared with FROM by digest before it takes the old one's place; doing it again changes nothing. Outside DuckDB the
    old content stays until the next copy, but not after an erasure or a rotation of the key: then it goes at once.

    \b
    adoption warehouse copy duckdb:///adoption.duckdb 'spark://spark.internal:7077/adoption?path=/srv/adoption'
    adoption warehouse copy duckdb:///adoption.duckdb clickhouse://adoption@clickhouse.internal/adoption
    """
    copied = _copy(source, target, replace=replace, as_json=as_json)
    if as_json:
        print_json({"digest": copied.digest, "changed": copied.changed})
        return
    click.echo(_("copied") if copied.changed else _("unchanged: the target had this content already"))
    click.echo(copied.digest)


@warehouse.command()
@WAREHOUSE
@JSON
def upgrade(url: str, as_json: bool) -> None:
    """Bring a warehouse that an earlier version of this software wrote up to this one.

    Nothing is read again and nothing is lost; where URL is that of a copy, the copy is made anew. Doing it again
    changes nothing.
    """
    changed = upgrade_file(loading_url(url))
    bring_up(url, as_json=as_json)
    if as_json:
        print_json({"changed": changed})
    else:
        click.echo(_("The warehouse has changed.") if changed else _("The warehouse is as it was before."))


@warehouse.command()
@WAREHOUSE
@JSON
def history(url: str, as_json: bool) -> None:
    """Print what was loaded, erased and rotated: when, by which account, from which file.

    It is kept beside the warehouse, in FILE.journal.jsonl. An entry of a load that was killed before its end says so.
    """
    with open_warehouse(loading_url(url)) as opened:
        loads = {(digest, kind) for digest, kind in opened.connection.execute(_LOADED).fetchall()}
        entries = [_ended(entry, loads) for entry in Files(opened.path.resolve()).read_journal()]
    if as_json:
        print_json({"entries": entries})
        return
    for entry in entries:
        click.echo(
            _("{at} {action} by {by}: {kind}").format(
                at=entry.get("at"), action=entry.get("action"), by=entry.get("by", "?"), kind=entry.get("kind", "")
            )
            + ("" if entry["ended"] else " " + _("(was killed; run again if no later entry has its files)"))
        )
        for one in [*entry.get("files", ()), *([entry["roster"]] if entry.get("roster") else [])]:
            click.echo("  " + _one_line(f"{one['file']} {str(one['digest'])[:12]}", one))


_LOADED: Final = "SELECT DISTINCT file_digest, kind FROM loads"


def _ended(entry: dict[str, Any], loads: set[tuple[str, str]]) -> dict[str, Any]:
    """The entry, with whether the warehouse has what it tells of: it is written just before the swap."""
    files = [(one["digest"], entry.get("kind")) for one in entry.get("files", ())]
    return entry | {"ended": all(one in loads for one in files)}


@warehouse.command()
@WAREHOUSE
@JSON
def show(url: str, as_json: bool) -> None:
    """Print what was loaded and how much is linked.

    Counts of rows and facts below ten are `[c]`.
    """
    with open_warehouse(loading_url(url)) as opened:
        facts = _overview(opened)
    if as_json:
        print_json(facts)
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
