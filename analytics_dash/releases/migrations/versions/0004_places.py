"""Cells of further places: groups of departments, teams, professions, nations. Earlier cells have none of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PLACES = ("department_group", "team", "profession", "nation")


def upgrade() -> None:
    for place in PLACES:
        op.add_column("cell", sa.Column(place, sa.String(200), nullable=True))


def downgrade() -> None:
    for place in PLACES:
        op.drop_column("cell", place)
