"""The first tables: lessons, conversations, turns, budgets, reservations, ledger, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "budgets",
        sa.Column("scope", sa.String(length=48), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "period"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("learner", sa.String(length=32), nullable=False),
        sa.Column("course", sa.String(length=255), nullable=False),
        sa.Column("usage", sa.String(length=255), nullable=False),
        sa.Column("placeholders_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("touched_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_conversations_learner"), "conversations", ["learner"], unique=False)
    op.create_index(op.f("ix_conversations_touched_ms"), "conversations", ["touched_ms"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("cursor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("turn", sa.String(length=32), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("learner", sa.String(length=32), nullable=False),
        sa.Column("course", sa.String(length=255), nullable=False),
        sa.Column("lesson", sa.String(length=64), nullable=False),
        sa.Column("lesson_id", sa.String(length=120), nullable=False),
        sa.Column("step", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("redactions", sa.JSON(), nullable=False),
        sa.Column("guard_actions", sa.JSON(), nullable=False),
        sa.Column("citations", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), nullable=False),
        sa.Column("cost_microusd", sa.BigInteger(), nullable=False),
        sa.Column("first_text_ms", sa.Integer(), nullable=True),
        sa.Column("total_ms", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("cursor"),
        sa.UniqueConstraint("turn"),
    )
    op.create_table(
        "lessons",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("added_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "reservations",
        sa.Column("turn", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=48), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("turn", "scope"),
    )
    op.create_index(op.f("ix_reservations_expires_ms"), "reservations", ["expires_ms"], unique=False)
    op.create_table(
        "turns",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("lesson", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=120), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("question_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("answer_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("citations", sa.JSON(), nullable=False),
        sa.Column("redactions", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation", "key", name="uq_turns_conversation_key"),
    )
    op.create_index("ix_turns_status_at_ms", "turns", ["status", "at_ms"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_turns_status_at_ms", table_name="turns")
    op.drop_table("turns")
    op.drop_index(op.f("ix_reservations_expires_ms"), table_name="reservations")
    op.drop_table("reservations")
    op.drop_table("lessons")
    op.drop_table("ledger")
    op.drop_index(op.f("ix_conversations_touched_ms"), table_name="conversations")
    op.drop_index(op.f("ix_conversations_learner"), table_name="conversations")
    op.drop_table("conversations")
    op.drop_table("budgets")
    op.drop_table("audit")
