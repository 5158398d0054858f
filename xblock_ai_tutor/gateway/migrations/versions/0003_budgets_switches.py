"""Budgets of lessons and departments, warnings, dead workers; messages a minute; switches; tokens used and revoked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("budgets") as budgets:
        budgets.alter_column("scope", existing_type=sa.String(48), type_=sa.String(300), existing_nullable=False)
        budgets.add_column(sa.Column("limit_tokens", sa.BigInteger(), nullable=False, server_default="0"))
        budgets.add_column(sa.Column("warned", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("reservations") as reservations:
        reservations.alter_column("scope", existing_type=sa.String(48), type_=sa.String(300), existing_nullable=False)
        reservations.add_column(sa.Column("likely_in", sa.BigInteger(), nullable=False, server_default="0"))
        reservations.add_column(sa.Column("likely_out", sa.BigInteger(), nullable=False, server_default="0"))
        reservations.add_column(sa.Column("worker", sa.String(80), nullable=False, server_default=""))
    op.create_table(
        "paces",
        sa.Column("learner", sa.String(length=32), nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("latest_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("learner"),
    )
    op.create_index(op.f("ix_paces_latest_ms"), "paces", ["latest_ms"], unique=False)
    op.create_table(
        "switches",
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.create_table(
        "used_tokens",
        sa.Column("jti", sa.String(length=64), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("jti"),
    )
    op.create_index(op.f("ix_used_tokens_expires_ms"), "used_tokens", ["expires_ms"], unique=False)
    op.create_table(
        "revocations",
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("before_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("conversation"),
    )
    op.create_index(op.f("ix_revocations_expires_ms"), "revocations", ["expires_ms"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_revocations_expires_ms"), table_name="revocations")
    op.drop_table("revocations")
    op.drop_index(op.f("ix_used_tokens_expires_ms"), table_name="used_tokens")
    op.drop_table("used_tokens")
    op.drop_table("switches")
    op.drop_index(op.f("ix_paces_latest_ms"), table_name="paces")
    op.drop_table("paces")
    # The longer names have no place in the older tables, and only running turns need them.
    op.execute("DELETE FROM reservations")
    op.execute("DELETE FROM budgets WHERE length(scope) > 48")
    with op.batch_alter_table("reservations") as reservations:
        for name in ("worker", "likely_out", "likely_in"):
            reservations.drop_column(name)
        reservations.alter_column("scope", existing_type=sa.String(300), type_=sa.String(48), existing_nullable=False)
    with op.batch_alter_table("budgets") as budgets:
        budgets.drop_column("warned")
        budgets.drop_column("limit_tokens")
        budgets.alter_column("scope", existing_type=sa.String(300), type_=sa.String(48), existing_nullable=False)
