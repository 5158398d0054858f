"""The register's form: made, upgraded without loss and guarded alike on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from analytics_dash.cli import cli
from analytics_dash.errors import REFUSED
from analytics_dash.releases import ReleaseError, dao, register_app
from analytics_dash.releases.errors import OvertakenError
from analytics_dash.releases.manifest import cells_digest
from analytics_dash.releases.models import Base, CellRow
from analytics_dash.releases.upgrading import HEAD, MIGRATIONS, bring_up_to_date
from tests.support.releases import THROUGH, add_release, plausible_cells


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    made = register_app(database_url)
    yield made
    with made.app_context():
        dao.db.session.remove()
        dao.db.engine.dispose()


def adoption(*arguments: str) -> Any:
    return CliRunner().invoke(cli, list(arguments))


def test_the_tables_are_those_of_the_models_and_the_migrations_go_both_ways(app: Flask) -> None:
    with app.app_context():
        with dao.db.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        downgrade(revision="base")
        assert set(inspect(dao.db.engine).get_table_names()) <= {"alembic_version"}
        assert bring_up_to_date() == (None, HEAD)
        add_release()


def test_the_newest_migration_is_the_one_that_opening_looks_for() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


@pytest.mark.parametrize("without_learning", [False, True])
def test_a_register_of_before_there_were_numbers_is_upgraded_without_loss(
    app: Flask, database_url: str, without_learning: bool
) -> None:
    """Both forms there were: with the table of learning figures, and older, without."""
    with app.app_context():
        downgrade(revision="0001" if without_learning else "0002")
        add_release()  # it writes no learning figure
        with dao.db.engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))
            before = rows(connection)
        dao.db.session.remove()
    result = adoption("register", "upgrade", "--register", database_url, "--json")
    assert json.loads(result.output) == {"before": "0001" if without_learning else "0002", "after": HEAD}
    with app.app_context(), dao.db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert rows(connection) == before
        assert dao.list_releases()[0].status == "published"
    assert "already" in adoption("register", "upgrade", "--register", database_url).output


def rows(connection: Any) -> list[tuple[Any, ...]]:
    return [
        tuple(row)
        for table, order in (("release", "id"), ("cell", "release, position"), ("publication", "release"))
        for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))
    ]


def test_a_register_of_a_newer_version_is_refused_and_left_alone(app: Flask, database_url: str) -> None:
    with app.app_context(), dao.db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for arguments in (("register", "upgrade"), ("release", "list")):
        result = adoption(*arguments, "--register", database_url)
        assert result.exit_code == REFUSED
        assert "newer version" in result.output
    with app.app_context(), dao.db.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER)")
    connection.close()
    with pytest.raises(ReleaseError, match="something else"):
        register_app(f"sqlite:///{path}")


def test_processes_that_open_a_new_register_at_once_make_it_once(database_url: str) -> None:
    command = [sys.executable, "-m", "analytics_dash.cli", "register", "upgrade", "--register", database_url]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in running:
        _out, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    assert "already" in adoption("register", "upgrade", "--register", database_url).output


def test_the_same_cells_have_the_same_digest_on_every_database(app: Flask) -> None:
    cells = tuple(plausible_cells(f"{THROUGH}.1", THROUGH))
    with app.app_context():
        info = add_release()
        assert dao.all_cells(info.id) == cells
        assert cells_digest(dao.all_cells(info.id)) == cells_digest(cells)


@pytest.mark.parametrize("table", ["release", "cell", "publication", "audit"])
def test_nothing_that_was_written_can_be_changed_on_any_database(app: Flask, table: str) -> None:
    with app.app_context():
        add_release()
        dao.audit("reader", "sign in")
        column = "id" if table in {"release", "audit"} else "release"
        statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]
        if dao.db.engine.dialect.name == "postgresql":
            statements.append(f"TRUNCATE {table} CASCADE")
        for statement in statements:
            with pytest.raises(DatabaseError, match="written once"), dao.db.engine.begin() as connection:
                connection.execute(text(statement))


def test_a_published_release_takes_no_further_row_on_any_database(app: Flask) -> None:
    cell = "INSERT INTO cell (release, position, view, indicator, status) SELECT '{0}', 9999, 'all', 'competent', 'c'"
    figure = (
        'INSERT INTO learning (release, position, lesson, step, item, "option", measure, status) '
        "SELECT '{0}', 9999, 'l', '', '', '', 'm', 'c'"
    )
    with app.app_context():
        info, open_one = add_release(), add_release(publish=False)
        for statement in (cell, figure):
            with pytest.raises(DatabaseError, match="published"), dao.db.engine.begin() as connection:
                connection.execute(text(statement.format(info.id)))
            with dao.db.engine.begin() as connection:
                connection.execute(text(statement.format(open_one.id)))


def test_of_publishers_at_once_each_release_is_published_once(app: Flask) -> None:
    """Two who publish the same release agree; two who publish different ones do not both rest on the same past."""
    with app.app_context():
        releases = [add_release(publish=False).id for _ in range(2)]
        seen = {release: dao.seen(release) for release in releases}
    gate = threading.Barrier(4)

    def publish(release: str) -> str:
        with app.app_context():
            gate.wait(20)
            try:
                return dao.insert_publication(release, {}, rests_on=seen[release]).status
            except OvertakenError:
                return "overtaken"
            finally:
                dao.db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(publish, releases * 2))
    assert sorted(found) == ["overtaken", "overtaken", "published", "published"]
    with app.app_context():
        assert [info.status for info in dao.list_releases()].count("published") == 1


def test_a_cell_that_slips_in_while_its_release_is_checked_stops_the_publication(app: Flask) -> None:
    with app.app_context():
        info = add_release(publish=False)
        seen = dao.seen(info.id)
        dao.db.session.add(CellRow(release=info.id, position=9999, view="all", indicator="competent", status="c"))
        dao.db.session.commit()
        with pytest.raises(OvertakenError, match="publish it again"):
            dao.insert_publication(info.id, {}, rests_on=seen)
        assert dao.release_info(info.id).status == "built"


def test_a_backup_restores_the_same_register_on_either_database(
    app: Flask, other_database_url: str, tmp_path: Path, database_url: str
) -> None:
    with app.app_context():
        add_release()
        add_release(publish=False)
        dao.audit("reader", "view page", "release")
        before = rows_of(app)
        dao.db.session.remove()
    file = tmp_path / "register.backup"
    assert adoption("register", "backup", str(file), "--register", database_url).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0
    result = adoption("register", "restore", str(file), "--register", other_database_url)
    assert result.exit_code == 0, result.output
    restored = register_app(other_database_url)
    assert rows_of(restored) == before
    with restored.app_context():
        dao.audit("reader", "after the restore")
        dao.db.session.add(CellRow(release=f"{THROUGH}.1", position=9999, view="all", indicator="x", status="c"))
        with pytest.raises(DatabaseError, match="published"):
            dao.db.session.commit()
        dao.db.session.remove()
        dao.db.engine.dispose()
    again = adoption("register", "restore", str(file), "--register", other_database_url)
    assert (again.exit_code, "not empty" in again.output) == (REFUSED, True)


def rows_of(app: Flask) -> list[tuple[Any, ...]]:
    with app.app_context(), dao.db.engine.connect() as connection:
        return [*rows(connection), *map(tuple, connection.execute(text("SELECT * FROM audit ORDER BY id")))]


@pytest.mark.parametrize("damage", ["cut", "changed", "nothing", "text"])
def test_a_damaged_backup_restores_nothing(tmp_path: Path, damage: str) -> None:
    source, target = f"sqlite:///{tmp_path / 'a.sqlite'}", f"sqlite:///{tmp_path / 'b.sqlite'}"
    with register_app(source).app_context():
        add_release()
        dao.db.session.remove()
        dao.db.engine.dispose()
    file = tmp_path / "register.backup"
    adoption("register", "backup", str(file), "--register", source)
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(
        {
            "cut": whole[:-100],
            "changed": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "nothing": b"",
            "text": b"some notes",
        }[damage]
    )
    result = adoption("register", "restore", str(file), "--register", target)
    assert result.exit_code == REFUSED
    assert "no whole backup" in result.output
    with register_app(target).app_context():
        assert dao.list_releases() == ()
        dao.db.session.remove()
        dao.db.engine.dispose()


def test_the_audit_is_shown_to_an_operator(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    with register_app(url).app_context():
        dao.audit("head", "sign in")
        dao.audit("analyst", "export csv", "release 2026-10.1")
        dao.db.session.remove()
        dao.db.engine.dispose()
    shown = adoption("audit", "show", "--register", url).output.splitlines()
    assert [line.split()[2] for line in shown] == ["analyst", "head"]
    assert (
        json.loads(adoption("audit", "show", "--register", url, "--reader", "head", "--json").output)["entries"][0][
            "action"
        ]
        == "sign in"
    )
