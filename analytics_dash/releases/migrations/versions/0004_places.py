"""Cells by team, group of departments, profession and nation. Older cells have none of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PLACES = ("department_group", "team", "profession", "nation")


def upgrade() -> None:
    for name in PLACES:
        op.add_column("cell", sa.Column(name, sa.String(200), nullable=True))


def downgrade() -> None:
    for name in reversed(PLACES):
        op.drop_column("cell", name)
