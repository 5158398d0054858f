"""Figures about lessons, written once like cells.

Registers that hold these tables and no number were made before registers were numbered, and are taken to be at this
revision, or at 0001 where `learning` is missing (`releases.upgrading`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learning",
        sa.Column("release", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lesson", sa.String(100), nullable=False),
        sa.Column("step", sa.String(100), nullable=False),
        sa.Column("item", sa.String(100), nullable=False),
        sa.Column("option", sa.String(201), nullable=False),
        sa.Column("measure", sa.String(32), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("value", sa.Float(53), nullable=True),
        sa.Column("low", sa.Float(53), nullable=True),
        sa.Column("high", sa.Float(53), nullable=True),
        sa.Column("status", sa.String(8), nullable=False),
        sa.CheckConstraint(
            "(status = 'shown' AND denominator >= 10 AND denominator % 5 = 0 AND value IS NOT NULL"
            " AND (numerator IS NULL OR (numerator >= 10 AND numerator % 5 = 0)))"
            " OR (status = 'c' AND numerator IS NULL AND denominator IS NULL AND value IS NULL"
            " AND low IS NULL AND high IS NULL)",
            name="learning_protected",
        ),
        sa.ForeignKeyConstraint(["release"], ["release.id"]),
        sa.PrimaryKeyConstraint("release", "position"),
    )
    op.create_index("ix_learning_lesson", "learning", ["lesson"])
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER learning_no_{action.lower()} BEFORE {action} ON learning "
                "BEGIN SELECT RAISE(ABORT, 'a learning is written once; build a new release'); END"
            )
        op.execute(
            "CREATE TRIGGER learning_release_closed BEFORE INSERT ON learning "
            "WHEN EXISTS (SELECT 1 FROM publication WHERE publication.release = NEW.release) "
            "BEGIN SELECT RAISE(ABORT, 'this release is published; build a new one'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION learning_written_once() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a learning is written once; build a new release'; END $$"
    )
    op.execute(
        "CREATE TRIGGER learning_written_once BEFORE UPDATE OR DELETE ON learning "
        "FOR EACH ROW EXECUTE FUNCTION learning_written_once()"
    )


def downgrade() -> None:
    op.drop_table("learning")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS learning_written_once()")
