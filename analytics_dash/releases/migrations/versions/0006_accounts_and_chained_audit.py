"""Roles of accounts whose provider knows none, sessions that a provider can end, and an audit whose lines are chained.

`audit.link` stays empty in lines of before; what they say is pinned by the first line that has one (`audit_chain`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("department", sa.String(200), nullable=True),
        sa.Column("added_at", sa.String(32), nullable=False),
    )
    for name in ("subject", "sid"):
        op.add_column("session", sa.Column(name, sa.String(64), nullable=True))
        op.create_index(f"ix_session_{name}", "session", [name])
    op.add_column("audit", sa.Column("link", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("audit", "link")
    for name in ("subject", "sid"):
        op.drop_index(f"ix_session_{name}", "session")
        op.drop_column("session", name)
    op.drop_table("account")
