"""Alembic's way into the register: run by Flask-Migrate inside an application context (`releases.upgrading`)."""

from __future__ import annotations

from alembic import context
from flask import current_app

from analytics_dash.releases.models import Base
from analytics_dash.releases.upgrading import number

migrate = current_app.extensions["migrate"]

# One transaction for the whole upgrade, and one upgrade at a time: a second process waits here and then finds nothing
# to do. A migration that fails half-way leaves the register as it was.
with migrate.db.engine.begin() as connection:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7241001)")
    else:
        # The driver begins a transaction for INSERT and UPDATE only, not for CREATE.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    number(connection)
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    context.run_migrations()
