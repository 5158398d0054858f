"""Options that `adoption release` and `adoption export` share: which register, and whether to print JSON."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from analytics_dash.home import make_home, register_path
from analytics_dash.i18n import _


def register_url(given: str | None) -> str:
    """Return the register's address: as given, else `$ADOPTION_REGISTER`, else the file in adoption's home."""
    if url := given or os.environ.get("ADOPTION_REGISTER"):
        return url
    make_home()
    return f"sqlite:///{register_path()}"


def register_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--register URL` to a command."""
    return click.option(
        "--register",
        metavar="URL",
        help=_(
            "The release register, e.g. sqlite:///releases.sqlite. Default: $ADOPTION_REGISTER, else adoption home."
        ),
    )(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object."))(command)
