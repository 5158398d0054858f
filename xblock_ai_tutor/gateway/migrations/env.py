"""Alembic's way into the gateway's database: run by Flask-Migrate inside an app context (`store.database`)."""

from __future__ import annotations

from alembic import context
from flask import current_app

migrate = current_app.extensions["migrate"]

# One transaction for the whole upgrade: a migration that fails half-way leaves the database as it was.
with migrate.db.engine.begin() as connection:
    context.configure(connection=connection, target_metadata=migrate.db.metadata, **migrate.configure_args)
    context.run_migrations()
