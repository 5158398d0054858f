"""A warehouse's address: which engine, and where. A URL never holds a password, so that it may be echoed.

duckdb:///FILE                              a file; the one engine that feeds are loaded into
spark://HOST:PORT/NAME?path=FOLDER          Spark's master; FOLDER is where every worker finds the tables
clickhouse://[USER@]HOST[:PORT]/DATABASE    a ClickHouse server over HTTP; ?secure=true for HTTPS
chdb:///FOLDER                              ClickHouse's engine in this process; ?database=NAME
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from analytics_dash.errors import UsageError
from analytics_dash.i18n import _

SCHEME: Final = "duckdb:///"
PASSWORD: Final = "ADOPTION_CLICKHOUSE_PASSWORD"  # noqa: S105 (the name of a variable)

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class DuckDBAddress:
    """A DuckDB file."""

    path: Path


@dataclass(frozen=True, slots=True)
class SparkAddress:
    """A Spark master, and the folder (the same for every node) in which the tables of `name` lie as Parquet."""

    master: str
    name: str
    path: Path
    loading: Path

    @property
    def folder(self) -> Path:
        return self.path / self.name


@dataclass(frozen=True, slots=True)
class ClickHouseAddress:
    """A database of ClickHouse: on a server, or in a folder of this process (`path`, then `host` is empty)."""

    host: str
    port: int | None
    user: str
    secure: bool
    database: str
    path: Path | None
    loading: Path | None


Address = DuckDBAddress | SparkAddress | ClickHouseAddress


def address(url: str) -> Address:
    """What a warehouse URL means. Raises `UsageError`, which quotes nothing that could be a password."""
    if url.startswith("duckdb:"):
        return DuckDBAddress(warehouse_path(url))
    try:
        parts = urlsplit(url)
        port = parts.port
        options = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError as error:
        raise _malformed() from error
    if parts.password is not None:
        raise UsageError(
            _("A warehouse URL must not hold a password: it would stand in logs. Put it into {variable}.").format(
                variable=PASSWORD
            )
        )
    given = {name: values[-1] for name, values in options.items()}
    if parts.scheme == "spark":
        return _spark(parts, port, given)
    if parts.scheme == "clickhouse":
        return _clickhouse(parts, port, given)
    if parts.scheme == "chdb":
        return _chdb(parts, given)
    raise _malformed()


def _spark(parts: SplitResult, port: int | None, given: dict[str, str]) -> SparkAddress:
    name = parts.path.removeprefix("/")
    _only(given, "path", "loading")
    folder = Path(given.get("path", "")).expanduser()
    if not parts.hostname or port is None or not _NAME.fullmatch(name) or not folder.is_absolute():
        raise UsageError(
            _(
                "A warehouse on Spark is given as spark://HOST:PORT/NAME?path=FOLDER: the master's port, a name of "
                "letters, digits and _, and an absolute folder that every worker can read."
            )
        )
    loading = Path(given["loading"]).expanduser().absolute() if "loading" in given else folder / f"{name}.duckdb"
    return SparkAddress(f"spark://{parts.hostname}:{port}", name, folder, loading)


def _clickhouse(parts: SplitResult, port: int | None, given: dict[str, str]) -> ClickHouseAddress:
    database = parts.path.removeprefix("/")
    _only(given, "secure", "loading")
    if not parts.hostname or not _NAME.fullmatch(database) or given.get("secure", "false") not in {"true", "false"}:
        raise UsageError(
            _("A warehouse on ClickHouse is given as clickhouse://[USER@]HOST[:PORT]/DATABASE, or with ?secure=true.")
        )
    return ClickHouseAddress(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or "default"),
        secure=given.get("secure") == "true",
        database=database,
        path=None,
        loading=Path(given["loading"]).expanduser().absolute() if "loading" in given else None,
    )


def _chdb(parts: SplitResult, given: dict[str, str]) -> ClickHouseAddress:
    name = unquote(parts.path.removeprefix("/"))
    _only(given, "database", "loading")
    database = given.get("database", "adoption")
    if parts.netloc or not name or not _NAME.fullmatch(database):
        raise UsageError(_("A warehouse in ClickHouse's embedded engine is given as chdb:///FOLDER."))
    path = Path(name).expanduser().absolute()
    beside = path.with_name(f"{path.name}.duckdb")
    return ClickHouseAddress(
        host="",
        port=None,
        user="default",
        secure=False,
        database=database,
        path=path,
        loading=Path(given["loading"]).expanduser().absolute() if "loading" in given else beside,
    )


def _only(given: dict[str, str], *known: str) -> None:
    if unknown := sorted(set(given) - set(known)):
        raise UsageError(
            _("The warehouse URL has an option that is not known: {names}.").format(names=", ".join(unknown))
        )


def _malformed() -> UsageError:
    return UsageError(
        _(
            "The warehouse must be given as duckdb:///FILE (three slashes and a relative path, or four slashes for an "
            "absolute one), spark://HOST:PORT/NAME?path=FOLDER, clickhouse://[USER@]HOST/DATABASE or chdb:///FOLDER."
        )
    )


def loading_url(url: str) -> str:
    """The URL of the DuckDB file that feeds are loaded into, for the warehouse at `url`; that itself, if it is one.

    Raises `UsageError` where there is no telling: a ClickHouse server has no folder of ours.
    """
    place = address(url)
    if isinstance(place, DuckDBAddress):
        return url
    if place.loading is None:
        raise UsageError(
            _(
                "Feeds are loaded into a DuckDB file and copied to ClickHouse from there: name the file in the URL, "
                "with ?loading=/path/adoption.duckdb."
            )
        )
    return f"{SCHEME}{place.loading}"


def warehouse_path(url: str) -> Path:
    """The file of a warehouse URL: `duckdb:///relative.duckdb` or `duckdb:////absolute.duckdb`, as in SQLAlchemy.

    Raises `UsageError` for another scheme, an empty path or a directory.
    """
    if not url.startswith(SCHEME):
        raise UsageError(
            _(
                "This works on the warehouse's DuckDB file, given as duckdb:///FILE (three slashes and a relative "
                "path, or four slashes for an absolute one)."
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
