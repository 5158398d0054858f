"""The first tables: releases, cells, publications, the readers' audit; all written once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WRITTEN_ONCE = ("release", "cell", "publication", "audit")


def upgrade() -> None:
    op.create_table(
        "release",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("through", sa.String(7), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("cells_digest", sa.String(64), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("built_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("through", "sequence"),
    )
    op.create_index("ix_release_fingerprint", "release", ["fingerprint"])
    op.create_index("ix_release_through", "release", ["through"])
    op.create_table(
        "cell",
        sa.Column("release", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("view", sa.String(32), nullable=False),
        sa.Column("month", sa.String(7), nullable=True),
        sa.Column("department", sa.String(200), nullable=True),
        sa.Column("grade_band", sa.String(200), nullable=True),
        sa.Column("arm", sa.String(16), nullable=True),
        sa.Column("indicator", sa.String(64), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("value", sa.Float(53), nullable=True),
        sa.Column("status", sa.String(8), nullable=False),
        sa.CheckConstraint("status IN ('shown', 'low', 'c', 'x', 'z')", name="cell_status"),
        sa.CheckConstraint(
            "(status IN ('shown', 'low') AND numerator >= 10 AND denominator >= 10 AND value IS NOT NULL"
            " AND numerator % 5 = 0 AND denominator % 5 = 0)"
            " OR (status IN ('c', 'x', 'z') AND numerator IS NULL AND denominator IS NULL AND value IS NULL)",
            name="cell_protected",
        ),
        sa.ForeignKeyConstraint(["release"], ["release.id"]),
        sa.PrimaryKeyConstraint("release", "position"),
    )
    op.create_table(
        "publication",
        sa.Column("release", sa.String(16), nullable=False),
        sa.Column("published_at", sa.String(32), nullable=False),
        sa.Column("attack", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["release.id"]),
        sa.PrimaryKeyConstraint("release"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("reader", sa.String(200), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in WRITTEN_ONCE:
        _write_once(table)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER cell_release_closed BEFORE INSERT ON cell "
            "WHEN EXISTS (SELECT 1 FROM publication WHERE publication.release = NEW.release) "
            "BEGIN SELECT RAISE(ABORT, 'this release is published; build a new one'); END"
        )


def _write_once(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'a {table} is written once; build a new release'); END"
            )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_written_once() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'a {table} is written once; build a new release'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_written_once()"
    )


def downgrade() -> None:
    for table in ("audit", "publication", "cell", "release"):
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION IF EXISTS {table}_written_once()")
