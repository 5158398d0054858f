"""Feedback and reports; the audit becomes a chain whose entries the database itself refuses to change."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_RUNNING_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REFUSAL = "audit entries are never changed or removed"


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("turn", sa.String(length=32), nullable=False),
        sa.Column("thumb", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["turn"], ["turns.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn"),
    )
    op.create_table(
        "reports",
        sa.Column("id", _RUNNING_NUMBER, autoincrement=True, nullable=False),
        sa.Column("turn", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["turn"], ["turns.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("turn"),
    )
    with op.batch_alter_table("audit") as audit:
        audit.add_column(sa.Column("link", sa.String(length=64), nullable=False, server_default=""))
    _chain_what_is_there()
    with op.batch_alter_table("audit") as audit:
        audit.alter_column("link", server_default=None)
    _refuse_changes()


def _chain_what_is_there() -> None:
    """Give each entry its link, as `store.audit.link` did when this was written."""
    audit = sa.table(
        "audit",
        sa.column("id", sa.BigInteger()),
        sa.column("at_ms", sa.BigInteger()),
        sa.column("actor", sa.String()),
        sa.column("action", sa.String()),
        sa.column("detail", sa.JSON()),
        sa.column("link", sa.String()),
    )
    connection, link = op.get_bind(), "0" * 64
    for row in connection.execute(sa.select(audit).order_by(audit.c.id)).all():
        entry = [link, row.at_ms, row.actor, row.action, row.detail]
        link = hashlib.sha256(json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        connection.execute(sa.update(audit).where(audit.c.id == row.id).values(link=link))


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_refuses_{change.lower()} BEFORE {change} ON audit "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_is_append_only ON audit")
        op.execute("DROP FUNCTION audit_is_append_only()")
    else:
        for change in ("update", "delete"):
            op.execute(f"DROP TRIGGER audit_refuses_{change}")
    with op.batch_alter_table("audit") as audit:
        audit.drop_column("link")
    op.drop_table("reports")
    op.drop_table("feedback")
