"""Of which months of a release a schedule's reports are: its latest, or, as all were before, the whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schedule", sa.Column("period", sa.String(7), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("schedule", "period")
