"""`adoption export`: reading arguments, asking the register for the cells, writing the files."""

from __future__ import annotations

import json
from pathlib import Path

import click

from analytics_dash.i18n import _
from analytics_dash.questions import QUESTIONS, read_facts, resting_on
from analytics_dash.releases import Scope, audit
from analytics_dash.releases.errors import ExportError
from analytics_dash.releases.options import json_option, register_option, register_url
from analytics_dash.releases.readers import departments, published
from analytics_dash.releases.register import opened_register
from analytics_dash.reports.export import WRITERS, export_csv, export_report
from analytics_dash.reports.making import ON_PAPER, report_of


@click.command()
@click.option("--release", "release_id", required=True, metavar="ID", help=_("A published release, such as 2026-10.1."))
@click.option(
    "--format", "kind", type=click.Choice(("csv", *WRITERS)), default="csv", show_default=True, help=_("The format.")
)
@click.option(
    "--out",
    "out_dir",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=_("The folder to write to; made when missing."),
)
@click.option("--department", metavar="D", help=_("Only this department's rows, beside those of all government."))
@click.option(
    "--section",
    "sections",
    multiple=True,
    type=click.Choice(tuple(QUESTIONS)),
    help=_("Only this question; may be given several times."),
)
@click.option("--demo", is_flag=True, help=_("Say in the report that its data is invented."))
@register_option
@json_option
def export(
    *,
    release_id: str,
    kind: str,
    out_dir: Path,
    department: str | None,
    sections: tuple[str, ...],
    demo: bool,
    register: str | None,
    as_json: bool,
) -> None:
    """Write a published release to a file: its cells with notes beside them (csv), or a report.

    The figures are those of the dashboard, to the byte. Files of the same name are replaced.
    """
    with opened_register(register_url(register)):
        release = published(release_id)
        if department is not None and department not in departments(Scope("analyst"), release_id):
            raise ExportError(
                _("Release {id} has no department “{department}”; write its name as in the roster.").format(
                    id=release_id, department=department
                )
            )
        scope = Scope("analyst") if department is None else Scope("department_head", department)
        facts = read_facts(scope, department, release_id=release_id)
        if facts is None:  # pragma: no cover - the release is published
            raise ExportError(_("No release is published yet, so there is nothing to download."))
        used = resting_on(sections)
        rows = [cell for cell in facts.cells if cell.indicator in used]
        if kind == "csv":
            paths = export_csv(release, rows, out_dir, department=department)
        else:
            report = report_of(facts, sections, demo=demo, complete=kind not in ON_PAPER)
            paths = export_report(kind, release, report, out_dir, department=department)
        audit("command line", f"export {kind}", f"release {release_id}, {department or 'all departments'}")
    if as_json:
        summary = {"release": release_id, "format": kind, "cells": len(rows), "files": [str(path) for path in paths]}
        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return
    for path in paths:
        click.echo(str(path))
