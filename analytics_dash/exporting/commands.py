"""`adoption export`, which writes one to a folder, and `adoption report work`, the process that makes long exports."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from analytics_dash import i18n
from analytics_dash.errors import UsageError
from analytics_dash.exporting.keeper import Keeper
from analytics_dash.exporting.making import facts_of, files, for_reader, rows
from analytics_dash.exporting.order import FORMATS, Order
from analytics_dash.exporting.parts import audited
from analytics_dash.exporting.settings import read_settings
from analytics_dash.i18n import _
from analytics_dash.questions import QUESTIONS
from analytics_dash.releases import Scope, audit
from analytics_dash.releases.options import json_option, register_option, register_url
from analytics_dash.releases.register import opened_register
from analytics_dash.reports.files import write_whole


@click.command()
@click.option("--demo", is_flag=True, help=_("Say in each report that its data is invented."))
@click.option("--parent", type=int, hidden=True, help="The process that started this one: end with it.")
@register_option
def work(*, demo: bool, parent: int | None, register: str | None) -> None:
    """Make the exports that readers ask for, until stopped. `adoption serve` does this by itself.

    For a machine of its own set ADOPTION_EXPORTS_AT_ONCE=0 for the server, and a folder that both see.
    """
    problems: list[str] = []
    settings = read_settings(problems)
    if problems:
        raise UsageError("\n".join(problems))
    settings = replace(settings, at_once=max(settings.at_once, 1))
    Keeper(register_url(register), settings, demo=demo).run(parent=parent)


@click.command()
@click.option("--release", required=True, metavar="ID", help=_("A published release, such as 2026-10.1."))
@click.option("--format", "kind", type=click.Choice(FORMATS), default="csv", show_default=True, help=_("The format."))
@click.option(
    "--out",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=_("The folder to write to; made when missing."),
)
@click.option("--department", default="", metavar="D", help=_("Only its rows, beside those of all government."))
@click.option("--period", default="", metavar="MONTH", help=_("A month such as 2026-10, or “latest”; else the whole."))
@click.option(
    "--section",
    "sections",
    multiple=True,
    type=click.Choice(tuple(QUESTIONS)),
    help=_("Only this question; may be given several times."),
)
@click.option("--view", default="", metavar="V", help=_("How the question's groups are split, such as nation."))
@click.option("--language", type=click.Choice(i18n.languages()), help=_("Default: that of the environment (LANG)."))
@click.option("--demo", is_flag=True, help=_("Say in the report that its data is invented."))
@register_option
@json_option
def export(
    *,
    release: str,
    kind: str,
    folder: Path,
    department: str,
    period: str,
    sections: tuple[str, ...],
    view: str,
    language: str | None,
    demo: bool,
    register: str | None,
    as_json: bool,
) -> None:
    """Write a published release to files: its tables with notes beside them (csv), or a report.

    They are those that the dashboard's form makes, to the byte and by name; of a csv, what is in its archive. Files of
    the same name are replaced.
    """
    analyst = Scope("analyst")
    with opened_register(register_url(register)):
        asked = Order(
            *(release, kind, department, sections),
            language=language or i18n.current(),
            period=period,
            view=view,
            demo=demo,
        )
        order = for_reader(analyst, asked)
        made = {folder / name: content for name, content in files(analyst, order).items()}
        count = len(rows(facts_of(analyst, order), order))
        for path, content in made.items():
            write_whole(path, content)
        audit("command line", f"export {kind}", audited(order))
    if as_json:
        summary = {"release": release, "format": kind, "cells": count, "files": [str(path) for path in made]}
        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return
    for path in made:
        click.echo(str(path))
