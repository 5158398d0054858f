"""`tutor-gateway ledger`, `feedback` and `transcripts`: records out, and records gone."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from xblock_ai_tutor.gateway.commands.common import (
    EXIT_CODES,
    FAILED,
    Stopped,
    database_errors,
    ledger_app,
    read_settings,
    say_json,
)

if TYPE_CHECKING:
    from flask import Flask

    from xblock_ai_tutor.gateway.housekeeping import Swept


@click.group(epilog=EXIT_CODES)
def ledger() -> None:
    """The ledger: one row a turn, in counts, without words."""


def _export_options(command: Callable[..., None]) -> Callable[..., None]:
    """What both exports take."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help='With --out: say {"rows", "cursor"} as JSON.'),
        click.option(
            "--out",
            metavar="FILE",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Write to FILE, whole or not at all.",
        ),
        click.option(
            "--after",
            metavar="CURSOR",
            type=click.IntRange(min=0),
            default=0,
            show_default=True,
            help="Start after this row.",
        ),
    ):
        command = option(command)
    return command


@ledger.command(epilog=EXIT_CODES)
@_export_options
def export(after: int, out: Path | None, as_json: bool) -> None:
    """Write ledger rows as JSON lines, oldest first.

    The last row's `cursor` is what the next export starts after. Every row is checked against the events vocabulary
    before it is written. Needs TUTOR_DATABASE_URL and no key.
    """
    from xblock_ai_tutor.gateway.ledger import export_rows  # noqa: PLC0415

    _write_rows(export_rows, after, out, as_json=as_json)


@click.group(epilog=EXIT_CODES)
def feedback() -> None:
    """Feedback: what learners said of answers, without words."""


@feedback.command("export", epilog=EXIT_CODES)
@_export_options
def export_feedback(after: int, out: Path | None, as_json: bool) -> None:
    """Write thumbs and reports as JSON lines, oldest first.

    The last row's `cursor` is what the next export starts after; the minute before it comes again. Every row is checked
    against the events vocabulary before it is written. Needs TUTOR_DATABASE_URL and no key.
    """
    from xblock_ai_tutor.gateway.feedback import export_rows  # noqa: PLC0415

    _write_rows(export_rows, after, out, as_json=as_json)


def _write_rows(
    export_rows: Callable[..., Iterator[dict[str, Any]]], after: int, out: Path | None, *, as_json: bool
) -> None:
    rows, cursor = 0, after
    with database_errors(), ledger_app().app_context(), whole_file(out) as target:
        for row in export_rows(after=after):
            target.write(json.dumps(row, ensure_ascii=False) + "\n")
            rows, cursor = rows + 1, max(cursor, row["cursor"])
    if out is None:
        return
    if as_json:
        say_json({"rows": rows, "cursor": cursor})
    else:
        click.echo(f"{rows} rows written to {out}. The next export starts with --after {cursor}.")


@click.group(epilog=EXIT_CODES)
def transcripts() -> None:
    """Transcripts: what learners asked and were answered."""


@transcripts.command(epilog=EXIT_CODES)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def sweep(as_json: bool) -> None:
    """Erase transcripts past TUTOR_RETENTION_DAYS, give back what dead workers hold, and prove it by looking again.

    A running gateway does this every hour by itself. Exit code 1 when something past retention is left.
    """
    import time  # noqa: PLC0415

    from xblock_ai_tutor.gateway.housekeeping import release_stranded, sweep_transcripts  # noqa: PLC0415
    from xblock_ai_tutor.gateway.services import services_of  # noqa: PLC0415

    app = gateway_app()
    with database_errors(), app.app_context():
        released = release_stranded(services_of(app), int(time.time() * 1000))
        swept = sweep_transcripts(services_of(app), actor="operator")
    proven = swept.overdue == 0 and swept.log_emptied
    if as_json:
        say_json({**asdict(swept), "released": released})
    else:
        _say_swept(swept, released)
    if not proven:
        raise Stopped("Something is left: a turn is running, or a reader holds the file. Run this again.", FAILED)


def _say_swept(swept: Swept, released: int) -> None:
    click.echo(
        f"Erased {swept.turns} turns and {swept.conversations} conversations; {swept.turns_left} turns and "
        f"{swept.conversations_left} conversations are within retention. Released {released} stranded turns."
    )
    proof = f"Looked again: {swept.overdue} turns from before {swept.before} are left"
    click.echo(f"{proof}, and the write-ahead log is {'empty' if swept.log_emptied else 'in use by a reader'}.")


def gateway_app() -> Flask:
    """The gateway's app on a database of the newest form, without serving it."""
    settings = read_settings()
    from xblock_ai_tutor.gateway.app import create_app  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import prepare_database  # noqa: PLC0415

    with database_errors():
        app = create_app(settings)
        prepare_database(app)
    return app


@contextmanager
def whole_file(out: Path | None) -> Iterator[IO[str]]:
    """Stdout, or a file that appears under its name only when it is whole."""
    if out is None:
        yield sys.stdout
        return
    partial = out.with_name(f"{out.name}.part")
    with partial.open("w", encoding="utf-8") as file:
        yield file
    partial.replace(out)
