"""The register: written once, read by scope. The database itself refuses changes and small cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from analytics_dash.disclosure.views import VIEWS
from analytics_dash.releases import (
    ReleaseError,
    Scope,
    ScopeError,
    audit,
    audit_entries,
    cells,
    cells_from,
    dao,
    latest_published,
    list_releases,
    register_app,
    release_info,
)
from analytics_dash.releases.models import AuditRow, CellRow, PublicationRow, ReleaseRow
from analytics_dash.releases.register import opened_register
from analytics_dash.releases.types import Role
from tests.support.releases import DEPARTMENTS, add_release

OWN, OTHER, *_ = DEPARTMENTS


def test_a_department_head_sees_the_own_department_and_all_government_only(register: str) -> None:
    info = add_release()
    found = cells(Scope("department_head", OWN), info.id)
    assert {cell.department for cell in found} == {OWN, None}
    assert {cell.view for cell in found} == set(VIEWS) - {"department_group", "department_group_month"}


def test_a_department_head_who_asks_for_another_department_is_refused(register: str) -> None:
    info = add_release()
    with pytest.raises(ScopeError, match="own department"):
        cells(Scope("department_head", OWN), info.id, department=OTHER)


def test_a_department_heads_scope_is_the_department_its_teams_and_all_government_not_groups(register: str) -> None:
    info = add_release(publish=False)
    groups = ("Group of Weather", "Group of Water")
    for position, (department, group, team) in enumerate(
        [
            (OWN, groups[0], "Forecasts"),
            (OTHER, groups[1], "Forecasts"),
            (None, groups[0], None),
            (None, groups[1], None),
        ]
    ):
        row = CellRow(release=info.id, position=90_000 + position, view="team", indicator="competent", status="c")
        row.department, row.department_group, row.team = department, group, team
        dao.db.session.add(row)
    dao.db.session.commit()
    dao.insert_publication(info.id, {})
    found = {place for place, _cell in cells_from(Scope("department_head", OWN), info.id, picks={}, after=89_999)}
    assert found == {90_000}
    assert len(cells_from(Scope("analyst"), info.id, picks={}, after=89_999)) == 4


def test_an_auditor_sees_no_figure(register: str) -> None:
    info = add_release()
    with pytest.raises(ScopeError, match="auditor"):
        cells(Scope("auditor"), info.id)


@pytest.mark.parametrize("role", ["training_manager", "analyst", "administrator"])
def test_others_see_every_department_and_select_with_filters(register: str, role: Role) -> None:
    info = add_release()
    assert {cell.department for cell in cells(Scope(role), info.id)} == {*DEPARTMENTS, None}
    chosen = cells(Scope(role), info.id, indicator="competent", view="department", department=OTHER)
    assert [(cell.indicator, cell.view, cell.department) for cell in chosen] == [("competent", "department", OTHER)]


@pytest.mark.parametrize(
    ("role", "department"), [("minister", None), ("department_head", None), ("department_head", "")]
)
def test_a_scope_that_makes_no_sense_cannot_be_made(role: Role, department: str | None) -> None:
    with pytest.raises(ScopeError):
        Scope(role, department)


def test_an_unpublished_release_is_nobodys_to_read(register: str) -> None:
    info = add_release(publish=False)
    assert latest_published() is None
    with pytest.raises(ReleaseError, match="not published"):
        cells(Scope("administrator"), info.id)


def test_the_latest_published_is_of_the_latest_month_and_highest_number(register: str) -> None:
    for through, publish in (("2026-09", True), ("2026-10", True), ("2026-10", True), ("2026-10", False)):
        add_release(through=through, publish=publish)
    latest = latest_published()
    assert latest is not None
    assert latest.id == "2026-10.2"
    assert [info.id for info in list_releases()] == ["2026-09.1", "2026-10.1", "2026-10.2", "2026-10.3"]


def test_a_release_that_does_not_exist_is_named_in_the_error(register: str) -> None:
    with pytest.raises(ReleaseError, match=r"2020-01\.1"):
        release_info("2020-01.1")


@pytest.mark.parametrize("model", [CellRow, ReleaseRow, PublicationRow, AuditRow])
def test_nothing_in_the_register_can_be_changed_or_deleted(register: str, model: type[CellRow]) -> None:
    add_release()
    audit("reader", "sign in")
    column = next(iter(model.__table__.columns))
    for statement in (update(model).values({column.name: column}), delete(model)):
        with pytest.raises(IntegrityError, match="written once"):
            dao.db.session.execute(statement)
        dao.db.session.rollback()


def test_a_published_release_takes_no_further_cells(register: str) -> None:
    info = add_release()
    dao.db.session.add(CellRow(release=info.id, position=9999, view="all", indicator="competent", status="c"))
    with pytest.raises(IntegrityError, match="published"):
        dao.db.session.commit()
    dao.db.session.rollback()


@pytest.mark.parametrize(
    ("numerator", "denominator", "status"),
    [(5, 20, "shown"), (10, 5, "shown"), (12, 20, "shown"), (10, 20, "c"), (None, None, "shown"), (None, 20, "c")],
)
def test_the_database_refuses_a_cell_that_the_rule_cannot_make(
    register: str, numerator: int | None, denominator: int | None, status: str
) -> None:
    info = add_release(publish=False)
    dao.db.session.add(
        CellRow(
            release=info.id,
            position=9999,
            view="all",
            indicator="competent",
            numerator=numerator,
            denominator=denominator,
            value=None if numerator is None else 50.0,
            status=status,
        )
    )
    with pytest.raises(IntegrityError, match="cell_protected"):
        dao.db.session.commit()
    dao.db.session.rollback()


def test_the_audit_keeps_who_did_what_latest_first(register: str) -> None:
    audit("head", "sign in")
    audit("head", "export csv", "release 2026-10.1")
    assert [(entry.user, entry.action, entry.detail) for entry in audit_entries(limit=1)] == [
        ("head", "export csv", "release 2026-10.1")
    ]
    assert len(audit_entries()) == 2


def test_opening_a_register_again_keeps_it(register: str) -> None:
    info = add_release()
    with register_app(register).app_context():
        assert release_info(info.id) == info
        dao.db.engine.dispose()


@pytest.mark.parametrize("url", ["releases.sqlite", "nonsense://x", "sqlite:////nowhere/at/all/releases.sqlite"])
def test_an_address_that_is_no_register_is_refused_with_what_to_do(url: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"sqlite:///|make it"):
        register_app(url)


def test_a_database_whose_package_is_not_installed_is_refused_with_what_to_install() -> None:
    with pytest.raises(ReleaseError, match="pip install MySQLdb"):
        register_app("mysql://reader:secret@db.example/releases")


def test_a_file_that_is_no_register_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    path.write_text("not a database at all, but somebody's notes", encoding="utf-8")
    with pytest.raises(ReleaseError, match="cannot be opened"):
        register_app(f"sqlite:///{path}")
    assert path.read_text(encoding="utf-8").startswith("not a database")


def test_of_two_builds_at_once_one_is_told_to_run_again(register: str) -> None:
    info = add_release()
    with pytest.raises(ReleaseError, match="run this build again"):
        dao.insert_release(
            through=info.through, sequence=1, fingerprint="x", digest="x", manifest=info.manifest, cells=()
        )
    assert [each.id for each in list_releases()] == [info.id]


def test_a_register_that_is_made_is_its_owners_alone_and_keeps_the_rights_that_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "releases.sqlite"
    with opened_register(f"sqlite:///{path}"):
        list_releases()
        assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}
    path.chmod(0o640)
    with opened_register(f"sqlite:///{path}"):
        list_releases()
    assert path.stat().st_mode & 0o777 == 0o640
