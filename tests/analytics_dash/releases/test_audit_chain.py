"""The readers' audit hangs together: what is changed past the database's own triggers shows, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import insert, text

from analytics_dash.cli import cli
from analytics_dash.releases import audit, audit_chain, register_app
from analytics_dash.releases.audit_chain import FIRST, verify
from analytics_dash.releases.models import AuditRow, db


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    app = register_app(database_url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tamper(statement: str) -> None:
    """Change the table as its owner can, without its triggers."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
    else:
        for (name,) in db.session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            db.session.execute(text(f"DROP TRIGGER {name}"))
    db.session.execute(text(statement))
    db.session.commit()


def test_a_line_that_is_changed_taken_out_or_cut_off_is_found(app: Flask) -> None:
    for number in range(5):
        audit("ann", "view", f"page {number}")
    whole = verify()
    assert (whole.lines, whole.broken_at) == (5, None)
    assert verify(whole.last_link).noted
    tamper("UPDATE audit SET reader = 'ben' WHERE id = 3")
    assert verify().broken_at == 3
    tamper("UPDATE audit SET reader = 'ann' WHERE id = 3")
    assert verify() == whole
    tamper("DELETE FROM audit WHERE id = 2")
    assert verify().broken_at == 3
    tamper("DELETE FROM audit WHERE id > 1")
    assert verify().broken_at is None, "a tail that is cut off leaves a whole chain"
    assert not verify(whole.last_link).noted, "which the link that was noted gives away"


def test_lines_of_before_are_pinned_by_the_first_that_has_a_link(app: Flask) -> None:
    audit("ann", "view", "page 1")
    tamper("UPDATE audit SET link = NULL")
    row = db.session.scalars(db.select(AuditRow)).one()
    db.session.execute(insert(AuditRow).values(at=row.at, user="old", action="view", detail="before"))
    db.session.commit()
    audit("ann", "view", "page 2")
    assert (verify().lines, verify().broken_at) == (3, None)
    tamper("UPDATE audit SET detail = 'after' WHERE reader = 'old'")
    assert verify().broken_at == 3


def test_lines_that_are_written_at_once_hang_one_after_the_other(app: Flask) -> None:
    def write() -> None:
        with app.app_context():
            for _number in range(10):
                audit("ann", "view", "a page")
            db.session.remove()

    writers = [threading.Thread(target=write) for _number in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert (verify().lines, verify().broken_at) == (40, None)


def test_the_command_prints_the_last_link_and_fails_where_the_audit_was_changed(app: Flask, database_url: str) -> None:
    audit("ann", "view", "page 1")
    run = CliRunner()
    known = verify().last_link
    assert known != FIRST
    said = run.invoke(cli, ["audit", "verify", "--register", database_url, "--noted", known])
    assert (said.exit_code, known in said.output) == (0, True)
    assert run.invoke(cli, ["audit", "verify", "--register", database_url, "--noted", "f" * 64]).exit_code != 0
    tamper("UPDATE audit SET action = 'nothing'")
    assert run.invoke(cli, ["audit", "verify", "--register", database_url]).exit_code != 0


def test_a_link_is_over_the_whole_line_and_the_one_before(app: Flask) -> None:
    audit("ann", "view", "page 1")
    row = db.session.scalars(db.select(AuditRow)).one()
    assert row.link == audit_chain.link(FIRST, row)
    assert row.link != audit_chain.link("1" * 64, row)
