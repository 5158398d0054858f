"""The command `adoption serve`. `analytics_dash.cli` mounts it and turns its errors into a message and exit code."""

from __future__ import annotations

from functools import partial

import click

from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import load_config
from analytics_dash.dashboard.server import Server


@click.command()
@click.option(
    "--register",
    metavar="URL",
    help="The release register; default: $ADOPTION_REGISTER, else adoption home.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8050, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 256), help="Threads of each process.")
@click.option("--demo", is_flag=True, help="Fictional data: sign-in without a password, loopback only, with a banner.")
def serve(register: str | None, host: str, port: int, workers: int, threads: int, *, demo: bool) -> None:
    """Serve the dashboard on the release register.

    It reads published releases and writes the readers' audit. Sessions are signed with ADOPTION_SESSION_KEY (or the
    content of the file ADOPTION_SESSION_KEY_FILE), at least 32 characters; a demonstration without one makes its own.
    """
    config = load_config(register, host, demo=demo)
    create_app(config)  # so that a register that cannot be opened is an error of this command, not of a worker
    Server(partial(create_app, config), host=host, port=port, workers=workers, threads=threads).run()
