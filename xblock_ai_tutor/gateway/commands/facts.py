"""`tutor-gateway facts`: what the running gateway does, for the pages that a department must publish or file."""

from __future__ import annotations

from pathlib import Path

import click

from xblock_ai_tutor.gateway.commands.common import EXIT_CODES, FAILED, Stopped, database_errors, say_json
from xblock_ai_tutor.gateway.commands.records import gateway_app, whole_file


@click.command(epilog=EXIT_CODES)
@click.option("--fill", metavar="PAGE", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A page.")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Where to, with --fill.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def facts(fill: Path | None, out: Path | None, as_json: bool) -> None:
    """Say what this gateway is set up to do, and how much it does, as a table in Markdown.

    With --fill the table goes into the marked place of a page such as docs/dpia.md or docs/atrs.md, to --out or stdout.
    Counts below ten are not given.
    """
    from xblock_ai_tutor.gateway.facts import NoPlaceError, as_markdown, facts_of, filled  # noqa: PLC0415
    from xblock_ai_tutor.gateway.services import services_of  # noqa: PLC0415

    app = gateway_app()
    with database_errors(), app.app_context():
        found = facts_of(services_of(app))
    if as_json:
        say_json(found)
        return
    try:
        text = filled(fill.read_text(encoding="utf-8"), found) if fill else as_markdown(found)
    except NoPlaceError as error:
        raise Stopped(str(error), FAILED) from None
    with whole_file(out) as file:
        file.write(text)
