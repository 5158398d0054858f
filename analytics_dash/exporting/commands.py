"""`adoption report work`: the process that makes long exports, by itself."""

from __future__ import annotations

from dataclasses import replace

import click

from analytics_dash.errors import UsageError
from analytics_dash.exporting.keeper import Keeper
from analytics_dash.exporting.settings import read_settings
from analytics_dash.i18n import _
from analytics_dash.releases.options import register_option, register_url


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
