"""What the commands share: exit codes, settings or sentences, JSON. Light, so that `redact` starts at once.

The exit codes are in `EXIT_CODES`, which every command's help ends with.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from xblock_ai_tutor.gateway.config import ConfigError, Settings
from xblock_ai_tutor.gateway.errors import ResidencyError
from xblock_ai_tutor.gateway.posture import ResidencyRefusedError, assess_settings

if TYPE_CHECKING:
    from flask import Flask

DATABASE_URL: Final = "TUTOR_DATABASE_URL"
FAILED: Final = 1
RESIDENCY: Final = 3
CONFIG: Final = 4
UNUSABLE: Final = 6

EXIT_CODES: Final = (
    "Exit codes: 0 done; 1 some input was not read, or a check failed; 2 wrong command line; 3 the endpoint is refused "
    "by the residency policy; 4 settings missing or wrong; 5 the gateway extra is not installed; 6 the database or the "
    "port cannot be used."
)


class Stopped(click.ClickException):
    """A command that cannot go on: sentences on stderr, and one of the exit codes above."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        setattr(self, "exit_code", exit_code)  # noqa: B010 - click declares it for the class and reads it here

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, err=True, file=file)


def settings_problems(error: ConfigError) -> str:
    """Every problem of the settings, one a line."""
    lines = "\n".join(f"- {problem}" for problem in error.problems)
    return f"Settings to put right (all are described in docs/gateway.md):\n{lines}"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings, or `Stopped` with every problem."""
    try:
        return Settings.read(os.environ if environment is None else environment)
    except ConfigError as error:
        raise Stopped(settings_problems(error), CONFIG) from None


def check_residency(settings: Settings) -> None:
    """`Stopped` when the endpoint is not allowed."""
    try:
        assess_settings(settings)
    except ResidencyRefusedError as refused:
        raise Stopped(str(refused), RESIDENCY) from None
    except ResidencyError as error:
        raise Stopped(f"The endpoint's residency cannot be judged. {error}", RESIDENCY) from None


@contextmanager
def database_errors() -> Iterator[None]:
    """`Stopped` when the database cannot be used. The driver's message is not shown: it may hold the password."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - `redact` must not pay for it

    try:
        yield
    except ImportError as error:
        raise Stopped(
            f"The driver of TUTOR_DATABASE_URL is not installed: {error.name}. Install it beside the gateway.", UNUSABLE
        ) from None
    except SQLAlchemyError as error:
        raise Stopped(
            f"The database of TUTOR_DATABASE_URL cannot be used ({type(error).__name__}). Check that it is reachable, "
            "that its folder exists and can be written, and that `tutor-gateway serve` has prepared it.",
            UNUSABLE,
        ) from None


def ledger_app() -> Flask:
    """The database alone: whoever reads counts or works a switch has no business with the keys."""
    url = os.environ.get(DATABASE_URL, "")
    if not url:
        raise Stopped(settings_problems(ConfigError((f"{DATABASE_URL} is not set.",))), CONFIG)
    from sqlalchemy import make_url  # noqa: PLC0415

    address = make_url(url)
    path = Path(address.database or "")
    if address.get_backend_name() == "sqlite" and path.is_absolute() and not path.exists():
        # SQLite would make an empty one, and a mistyped path would look like a service without turns.
        raise Stopped(f"There is no database at the path in {DATABASE_URL}. Correct the path.", UNUSABLE)
    from xblock_ai_tutor.gateway.store.database import database_app  # noqa: PLC0415

    return database_app(url)


def check_port(host: str, port: int) -> None:
    """`Stopped` when the address is taken: gunicorn would try for five seconds and then say less."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise Stopped(
            f"Port {port} on {host} cannot be used: {error.strerror}. Choose another --port.", UNUSABLE
        ) from None


def say_json(value: Any) -> None:
    """One JSON value on one line of stdout."""
    click.echo(json.dumps(value, ensure_ascii=False))
