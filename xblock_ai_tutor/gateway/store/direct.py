"""What runs at every turn, said to the database's own driver. The `dao_…` functions of a turn take its `Work`.

SQLAlchemy's layers cost ten times as much as SQLite's work behind them (1.5 µs for a row that `Connection.execute`
brings in 20 µs and a session in more), which matters a dozen times a turn and nowhere else: everything else keeps to
`database.transaction`. The connections are those of the same pool, with the same settings.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.store.database import BUSY_MS, db

_PARAMETER: Final = re.compile(r"(?<!:):(\w+)")
_NONE: Final[Mapping[str, Any]] = {}


class Statement:
    """SQL that SQLite and PostgreSQL both read, with `:named` parameters; psycopg writes those in another way."""

    __slots__ = ("postgresql", "sqlite")

    def __init__(self, sql: str) -> None:
        self.sqlite = sql
        self.postgresql = _PARAMETER.sub(r"%(\1)s", sql)


class Work:
    """An open transaction. `cursor` is the driver's own."""

    __slots__ = ("_cursor", "_sqlite", "dialect")

    def __init__(self, cursor: Any, dialect: str) -> None:
        self._cursor = cursor
        self._sqlite = dialect == "sqlite"
        self.dialect = dialect

    def run(self, statement: Statement, values: Mapping[str, Any] = _NONE) -> None:
        """Run a statement that returns nothing."""
        self._cursor.execute(statement.sqlite if self._sqlite else statement.postgresql, values)

    def rows(self, statement: Statement, values: Mapping[str, Any] = _NONE) -> list[tuple[Any, ...]]:
        """All rows that a statement returns, also one that writes (RETURNING)."""
        self.run(statement, values)
        found: list[tuple[Any, ...]] = self._cursor.fetchall()
        return found

    def row(self, statement: Statement, values: Mapping[str, Any] = _NONE) -> tuple[Any, ...] | None:
        """The only row that a statement returns, or None."""
        found = self.rows(statement, values)
        return found[0] if found else None


@contextmanager
def direct(*, reading: bool = False) -> Iterator[Work]:
    """A transaction whose work is committed together, or not at all when the block raises.

    One that only reads waits for no writer in SQLite, and none waits for it.
    """
    engine = db.engine
    is_sqlite = engine.dialect.name == "sqlite"
    with _writing() if is_sqlite and not reading else nullcontext():
        yield from _transaction(engine, reading=reading)


def _transaction(engine: Engine, *, reading: bool) -> Iterator[Work]:
    is_sqlite = engine.dialect.name == "sqlite"
    connection = _taken(engine)
    try:
        cursor = connection.cursor()
        if is_sqlite and reading:
            cursor.execute("BEGIN")
        elif is_sqlite:
            _begin(cursor)
        yield Work(cursor, engine.dialect.name)
        connection.commit()
    except BaseException as failure:
        try:
            _undo(engine, connection, failure)
        finally:
            connection.close()
        raise
    cursor.close()
    if is_sqlite and len(_kept()) < _MOST_KEPT:
        _kept().append((os.getpid(), connection))
    else:
        connection.close()


_LOOK_AGAIN_S: Final = 0.0005
_WRITING: Final = "tutor.writing"


def _writing() -> AbstractContextManager[Any]:
    """Whose turn it is to write, among those of this process: only one of them waits for other processes.

    The app's, and made when it is first asked for: a lock from before gevent's patches would hold up all streams.
    """
    lock: AbstractContextManager[Any] = current_app.extensions.setdefault(_WRITING, threading.Lock())
    return lock


def _begin(cursor: Any) -> None:
    """Take SQLite's write lock at once (why: `database._begin`), waiting at most `BUSY_MS`.

    SQLite would wait in a sleep of its own, a millisecond and more, in which every stream of this worker stands still;
    here the others go on.
    """
    ends = time.monotonic() + BUSY_MS / 1000
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                cursor.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as failure:
                if failure.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                    raise
            time.sleep(_LOOK_AGAIN_S)
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")


# SQLite's connections that wait for the next turn, with the process that opened them. The pool's way out and in costs
# more than the SQL, and what it looks after there (a server that went away, an open transaction) cannot be here.
_MOST_KEPT: Final = 4
_KEPT: Final = "tutor.direct"


def _kept() -> list[tuple[int, Any]]:
    """The app's: they go with it."""
    kept: list[tuple[int, Any]] = current_app.extensions.setdefault(_KEPT, [])
    return kept


def _taken(engine: Engine) -> Any:
    """A connection that waits, unless it was opened before this process was forked; or one of the pool's."""
    kept = _kept()
    while kept:
        process, connection = kept.pop()
        if process == os.getpid():
            return connection
        connection.detach()
    return engine.raw_connection()


def within(session: Session) -> Work:
    """The session's own transaction: for those who use a turn's statements beside other work."""
    connection = session.connection()
    return Work(connection.connection.cursor(), connection.dialect.name)


def _undo(engine: Engine, connection: Any, failure: BaseException) -> None:
    """Roll back; when the server went away, take no other connection that it had given either."""
    if isinstance(failure, engine.dialect.loaded_dbapi.Error) and engine.dialect.is_disconnect(
        failure, connection.dbapi_connection, None
    ):
        connection.invalidate(failure)
        engine.dispose()
        return
    connection.rollback()
