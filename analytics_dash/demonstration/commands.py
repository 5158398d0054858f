"""`adoption demo`: make the demonstration government's feeds, or prepare everything that the demonstration shows."""

from __future__ import annotations

import json
from pathlib import Path

import click

from analytics_dash.demonstration import planted
from analytics_dash.i18n import _

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def demo() -> None:
    """A fictional government: 3,000 staff, 12 departments, six months, with effects planted on purpose.

    Nobody in it exists. What is planted, and how a release should show it: docs/demonstration.md.
    """


@demo.command()
@click.option("--out", type=_FOLDER, required=True, help=_("Folder for the feeds: empty, absent, or an earlier build."))
@click.option("--seed", type=int, default=planted.DEFAULT_SEED, show_default=True, help=_("The same bytes for a seed."))
@click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object instead of a table."))
def build(out: Path, seed: int, as_json: bool) -> None:
    """Write the feeds, and the truth behind them.

    Writes roster.csv, tracking/*.log[.gz], chatgpt/*.csv, grades/*.csv, completions/*.jsonl, ledger.jsonl,
    feedback.jsonl, what the API platform says, and planted.json: the parameters, the exact indicators of the
    population, and how many lines of each file are sound, of no interest, repeated or broken.
    """
    from analytics_dash.demonstration.build import build_feeds  # noqa: PLC0415 (factory-boy: only where it is needed)

    built = build_feeds(out, seed)
    if as_json:
        click.echo(json.dumps(built.to_json()))
        return
    click.echo(
        _("{staff} fictional staff, seed {seed}, in {folder}:").format(
            staff=built.staff, seed=built.seed, folder=built.folder
        )
    )
    width = max(len(feed.path) for feed in built.feeds)
    headings = (_("lines"), _("sound"), _("ignored"), _("twice"), _("broken"))
    click.echo(f"  {'':{width}}  " + " ".join(f"{heading:>7}" for heading in headings))
    for feed in built.feeds:
        counts = feed.expected
        figures = (counts.lines, counts.accepted, counts.ignored, counts.duplicates, counts.rejected)
        click.echo(f"  {feed.path:{width}}  " + " ".join(f"{figure:7}" for figure in figures))
    click.echo(_("  roster.csv: who they are. planted.json: what is true of them, to hold a release against."))


@demo.command()
@click.option("--data", type=_FOLDER, required=True, help=_("Folder in which everything is kept between calls."))
@click.option(
    "--history", is_flag=True, help=_("An earlier release first, so that there is something to compare with.")
)
@click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object on stdout."))
def prepare(data: Path, *, history: bool, as_json: bool) -> None:
    """Make the feeds, load them, build and publish a release: whatever of it is not done yet.

    In the folder afterwards: feeds/, warehouse.duckdb, releases.sqlite and pseudonym.key, so ADOPTION_HOME=DIR makes
    it adoption's home. A second call is quick and changes nothing. Progress is told on stderr.
    """
    from analytics_dash.demonstration.prepare import prepare as prepare_folder  # noqa: PLC0415 (takes two seconds)

    prepared = prepare_folder(data, lambda sentence: click.echo(sentence, err=True), history=history)
    if as_json:
        click.echo(json.dumps(prepared.to_json()))
        return
    state = _("published now") if prepared.published else _("was published before")
    spent = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in prepared.seconds.items())
    click.echo(f"{prepared.release}  {state}  ({spent})", err=True)
