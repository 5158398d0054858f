"""The register's tables (Flask-SQLAlchemy): releases, cells, learning figures, publications, the readers' audit.

Cells and publications are written once: triggers in the database itself refuse to change or delete them, whoever
asks, so that what was published stays what was published. Only `dao` reads or writes these models.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DDL, CheckConstraint, Dialect, Float, ForeignKey, String, Table, Text, UniqueConstraint, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Base(DeclarativeBase):
    """The register's own declarative base; shared with no other application."""


db = SQLAlchemy()


class UtcTime(TypeDecorator[datetime]):
    """A moment kept as ISO 8601 text in UTC: the same in SQLite and PostgreSQL, and it sorts."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write an aware datetime as UTC text."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read the text back as an aware datetime."""
        return None if value is None else datetime.fromisoformat(value)


class ReleaseRow(Base):
    """A release: `id` is `YYYY-MM.N`. Its status is not stored; it is published when a publication exists."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("through", "sequence"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    through: Mapped[str] = mapped_column(String(7), index=True)
    sequence: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    cells_digest: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[str] = mapped_column(Text)
    built_at: Mapped[datetime] = mapped_column(UtcTime)


class CellRow(Base):
    """One protected cell. A hidden cell's figures are NULL, and the database refuses anything else."""

    __tablename__ = "cell"
    __table_args__ = (
        CheckConstraint("status IN ('shown', 'low', 'c', 'x', 'z')", name="cell_status"),
        CheckConstraint(
            "(status IN ('shown', 'low') AND numerator >= 10 AND denominator >= 10 AND value IS NOT NULL"
            " AND numerator % 5 = 0 AND denominator % 5 = 0)"
            " OR (status IN ('c', 'x', 'z') AND numerator IS NULL AND denominator IS NULL AND value IS NULL)",
            name="cell_protected",
        ),
    )

    release: Mapped[str] = mapped_column(ForeignKey("release.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    view: Mapped[str] = mapped_column(String(32))
    month: Mapped[str | None] = mapped_column(String(7))
    department: Mapped[str | None] = mapped_column(String(200))
    grade_band: Mapped[str | None] = mapped_column(String(200))
    department_group: Mapped[str | None] = mapped_column(String(200))
    team: Mapped[str | None] = mapped_column(String(200))
    profession: Mapped[str | None] = mapped_column(String(200))
    nation: Mapped[str | None] = mapped_column(String(200))
    arm: Mapped[str | None] = mapped_column(String(16))
    indicator: Mapped[str] = mapped_column(String(64))
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    value: Mapped[float | None] = mapped_column(Float(53))
    status: Mapped[str] = mapped_column(String(8))


class LearningRow(Base):
    """One protected figure about a lesson. A hidden one holds no figure, and the database refuses anything else."""

    __tablename__ = "learning"
    __table_args__ = (
        CheckConstraint(
            "(status = 'shown' AND denominator >= 10 AND denominator % 5 = 0 AND value IS NOT NULL"
            " AND (numerator IS NULL OR (numerator >= 10 AND numerator % 5 = 0)))"
            " OR (status = 'c' AND numerator IS NULL AND denominator IS NULL AND value IS NULL"
            " AND low IS NULL AND high IS NULL)",
            name="learning_protected",
        ),
    )

    release: Mapped[str] = mapped_column(ForeignKey("release.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    lesson: Mapped[str] = mapped_column(String(100), index=True)
    step: Mapped[str] = mapped_column(String(100))
    item: Mapped[str] = mapped_column(String(100))
    option: Mapped[str] = mapped_column(String(201))
    measure: Mapped[str] = mapped_column(String(32))
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    value: Mapped[float | None] = mapped_column(Float(53))
    low: Mapped[float | None] = mapped_column(Float(53))
    high: Mapped[float | None] = mapped_column(Float(53))
    status: Mapped[str] = mapped_column(String(8))


class PublicationRow(Base):
    """The act of publishing a release, with what the attacker tried and found."""

    __tablename__ = "publication"

    release: Mapped[str] = mapped_column(ForeignKey("release.id"), primary_key=True)
    published_at: Mapped[datetime] = mapped_column(UtcTime)
    attack: Mapped[str] = mapped_column(Text)


class AuditRow(Base):
    """One line of the readers' audit."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    user: Mapped[str] = mapped_column("reader", String(200))
    action: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)


def _ddl(statement: str) -> DDL:
    return DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy annotates no more of it


def _write_once(table: Table) -> None:
    """Give `table` triggers that refuse UPDATE and DELETE, in SQLite's dialect and in PostgreSQL's."""
    name = table.name
    for action in ("UPDATE", "DELETE"):
        sqlite = _ddl(
            f"CREATE TRIGGER IF NOT EXISTS {name}_no_{action.lower()} BEFORE {action} ON {name} "
            f"BEGIN SELECT RAISE(ABORT, 'a {name} is written once; build a new release'); END"
        )
        event.listen(table, "after_create", sqlite.execute_if(dialect="sqlite"))
    refuse = _ddl(
        f"CREATE OR REPLACE FUNCTION {name}_written_once() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'a {name} is written once; build a new release'; END $$"
    )
    attach = _ddl(
        f"CREATE TRIGGER {name}_written_once BEFORE UPDATE OR DELETE ON {name} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}_written_once()"
    )
    for statement in (refuse, attach):
        event.listen(table, "after_create", statement.execute_if(dialect="postgresql"))


for _model in (ReleaseRow, CellRow, LearningRow, PublicationRow, AuditRow):
    _write_once(_model.metadata.tables[_model.__tablename__])

for _table in ("cell", "learning"):
    _closed = _ddl(
        f"CREATE TRIGGER IF NOT EXISTS {_table}_release_closed BEFORE INSERT ON {_table} "  # noqa: S608 (our own names)
        "WHEN EXISTS (SELECT 1 FROM publication WHERE publication.release = NEW.release) "
        "BEGIN SELECT RAISE(ABORT, 'this release is published; build a new one'); END"
    )
    event.listen(PublicationRow.metadata, "after_create", _closed.execute_if(dialect="sqlite"))
