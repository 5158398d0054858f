"""The register's tables (Flask-SQLAlchemy): releases, cells, learning figures, publications, audit, tokens, sessions,
accounts, export jobs, and the schedules of mailed reports.

What was published stays what was published: triggers in the database itself refuse to change or delete releases, cells,
publications and audit lines, or to add to a published release, whoever asks. Tables and triggers are made by the
migrations in `migrations/versions` and nowhere else. To add a column: here, in the next migration, and `HEAD` in
`upgrading`; a test compares the three on SQLite and PostgreSQL. The rows of a table that is written once can be given a
nullable column (ALTER fires no trigger); a value for old rows cannot be filled in. Only `dao`, `readers`, `access`,
`accounts`, `audit_chain`, `backup`, `exporting.queue` and `schedules.book` use these models.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, CheckConstraint, Dialect, Float, ForeignKey, String, Text, UniqueConstraint
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
    """One line of the readers' audit; `link` is made by `audit_chain`, and empty in lines of before there were any."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    user: Mapped[str] = mapped_column("reader", String(200), index=True)
    action: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(String(64))


class TokenRow(Base):
    """A bearer token for the API. Its secret is kept as a SHA-256 alone: it is random and long, so that is enough."""

    __tablename__ = "token"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100), unique=True)
    role: Mapped[str] = mapped_column(String(32))
    department: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SessionRow(Base):
    """A reader who is signed in. The cookie has the secret whose SHA-256 this is; without the row it opens nothing.

    `subject` and `sid` are digests of whom and of which session the provider knows, so that it can end them.
    """

    __tablename__ = "session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    reader: Mapped[str] = mapped_column(String(200), index=True)
    role: Mapped[str] = mapped_column(String(32))
    department: Mapped[str | None] = mapped_column(String(200))
    subject: Mapped[str | None] = mapped_column(String(64), index=True)
    sid: Mapped[str | None] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class AccountRow(Base):
    """The role here of an account whose provider knows none. The id is the one that the audit has, and no name."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    role: Mapped[str] = mapped_column(String(32))
    department: Mapped[str | None] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(UtcTime)


class PaceRow(Base):
    """How often someone asked within one window of time: the rate limits of all workers meet here."""

    __tablename__ = "pace"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    count: Mapped[int]


class ExportRow(Base):
    """A long export that a reader asked for: what it is to hold, how far it is, who is making it.

    `digest` names the file: two that ask for the same of the same release have one. `worker` and `beat` are the claim
    of whoever makes it; a claim whose beat has stopped is anyone's. Rows go when the file's time is over.
    """

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'making', 'done', 'failed', 'cancelled')", name="export_state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reader: Mapped[str] = mapped_column(String(200), index=True)
    role: Mapped[str] = mapped_column(String(32))
    own: Mapped[str | None] = mapped_column(String(200))
    release: Mapped[str] = mapped_column(ForeignKey("release.id"))
    department: Mapped[str] = mapped_column(String(200))
    sections: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(8))
    period: Mapped[str] = mapped_column(String(7))
    view: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    done: Mapped[int]
    parts: Mapped[int]
    attempts: Mapped[int]
    worker: Mapped[str | None] = mapped_column(String(64))
    beat: Mapped[datetime | None] = mapped_column(UtcTime)
    problem: Mapped[str | None] = mapped_column(String(32))
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)


class RecipientRow(Base):
    """A reader who gets reports by mail: the address, and as whom they are made. Operators keep it up to date."""

    __tablename__ = "recipient"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    role: Mapped[str] = mapped_column(String(32))
    department: Mapped[str | None] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(UtcTime)


class ScheduleRow(Base):
    """What is mailed and when. `due` is `release`, `weekly:mon` … `weekly:sun`, or `monthly:1` … `monthly:31`; `period`
    is `latest`, or empty for a release's whole period."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    department: Mapped[str] = mapped_column(String(200))
    sections: Mapped[str] = mapped_column(Text)
    formats: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    period: Mapped[str] = mapped_column(String(7), server_default="")
    due: Mapped[str] = mapped_column(String(16))
    paused: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ScheduledRow(Base):
    """Who is on a schedule."""

    __tablename__ = "scheduled"

    schedule: Mapped[str] = mapped_column(ForeignKey("schedule.name", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(ForeignKey("recipient.address", ondelete="CASCADE"), primary_key=True)


class MailingRow(Base):
    """One mail: of one release, by one schedule, to one reader; the key is what keeps it from being sent twice.

    It outlives its schedule and its recipient, so that a schedule made again under its name does not repeat itself.
    `state`: `sending` is the claim of a run (a beat that stopped is anyone's to take up), `waiting` has a `next_at`.
    """

    __tablename__ = "mailing"
    __table_args__ = (
        CheckConstraint("state IN ('sending', 'waiting', 'sent', 'failed', 'refused')", name="mailing_state"),
    )

    schedule: Mapped[str] = mapped_column(String(64), primary_key=True)
    release: Mapped[str] = mapped_column(ForeignKey("release.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    attempts: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(UtcTime)
    beat: Mapped[datetime] = mapped_column(UtcTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcTime)
    problem: Mapped[str | None] = mapped_column(String(200))
