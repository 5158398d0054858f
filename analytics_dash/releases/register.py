"""Opening the register: a Flask application bound to it, with its tables made.

Called by the command line (`register_app`) and by the dashboard (`init_register`). What is read is in `dao`.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from analytics_dash.releases.errors import ReleaseError
from analytics_dash.releases.models import Base, db


def init_register(app: Flask, url: str) -> None:
    """Bind `app` to the register at `url` (an SQLAlchemy URL) and make its tables where they are missing.

    Raises `ReleaseError` when the URL is not one, or the register cannot be opened.
    """
    address = _address(url)
    app.config["SQLALCHEMY_DATABASE_URI"] = address
    db.init_app(app)
    with app.app_context():
        if address.get_backend_name() == "sqlite":
            _make_sqlite_wait_and_check(db.engine)
        try:
            Base.metadata.create_all(db.engine)
        except DBAPIError as error:
            db.engine.dispose()
            raise ReleaseError(
                f"The register {address.render_as_string(hide_password=True)} cannot be opened: "
                f"{error.orig}. Check the path and its permissions."
            ) from error


def register_app(url: str) -> Flask:
    """Return a bare application bound to the register at `url`: for commands, `with app.app_context(): …`."""
    app = Flask("analytics_dash.releases")
    init_register(app, url)
    return app


def _address(url: str) -> URL:
    """Parse `url`; a SQLite file's path is made absolute, because the extension would put it in its own folder."""
    try:
        address = make_url(url)
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
        address = address.set(database=str(path))
    return address


def _make_sqlite_wait_and_check(engine: Engine) -> None:
    """Check foreign keys, and wait for another writer instead of failing at once."""

    def on_connect(connection: object, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # DB-API connections have no common type
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA busy_timeout = 10000")
        cursor.close()

    event.listen(engine, "connect", on_connect)
