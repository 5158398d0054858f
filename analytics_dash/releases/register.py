"""Opening the register: a Flask application bound to it, in this version's form.

Called by the command line (`register_app`) and by the dashboard (`init_register`). What is read is in `dao`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from analytics_dash.releases.errors import ReleaseError
from analytics_dash.releases.models import db
from analytics_dash.releases.upgrading import bring_up_to_date, migrate


def init_register(app: Flask, url: str) -> None:
    """Bind `app` to the register at `url` (an SQLAlchemy URL) and bring it to this version's form, made when missing.

    Raises `ReleaseError` when the URL is not one, or the register cannot be opened or is of a newer version.
    """
    _bind(app, url)
    with app.app_context():
        try:
            bring_up_to_date()
        except ReleaseError:
            db.engine.dispose()
            raise
        except DBAPIError as error:
            address = db.engine.url.render_as_string(hide_password=True)
            db.engine.dispose()
            raise ReleaseError(
                f"The register {address} cannot be opened: {error.orig}. Check the path and its permissions."
            ) from error


def register_app(url: str) -> Flask:
    """Return a bare application bound to the register at `url`: for commands, `with app.app_context(): …`."""
    app = Flask("analytics_dash.releases")
    init_register(app, url)
    return app


@contextmanager
def opened_register(url: str, *, as_it_is: bool = False) -> Iterator[None]:
    """Within the block, the register at `url`: for commands. Its connections are closed at the end.

    `as_it_is` neither makes nor upgrades it: for the command that does.
    """
    app = unopened_app(url) if as_it_is else register_app(url)
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def unopened_app(url: str) -> Flask:
    """The same, with the register left as it is: for the command that upgrades it."""
    app = Flask("analytics_dash.releases")
    _bind(app, url)
    return app


def _bind(app: Flask, url: str) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = address = _address(url)
    # What a statement was about is in no log.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True}
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        if address.get_backend_name() == "sqlite":
            _make_sqlite_wait_and_check(db.engine)


def _address(url: str) -> URL:
    """Parse `url`; a SQLite file's path is made absolute, because the extension would put it in its own folder."""
    try:
        address = make_url(url)
        if address.drivername in ("postgres", "postgresql"):
            address = address.set(drivername="postgresql+psycopg")
        dialect = address.get_dialect()
    except (ArgumentError, ModuleNotFoundError) as error:
        raise ReleaseError(
            f"“{url}” is not a register's address; use for instance sqlite:///releases.sqlite."
        ) from error
    try:
        dialect.import_dbapi()
    except ModuleNotFoundError as error:
        raise ReleaseError(
            f"A register on {address.get_backend_name()} needs the package {error.name}, which is not installed: "
            f"python -m pip install {error.name}."
        ) from error
    if address.get_backend_name() == "sqlite" and address.database and address.database != ":memory:":
        path = Path(address.database).expanduser().absolute()
        if not path.parent.is_dir():
            raise ReleaseError(f"The folder {path.parent} of the register does not exist; make it or name another.")
        _make_private(path)
        address = address.set(database=str(path))
    return address


def _make_private(path: Path) -> None:
    """A register that is made now is its owner's alone, as are the files that SQLite sets beside it: it has the audit.

    One that is there keeps the rights that somebody gave it. Where it cannot be made, SQLite says so.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _make_sqlite_wait_and_check(engine: Engine) -> None:
    """Check foreign keys, and wait for another writer instead of failing at once."""

    def on_connect(connection: object, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # DB-API connections have no common type
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA busy_timeout = 10000")
        cursor.close()

    event.listen(engine, "connect", on_connect)
