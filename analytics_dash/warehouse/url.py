"""A warehouse's address, `duckdb:///FILE`, as a path. Other engines are named in the refusal, not guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import unquote

from analytics_dash.errors import UsageError
from analytics_dash.i18n import _

SCHEME: Final = "duckdb:///"


def warehouse_path(url: str) -> Path:
    """The file of a warehouse URL: `duckdb:///relative.duckdb` or `duckdb:////absolute.duckdb`, as in SQLAlchemy.

    Raises `UsageError` for another scheme, an empty path or a directory.
    """
    if not url.startswith(SCHEME):
        raise UsageError(
            _(
                "The warehouse must be given as duckdb:///FILE (three slashes and a relative path, or four slashes for "
                "an absolute one). Other engines are not supported yet."
            )
        )
    name = unquote(url.removeprefix(SCHEME))
    if not name or name == ":memory:" or "?" in name or "\0" in name:
        raise UsageError(
            _("The warehouse URL names no file: write duckdb:///FILE, for example duckdb:///adoption.duckdb.")
        )
    path = Path(name).expanduser()
    if path.is_dir():
        raise UsageError(_("The warehouse URL names a directory; name the file in it, such as adoption.duckdb."))
    return path.absolute()
