"""Residency attestations, to which rows can only be added, and the lease of whoever checks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The application never changes a row; these keep everything else from doing it unnoticed.
_SQLITE = """
CREATE TRIGGER attestations_no_{verb} BEFORE {VERB} ON attestations
BEGIN SELECT RAISE(ABORT, 'attestations are never changed'); END
"""
_POSTGRESQL = (
    """
CREATE FUNCTION attestations_are_kept() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'attestations are never changed'; END $$
""",
    """
CREATE TRIGGER attestations_kept BEFORE UPDATE OR DELETE ON attestations
FOR EACH ROW EXECUTE FUNCTION attestations_are_kept()
""",
)


def upgrade() -> None:
    op.create_table(
        "attestations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("valid_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attestations_subject_id", "attestations", ["subject", "id"], unique=False)
    op.create_table(
        "residency_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(_SQLITE.format(verb=verb, VERB=verb.upper()))
    elif op.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRESQL:
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("residency_checks")
    op.drop_index("ix_attestations_subject_id", table_name="attestations")
    op.drop_table("attestations")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION attestations_are_kept()")
