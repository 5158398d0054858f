"""The command `adoption`: the group, what it mounts, and the turning of errors into sentences and exit codes.

Commands live in their rooms and are imported when they are called, so that `adoption --help` is quick and an
installation without an extra says so in a sentence. Errors are turned in one place, `AdoptionGroup.invoke`.
"""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import click

from analytics_dash import i18n
from analytics_dash.errors import EXIT_CODE_HELP, AdoptionError, UnavailableError, exit_code
from analytics_dash.i18n import _


def N_(sentence: str) -> str:  # noqa: N802 (the name by which catalogues are collected)
    """Mark a sentence that is translated when it is shown: the language is not known yet when this is imported."""
    return sentence


@dataclass(frozen=True, slots=True)
class Mounted:
    """A command that another module brings: where it is, and its line in the help."""

    module: str
    attribute: str
    summary: str


COMMANDS: Final[dict[str, Mounted]] = {
    "load": Mounted("analytics_dash.warehouse.commands", "load", N_("Load feeds and the roster into the warehouse.")),
    "feeds": Mounted("analytics_dash.sources.commands", "feeds", N_("List feeds, show what is read, make samples.")),
    "fetch": Mounted("analytics_dash.sources.commands", "fetch", N_("Fetch a feed from its server into a file.")),
    "warehouse": Mounted(
        "analytics_dash.warehouse.commands", "warehouse", N_("Look at a warehouse without seeing anyone.")
    ),
    "identity": Mounted(
        "analytics_dash.warehouse.identity_commands",
        "identity",
        N_("Pseudonyms: linkage by department, erasure, rotation of the key."),
    ),
    "release": Mounted("analytics_dash.releases.commands", "release", N_("Build, list, show and publish releases.")),
    "register": Mounted(
        "analytics_dash.releases.register_commands", "register", N_("Upgrade, back up and restore the register.")
    ),
    "audit": Mounted("analytics_dash.releases.register_commands", "audit", N_("Show who looked at what; check it.")),
    "token": Mounted("analytics_dash.api.commands", "token", N_("Make, list and revoke tokens for the API.")),
    "reader": Mounted(
        "analytics_dash.releases.register_commands", "reader", N_("Which role an account of the platform has here.")
    ),
    "session": Mounted("analytics_dash.releases.register_commands", "session", N_("End readers' sessions.")),
    "export": Mounted(
        "analytics_dash.exporting.commands", "export", N_("Write a release's cells, or a report, to files.")
    ),
    "report": Mounted(
        "analytics_dash.schedules.commands", "report", N_("Mail reports on schedule; make long exports.")
    ),
    "learning": Mounted(
        "analytics_dash.learning.commands", "learning", N_("Show what a release says of a lesson's items and steps.")
    ),
    "indicators": Mounted(
        "analytics_dash.indicators.commands", "indicators", N_("Say what is published and what it means; estimates.")
    ),
    "serve": Mounted("analytics_dash.dashboard.commands", "serve", N_("Serve the dashboard on the release register.")),
    "demo": Mounted("analytics_dash.demonstration.commands", "demo", N_("Make a fictional government's feeds.")),
}


def _fail(error: Exception) -> NoReturn:
    """Say what is wrong on stderr and leave with the error's exit code."""
    if not isinstance(error, AdoptionError) and os.environ.get("ADOPTION_DEBUG"):
        raise error
    sentence = str(error) if isinstance(error, AdoptionError) else _unforeseen(error)
    click.echo(_("Error: {sentence}").format(sentence=sentence), err=True)
    raise click.exceptions.Exit(exit_code(error)) from error


def _unforeseen(error: Exception) -> str:
    # The text of a foreign error may quote a line of a feed, and so a person: name its kind and place only.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"
    return _(
        "Internal error ({kind} at {place}). Run it again with ADOPTION_DEBUG=1 for the whole trace, and please "
        "report it."
    ).format(kind=type(error).__name__, place=place)


class AdoptionGroup(click.Group):
    """A group whose commands are imported when they are called, and whose errors become sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        mounted = COMMANDS.get(cmd_name)
        if mounted is None:
            return super().get_command(ctx, cmd_name)
        try:
            command = getattr(importlib.import_module(mounted.module), mounted.attribute)
        except ModuleNotFoundError as error:
            _fail(_missing(cmd_name, error))
        if not isinstance(command, click.Command):  # pragma: no cover - a mistake in COMMANDS
            raise TypeError(f"{mounted.module}.{mounted.attribute} is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's signature)
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(mounted.summary)) for name, mounted in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # every error ends here
            _fail(error)


def _missing(command: str, error: ModuleNotFoundError) -> UnavailableError:
    package = (error.name or "").partition(".")[0]
    if package in {"analytics_dash", "xblock_ai_tutor", ""}:
        return UnavailableError(_("This installation has no `adoption {command}`.").format(command=command))
    return UnavailableError(
        _(
            "`adoption {command}` needs the package {package}, which is not installed: "
            'python -m pip install "xblock-ai-tutor[dashboard]" (for `demo`: "xblock-ai-tutor[demo]").'
        ).format(command=command, package=package)
    )


@click.group(cls=AdoptionGroup, epilog=EXIT_CODE_HELP, context_settings={"max_content_width": 110})
@click.version_option(package_name="xblock-ai-tutor", message="%(version)s")
def cli() -> None:
    """From raw feeds to a release in which nobody can be found.

    Feeds (learning platform, ChatGPT Enterprise, tutor gateway, staff roster) go into a warehouse under keyed
    pseudonyms; a release of protected aggregates comes out; dashboard and exports read releases and nothing else.
    """


def main() -> None:
    """The console script: in the language of the environment (`LANGUAGE`, `LC_ALL`, `LANG`), then the command."""
    i18n.use(i18n.of_environment(os.environ))
    sys.exit(cli())


if __name__ == "__main__":
    main()
