"""`adoption release build|list|show|publish`: reading arguments, calling `build` and `publish`, printing.

What checks, compares and hands out releases is in `check_commands`.

The tables of a terminal are plain text; `--json` prints one JSON object. No command prints a figure below ten,
because none has one.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from analytics_dash.i18n import _
from analytics_dash.releases import dao
from analytics_dash.releases.advice import advice
from analytics_dash.releases.check_commands import CHECKS
from analytics_dash.releases.feeds import ends_early
from analytics_dash.releases.figures import format_cell
from analytics_dash.releases.options import json_option, register_option, register_url
from analytics_dash.releases.register import opened_register
from analytics_dash.releases.timings import Timings
from analytics_dash.releases.titles import read_titles
from analytics_dash.releases.types import Cell, ReleaseInfo
from analytics_dash.stages import stages


@click.group()
def release() -> None:
    """Build, list, show and publish releases.

    A release is an immutable set of protected figures for closed months. Build makes it, publish checks it with an
    attacker and lets readers see it.
    """


@release.command()
@click.option(
    "--warehouse",
    "warehouse_url",
    required=True,
    metavar="URL",
    help=_("duckdb:///FILE, spark://HOST:PORT/NAME?path=FOLDER, clickhouse://HOST/DATABASE"),
)
@click.option(
    "--through", required=True, metavar="YYYY-MM", help=_("The last month that the release covers; it must be over.")
)
@click.option(
    "--titles",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("What lessons and steps are called: the file that ./scripts/build-course --titles makes."),
)
@click.option("--anew", is_flag=True, help=_("Build again although the inputs are unchanged."))
@click.option("--timings", "timed", is_flag=True, help=_("Say on stderr how long each stage took."))
@register_option
@json_option
def build(
    warehouse_url: str,
    through: str,
    *,
    titles: Path | None,
    anew: bool,
    timed: bool,
    register: str | None,
    as_json: bool,
) -> None:
    """Build a release of the six months that end with --through.

    The same warehouse content gives the same release: nothing new is made. Hidden figures are counted, never shown.
    """
    # The warehouse's engine takes a second to import; `list` and `show` do without.
    from analytics_dash.releases.build import build_release  # noqa: PLC0415
    from analytics_dash.warehouse import open_engine  # noqa: PLC0415

    words = {
        "digest": _("reading the warehouse"),
        "indicators": _("working out the figures"),
        "attacker": _("hiding what they would give away"),
        "learning": _("lessons and estimates"),
        "writing": _("signing and writing"),
    }
    with (
        stages(as_json=as_json) as begun,
        opened_register(register_url(register)),
        open_engine(warehouse_url) as warehouse,
    ):
        timings = Timings(lambda stage: begun(words[stage]))
        named = None if titles is None else read_titles(titles)
        built = build_release(warehouse, through, anew=anew, timings=timings, titles=named)
    for feed in ends_early(built.info.manifest.get("feeds", []), through):
        click.echo(
            _("The feed {kind} ends on {day}: figures of {month} may be too low. Load the rest; build again.").format(
                kind=feed["kind"], day=feed["last_day"], month=through
            ),
            err=True,
        )
    if timed:
        for stage, (wall, processor) in timings.stages.items():
            click.echo(f"{stage:<12} {wall:8.2f} s {processor:8.2f} s CPU", err=True)
    if as_json:
        _print_json({**_summary(built.info), "new": built.new})
        return
    state = _("built") if built.new else _("unchanged: this release was built from the same inputs before")
    click.echo(f"{built.info.id}  {state}")
    _print_suppression(built.info)
    if built.info.status == "built":
        click.echo(_("Publish it: adoption release publish {id}").format(id=built.info.id))


@release.command("list")
@register_option
@json_option
def list_(register: str | None, as_json: bool) -> None:
    """List all releases, oldest first."""
    with opened_register(register_url(register)):
        releases = dao.list_releases()
    if as_json:
        _print_json({"releases": [_summary(info) for info in releases]})
        return
    if not releases:
        click.echo(_("No release yet; adoption release build makes one."))
    for info in releases:
        click.echo(f"{info.id:<12} {info.status:<10} {_time(info):<26} {info.cells_digest[:12]}")


@release.command()
@click.argument("release_id", metavar="ID")
@register_option
@json_option
def show(release_id: str, register: str | None, as_json: bool) -> None:
    """Show a release: its manifest, how much of each view is hidden, and its government-wide figures."""
    with opened_register(register_url(register)):
        info = dao.release_info(release_id)
        cells = dao.all_cells(release_id)
    if as_json:
        statuses = Counter(cell.status for cell in cells)
        _print_json({**_summary(info), "statuses": dict(sorted(statuses.items())), "manifest": info.manifest})
        return
    click.echo(f"{info.id}  {info.status}  {_time(info)}")
    click.echo(_("months {first} to {last}").format(first=info.manifest["months"][0], last=info.manifest["months"][-1]))
    click.echo(_("cells  {digest}").format(digest=info.cells_digest))
    _print_suppression(info)
    for cell in cells:
        if cell.view == "all":
            _print_cell(cell)


@release.command()
@click.argument("release_id", metavar="ID")
@register_option
@json_option
def publish(release_id: str, register: str | None, as_json: bool) -> None:
    """Publish a release, unless someone with all published figures could work out a hidden one.

    Refusal names the views that leak and changes nothing (exit code 3). Publishing twice changes nothing either.
    """
    from analytics_dash.releases.publish import publish_release  # noqa: PLC0415 (imports the solver)

    with stages(as_json=as_json) as begun, opened_register(register_url(register)):
        info = publish_release(release_id, begun)
    if as_json:
        _print_json(_summary(info))
        return
    click.echo(_("{id}  published {time}").format(id=info.id, time=_time(info)))


for _command in CHECKS:
    release.add_command(_command)


def _summary(info: ReleaseInfo) -> dict[str, Any]:
    return {
        "release": info.id,
        "through": info.through,
        "status": info.status,
        "built_at": info.built_at.isoformat(timespec="seconds"),
        "published_at": info.published_at.isoformat(timespec="seconds") if info.published_at else None,
        "cells": info.manifest.get("cells"),
        "cells_digest": info.cells_digest,
        "suppression": info.manifest.get("suppression"),
        "hidden": info.manifest.get("hidden"),
        "advice": list(advice(info.manifest.get("hidden", {}))),
    }


def _time(info: ReleaseInfo) -> str:
    return (info.published_at or info.built_at).isoformat(timespec="seconds")


def _print_suppression(info: ReleaseInfo) -> None:
    hidden = info.manifest.get("hidden", {})
    for view, counts in hidden.items():
        click.echo(
            _("  {view:<24} {cells:>6} cells, hidden: {share:>3} %").format(
                view=view, cells=counts["cells"], share=counts["percent"]
            )
        )
    for sentence in advice(hidden):
        click.echo(f"  {sentence}")


def _print_cell(cell: Cell) -> None:
    figures = format_cell(cell)
    name = f"{cell.indicator} {cell.arm or ''}".strip()
    click.echo(f"  {name:<32} {figures.numerator:>8} {figures.denominator:>8} {figures.value:>8}")


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
