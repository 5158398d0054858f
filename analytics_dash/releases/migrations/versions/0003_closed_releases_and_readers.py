"""PostgreSQL too keeps a published release closed to new rows; readers' tokens, sessions and paces.

The closing trigger first takes the share lock on the release that its foreign key takes anyway, and only then looks for
a publication, while a publication takes the exclusive one: of an insert and a publication at the same moment, one
waits for the other and sees what it did.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WRITTEN_ONCE = ("release", "cell", "learning", "publication", "audit")


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("department", sa.String(200), nullable=True),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
        sa.Column("revoked_at", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reader", sa.String(200), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("department", sa.String(200), nullable=True),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"])
    op.create_index("ix_session_reader", "session", ["reader"])
    op.create_table(
        "pace",
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "window"),
    )
    op.create_index("ix_audit_reader", "audit", ["reader"])
    if op.get_bind().dialect.name == "postgresql":
        _close_published_releases()


def _close_published_releases() -> None:
    op.execute(
        "CREATE FUNCTION release_closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM 1 FROM release WHERE id IN (SELECT DISTINCT release FROM added) FOR KEY SHARE; "
        "IF EXISTS (SELECT 1 FROM publication WHERE release IN (SELECT DISTINCT release FROM added)) THEN "
        "RAISE EXCEPTION 'this release is published; build a new one'; END IF; RETURN NULL; END $$"
    )
    for table in ("cell", "learning"):
        op.execute(
            f"CREATE TRIGGER {table}_release_closed AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION release_closed()"
        )
    op.execute(
        "CREATE FUNCTION release_closing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM 1 FROM release WHERE id = NEW.release FOR UPDATE; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER publication_release_closing BEFORE INSERT ON publication "
        "FOR EACH ROW EXECUTE FUNCTION release_closing()"
    )
    for table in WRITTEN_ONCE:
        # TRUNCATE fires no DELETE trigger.
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_written_once()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in WRITTEN_ONCE:
            op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")
        op.execute("DROP TRIGGER publication_release_closing ON publication")
        for table in ("cell", "learning"):
            op.execute(f"DROP TRIGGER {table}_release_closed ON {table}")
        op.execute("DROP FUNCTION release_closed()")
        op.execute("DROP FUNCTION release_closing()")
    op.drop_index("ix_audit_reader", "audit")
    for table in ("pace", "session", "token"):
        op.drop_table(table)
