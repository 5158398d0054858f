"""The register's form: which revision it is at, and bringing it to this version's (Flask-Migrate).

Opening a register (`register.init_register`) calls `bring_up_to_date`; `adoption register upgrade` does the same and
says what it did. A register that a newer version has changed is refused.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Final

from flask_migrate import Migrate, upgrade
from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, text
from sqlalchemy.exc import OperationalError

from analytics_dash.i18n import _
from analytics_dash.releases.errors import ReleaseError
from analytics_dash.releases.models import db

MIGRATIONS: Final = Path(__file__).resolve().parent / "migrations"
HEAD: Final = "0007"
"""The newest migration; a test holds it to the files, so that opening a register needs no look at them."""

migrate: Final = Migrate(directory=str(MIGRATIONS))


def bring_up_to_date() -> tuple[str | None, str]:
    """Bring the register of this application context to `HEAD`; return the revisions before and after.

    Before is None for an empty database. Raises `ReleaseError` for a register of a newer version, and for a database
    that holds tables of something else.
    """
    before = revision()
    if before == HEAD:
        return before, HEAD
    _refuse_newer(before)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    upgrade()
    if db.engine.dialect.name == "sqlite":
        _let_readers_and_writers_pass()
    return before, HEAD


def _let_readers_and_writers_pass() -> None:
    """SQLite's write-ahead log, which the file remembers: each view is audited, and no reader waits for that."""
    with suppress(OperationalError), db.engine.connect() as connection:  # locked: another process does it just now
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def revision() -> str | None:
    """The revision that the register is at; None for an empty database."""
    with db.engine.connect() as connection:
        return _revision(connection)


def is_up_to_date() -> bool:
    """Whether the register has the form of this version."""
    return revision() == HEAD


def number(connection: Connection) -> None:
    """Give a register of before there were numbers the one that its tables have; `migrations/env.py` holds the lock."""
    found = _revision(connection)
    if found is not None and not inspect(connection).has_table("alembic_version"):
        table = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
        table.create(connection)
        connection.execute(insert(table).values(version_num=found))


def _revision(connection: Connection) -> str | None:
    """Registers made before they were numbered are told by their tables."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found
    if {"release", "cell", "publication", "audit"} <= tables:
        return "0002" if "learning" in tables else "0001"
    if tables:
        raise ReleaseError(
            _("This database holds tables of something else, and no register; name an empty database or a register.")
        )
    return None


def _refuse_newer(found: str | None) -> None:
    known = {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
    if found is not None and found not in known:
        raise ReleaseError(
            _(
                "The register has the form {found} of a newer version; this one knows up to {head}. "
                "Install the version that wrote it, or a later one. Nothing was changed."
            ).format(found=found, head=HEAD)
        )
