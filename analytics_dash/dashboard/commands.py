"""The command `adoption serve`. `analytics_dash.cli` mounts it and turns its errors into a message and exit code."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import click

from analytics_dash.dashboard.config import METRICS_FOLDER, load_config
from analytics_dash.dashboard.processors import usual_workers


@click.command()
@click.option(
    "--register",
    metavar="URL",
    help="The release register; default: $ADOPTION_REGISTER, else adoption home.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8050, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes.  [default: one for each processor, 4 at most; 1 for a demonstration]",
)
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 256), help="Threads of each process.")
@click.option("--demo", is_flag=True, help="Fictional data: sign-in without a password, loopback only, with a banner.")
@click.option("--check", is_flag=True, help="Check the configuration and the register, say all that is wrong, and end.")
def serve(
    *, register: str | None, host: str, port: int, workers: int | None, threads: int, demo: bool, check: bool
) -> None:
    """Serve the dashboard and its API on the release register.

    It reads published releases and writes the readers' audit. Readers sign in through the identity provider that
    ADOPTION_IDENTITY_FILE describes. Sessions are signed with ADOPTION_SESSION_KEY (or the content of the file
    ADOPTION_SESSION_KEY_FILE), at least 32 characters; a demonstration without one makes its own.
    """
    config = load_config(register, host, demo=demo)
    with _metrics_folder():
        # Not before: the library that counts reads the variable when it is imported.
        from analytics_dash.dashboard.app import create_app  # noqa: PLC0415
        from analytics_dash.dashboard.makers import Maker  # noqa: PLC0415
        from analytics_dash.dashboard.server import Server  # noqa: PLC0415

        # Made here first, so that a register that cannot be opened is an error of this command, not of a worker.
        create_app(config)
        if check:
            click.echo("The configuration and the register are in order.")
            return
        workers = workers or (1 if demo else usual_workers())
        maker = Maker(config.register_url, config.exports, demo=demo)
        Server(partial(create_app, config), maker, host=host, port=port, workers=workers, threads=threads).run()


@contextmanager
def _metrics_folder() -> Iterator[None]:
    """A folder for the workers' counts, unless the operator has named one; afterwards nothing names it any more."""
    if METRICS_FOLDER in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="adoption-metrics-") as folder:
        os.environ[METRICS_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[METRICS_FOLDER]
