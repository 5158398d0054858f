"""Export jobs, and the schedules of mailed reports: who gets what and when, and each mail's own row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("reader", sa.String(200), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("own", sa.String(200), nullable=True),
        sa.Column("release", sa.String(16), sa.ForeignKey("release.id"), nullable=False),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("format", sa.String(8), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("view", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(64), nullable=True),
        sa.Column("beat", sa.String(32), nullable=True),
        sa.Column("problem", sa.String(32), nullable=True),
        sa.Column("asked_at", sa.String(32), nullable=False),
        sa.Column("ends_at", sa.String(32), nullable=False),
        sa.CheckConstraint("state IN ('queued', 'making', 'done', 'failed', 'cancelled')", name="export_state"),
    )
    for name in ("reader", "digest", "state"):
        op.create_index(f"ix_export_{name}", "export", [name])
    op.create_table(
        "recipient",
        sa.Column("address", sa.String(254), primary_key=True),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("department", sa.String(200), nullable=True),
        sa.Column("added_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "schedule",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("formats", sa.Text(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("due", sa.String(16), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "scheduled",
        sa.Column("schedule", sa.String(64), sa.ForeignKey("schedule.name", ondelete="CASCADE"), primary_key=True),
        sa.Column("address", sa.String(254), sa.ForeignKey("recipient.address", ondelete="CASCADE"), primary_key=True),
    )
    op.create_table(
        "mailing",
        sa.Column("schedule", sa.String(64), primary_key=True),
        sa.Column("release", sa.String(16), sa.ForeignKey("release.id"), primary_key=True),
        sa.Column("address", sa.String(254), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.String(32), nullable=False),
        sa.Column("beat", sa.String(32), nullable=False),
        sa.Column("next_at", sa.String(32), nullable=True),
        sa.Column("problem", sa.String(200), nullable=True),
        sa.CheckConstraint("state IN ('sending', 'waiting', 'sent', 'failed', 'refused')", name="mailing_state"),
    )
    op.create_index("ix_mailing_state", "mailing", ["state"])


def downgrade() -> None:
    for table in ("mailing", "scheduled", "schedule", "recipient", "export"):
        op.drop_table(table)
