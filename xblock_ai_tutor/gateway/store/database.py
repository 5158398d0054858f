"""Opening the gateway's database and its transactions. SQLite by default, PostgreSQL with the same tables.

`init_database` binds Flask-SQLAlchemy to an app; `transaction` is how every room reads and writes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask_migrate import Migrate, upgrade
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event, literal, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.tables import Base

MIGRATIONS: Final = Path(__file__).resolve().parent.parent / "migrations"
BUSY_MS: Final = 10_000
_PRAGMAS: Final = (
    "journal_mode=WAL",
    # The log is synced at each checkpoint and not at each commit: a killed process loses nothing, a power cut perhaps
    # the last second, and never the database. Erasure ends with a checkpoint of its own.
    "synchronous=NORMAL",
    f"busy_timeout={BUSY_MS}",
    # Pages are carried over into the database every 16 MB: who does it makes the other streams of its worker wait.
    "wal_autocheckpoint=4000",
    "foreign_keys=ON",
    "secure_delete=ON",
)
_TRUNCATE_TRIES: Final = 20
_TRUNCATE_PAUSE_S: Final = 0.05

db: Final = SQLAlchemy(model_class=Base)
migrate: Final = Migrate(directory=str(MIGRATIONS), render_as_batch=True)


def init_database(app: Flask, url: str) -> None:
    """Bind the database at `url` to `app`."""
    app.config["SQLALCHEMY_DATABASE_URI"] = with_driver(url)
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _behave_like_a_server(db.engine)


def with_driver(url: str) -> str:
    """The address with our driver, psycopg 3, where it names PostgreSQL and no driver.

    It is the one that gives way to other streams under gevent by itself (from 3.1.14; psycogreen's readme).
    """
    address = make_url(url)
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    return address.render_as_string(hide_password=False)


def database_app(url: str) -> Flask:
    """An app with the database at `url` in its newest form and nothing else: for commands that need no key."""
    app = Flask("xblock_ai_tutor.gateway", static_folder=None)
    init_database(app, url)
    prepare_database(app)
    return app


def prepare_database(app: Flask) -> None:
    """Bring the tables to the newest form. `tutor-gateway serve` does it once, before the workers start."""
    with app.app_context():
        upgrade()


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose work is committed together, or not at all when the block raises."""
    with Session(db.engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads: in SQLite it waits for no writer, and none waits for it."""
    with Session(db.engine.execution_options(reading=True), expire_on_commit=False) as session, session.begin():
        yield session


def dao_insert_once(session: Session, table: type[Base], **values: Any) -> bool:
    """Insert a row unless its key (any unique one) is there; whether it was. Waits for a rival, never fails."""
    dialect: Any = {"sqlite": sqlite, "postgresql": postgresql}[session.get_bind().dialect.name]
    # What is returned says whether there was an insert; psycopg's count of rows is unknown here.
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(literal(1))
    return session.execute(statement).first() is not None


def forget_write_ahead_log() -> bool:
    """Empty SQLite's write-ahead log, in which erased text could be read until the next checkpoint.

    A reader in the middle of a transaction makes SQLite say "busy": tried again for a second. False: still busy.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    for _attempt in range(_TRUNCATE_TRIES):
        with db.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if raw is not None and raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0:
                return True
        time.sleep(_TRUNCATE_PAUSE_S)
    return False


def is_reachable() -> bool:
    """Whether the database answers and has its tables."""
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT count(*) FROM budgets"))
    except SQLAlchemyError:
        return False
    return True


def _behave_like_a_server(engine: Engine) -> None:
    """SQLite's settings, for each connection: concurrent readers, waiting writers, real foreign keys, real erasure."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Taking the write lock at once: a reader that upgrades half-way fails without waiting (SQLITE_BUSY_SNAPSHOT).
        only_reads = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
