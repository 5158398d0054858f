"""The gateway's tables. No queries here. Times are `…_ms`: whole milliseconds since 1970, UTC.

What a learner wrote is stored redacted and encrypted (`*_cipher`, see `gateway.sealing`); the raw words are stored
nowhere. `learner` is a pseudonym: 32 hex digits that only the LMS can tie to a person.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# SQLite numbers rows by itself only in an INTEGER key.
_RunningNumber = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """The tables' common base; Flask-SQLAlchemy and Flask-Migrate read its metadata."""


def table_of(model: type[Base]) -> Table:
    """The table behind a class: what runs at every turn is said to it directly, past the object-relational layer."""
    return cast("Table", model.__table__)


class Lesson(Base):
    """A tutor lesson under its content address. Never changes."""

    __tablename__ = "lessons"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    added_ms: Mapped[int] = mapped_column(BigInteger)


class Conversation(Base):
    """One learner beside one block. `placeholders_cipher`, what placeholders stand for, dies with this row."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    learner: Mapped[str] = mapped_column(String(32), index=True)
    course: Mapped[str] = mapped_column(String(255))
    usage: Mapped[str] = mapped_column(String(255))
    placeholders_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    touched_ms: Mapped[int] = mapped_column(BigInteger, index=True)


class Turn(Base):
    """One turn. `status`: running, answered, blocked, refused, incomplete, failed. `steps`: name, verdict, ms."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("conversation", "key", name="uq_turns_conversation_key"),
        Index("ix_turns_status_at_ms", "status", "at_ms"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(36))
    lesson: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(120))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    question_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    answer_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    notices: Mapped[list[Any]] = mapped_column(JSON)
    citations: Mapped[list[Any]] = mapped_column(JSON)
    redactions: Mapped[int]
    steps: Mapped[list[Any]] = mapped_column(JSON)


class Budget(Base):
    """Tokens used and held in one period (`2026-07-03` or `2026-07`) of one scope.

    Scopes: `learner:…`, `lesson:<usage key>`, `department:<code>`, `service`. `limit_tokens` is the limit that was last
    enforced; `warned` the highest percentage that the operator was told of in this period.
    """

    __tablename__ = "budgets"

    scope: Mapped[str] = mapped_column(String(300), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    used: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)
    limit_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    warned: Mapped[int] = mapped_column(server_default="0")


class Reservation(Base):
    """Tokens that a running turn holds in one budget, until it settles, its `worker` dies, or `expires_ms` passes.

    `likely_in` and `likely_out` are what is booked when the worker dies: the model was probably asked, and paid.
    """

    __tablename__ = "reservations"

    turn: Mapped[str] = mapped_column(String(32), primary_key=True)
    scope: Mapped[str] = mapped_column(String(300), primary_key=True)
    period: Mapped[str] = mapped_column(String(10))
    tokens: Mapped[int] = mapped_column(BigInteger)
    likely_in: Mapped[int] = mapped_column(BigInteger, server_default="0")
    likely_out: Mapped[int] = mapped_column(BigInteger, server_default="0")
    worker: Mapped[str] = mapped_column(String(80), server_default="")
    expires_ms: Mapped[int] = mapped_column(BigInteger, index=True)


class Pace(Base):
    """When a learner sent their latest messages: `recent` holds times within a minute of `latest_ms`, oldest first."""

    __tablename__ = "paces"

    learner: Mapped[str] = mapped_column(String(32), primary_key=True)
    recent: Mapped[list[int]] = mapped_column(JSON)
    latest_ms: Mapped[int] = mapped_column(BigInteger, index=True)


class Switch(Base):
    """What is switched off now: `service`, `course:<key>` or `lesson:<usage key, digest or id>`. On: no row."""

    __tablename__ = "switches"

    scope: Mapped[str] = mapped_column(String(300), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500))
    since_ms: Mapped[int] = mapped_column(BigInteger)


class UsedToken(Base):
    """A service token that was used, by its `jti`, until it would have expired anyway."""

    __tablename__ = "used_tokens"

    jti: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_ms: Mapped[int] = mapped_column(BigInteger, index=True)


class Revocation(Base):
    """Tickets of a conversation that were issued up to `before_ms` are void: it was erased."""

    __tablename__ = "revocations"

    conversation: Mapped[str] = mapped_column(String(32), primary_key=True)
    before_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger, index=True)


class LedgerRow(Base):
    """One turn in counts, as `events.LEDGER` describes it: kept when the transcript is gone."""

    __tablename__ = "ledger"

    cursor: Mapped[int] = mapped_column(_RunningNumber, primary_key=True, autoincrement=True)
    turn: Mapped[str] = mapped_column(String(32), unique=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    learner: Mapped[str] = mapped_column(String(32))
    course: Mapped[str] = mapped_column(String(255))
    lesson: Mapped[str] = mapped_column(String(64))
    lesson_id: Mapped[str] = mapped_column(String(120))
    step: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    redactions: Mapped[dict[str, Any]] = mapped_column(JSON)
    guard_actions: Mapped[dict[str, Any]] = mapped_column(JSON)
    citations: Mapped[int]
    tokens_in: Mapped[int] = mapped_column(BigInteger)
    tokens_out: Mapped[int] = mapped_column(BigInteger)
    cost_microusd: Mapped[int] = mapped_column(BigInteger)
    first_text_ms: Mapped[int | None]
    total_ms: Mapped[int]
    model: Mapped[str] = mapped_column(String(120))


class Feedback(Base):
    """A learner's thumb on an answer: 1 up, -1 down, 0 taken back. Goes with its turn."""

    __tablename__ = "feedback"

    turn: Mapped[str] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True)
    thumb: Mapped[int]
    at_ms: Mapped[int] = mapped_column(BigInteger)


class Report(Base):
    """A learner's report of an answer, for a person to look at. Goes with its turn. `outcome` is empty while it waits.

    `kind`: wrong, worrying. `outcome`: upheld, not_upheld.
    """

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(_RunningNumber, primary_key=True, autoincrement=True)
    turn: Mapped[str] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[str] = mapped_column(String(16))
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)


class AuditEntry(Base):
    """What was done to records: by whom (`learner`, `operator`, `housekeeping`), what, how many. No words.

    `link` is the SHA-256 over the entry and the link before it (`store.audit`). Entries are never changed or removed.
    """

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(_RunningNumber, primary_key=True, autoincrement=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    link: Mapped[str] = mapped_column(String(64))


class AttestationRow(Base):
    """One residency check. `outcome`: passed, failed, unreadable. `document` is the signed text, byte for byte."""

    __tablename__ = "attestations"
    __table_args__ = (Index("ix_attestations_subject_id", "subject", "id"),)

    id: Mapped[int] = mapped_column(_RunningNumber, primary_key=True, autoincrement=True)
    subject: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    valid_until_ms: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[str] = mapped_column(String(16))
    document: Mapped[str] = mapped_column(Text)


class ResidencyCheck(Base):
    """The one row that says until when somebody is checking."""

    __tablename__ = "residency_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    until_ms: Mapped[int] = mapped_column(BigInteger)
