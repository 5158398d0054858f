"""Every role at every address of the server, with its own department and with another's: one matrix, one rule.

What is expected is written down here, by hand, and not taken from the code. Pages are asked with a session as a person
has it, the API with a token.
"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from analytics_dash.dashboard.signin import SESSION_HOURS
from analytics_dash.releases import ROLES, Role, Scope
from analytics_dash.releases.access import Caller, open_session
from tests.support.api import Program
from tests.support.dashboard import call_back, figures_in_csv, figures_in_html, figures_in_json
from tests.support.releases import DEPARTMENTS

OWN, OTHER = "Ministry of Weather", "Office for Canals"
RELEASE = "2026-10.1"
EVERYONE: Final = frozenset(DEPARTMENTS)
FIGURES = ("page", "layout", "callback", "export", "notes", "api cells", "api csv")

# Of which departments each role sees figures, when it asks for nothing, for OWN and for OTHER; None: refused.
SEES: Final[dict[Role, tuple[frozenset[str] | None, ...]]] = {
    "training_manager": (EVERYONE, frozenset({OWN}), frozenset({OTHER})),
    "analyst": (EVERYONE, frozenset({OWN}), frozenset({OTHER})),
    "administrator": (EVERYONE, frozenset({OWN}), frozenset({OTHER})),
    "department_head": (frozenset({OWN}), frozenset({OWN}), None),
    "auditor": (None, None, None),
}
ALSO: Final[dict[str, frozenset[str]]] = {
    "/audit": frozenset({"auditor", "administrator"}),
    "/method": frozenset(ROLES),
    "/exports": frozenset(ROLES) - {"auditor"},
    "/api/v1/releases": frozenset(ROLES),
    f"/api/v1/releases/{RELEASE}": frozenset(ROLES),
    "/api/v1/indicators": frozenset(ROLES),
    f"/api/v1/releases/{RELEASE}/learning": frozenset(ROLES) - {"auditor"},
}


def scope_of(role: Role) -> Scope:
    return Scope(role, OWN if role == "department_head" else None)


def person(app: Flask, role: Role) -> FlaskClient:
    """A client with a session of this role, as an identity provider's answer would have opened it."""
    client = app.test_client()
    with app.app_context():
        key = open_session(Caller(f"test-{role}", scope_of(role)), hours=SESSION_HOURS)
    with client.session_transaction() as session:
        session["key"] = key
    return client


def ask(app: Flask, role: Role, way: str, department: str | None) -> tuple[int, str, frozenset[str]]:
    """Status, text, and the departments of which there are figures in the answer."""
    query = {} if department is None else {"department": department}
    if way.startswith("api"):
        program = Program(app, role, scope_of(role).department)
        if way == "api csv":
            answer = program.get(f"releases/{RELEASE}/cells", {"Accept": "text/csv"}, **query)
            found = {figure[3] for figure in figures_in_csv(answer.text)} if answer.status_code == 200 else set()
        else:
            answer = program.get(f"releases/{RELEASE}/cells", limit=1000, **query)
            found = {cell["department"] for cell in answer.json.get("cells", ())}
    else:
        client = person(app, role)
        search = "?department=" + ("" if department is None else department.replace(" ", "+"))
        answer = {
            "page": lambda: client.get(f"/{search}"),
            "layout": lambda: client.get("/_dash-layout", headers={"Referer": f"http://localhost/{search}"}),
            "callback": lambda: call_back(client, search),
            "export": lambda: client.get(f"/export.csv{search}"),
            "notes": lambda: client.get(f"/export-notes.txt{search}"),
        }[way]()
        found = _departments(way, answer) if answer.status_code == 200 else set()
    return answer.status_code, answer.text, frozenset(name for name in found if name)


def _departments(way: str, answer: Any) -> set[str | None]:
    if way == "export":
        return {figure[3] for figure in figures_in_csv(answer.text)}
    if way == "page":
        return {figure[3] for figure in figures_in_html(answer.text)}
    if way == "notes":
        return {name for name in DEPARTMENTS if name in answer.text}
    return {figure[3] for figure, _text in figures_in_json(answer.json)}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("way", FIGURES)
def test_figures_reach_a_role_for_its_departments_and_no_others(app: Flask, role: Role, way: str) -> None:
    for department, expected in zip((None, OWN, OTHER), SEES[role], strict=True):
        status, text, found = ask(app, role, way, department)
        if expected is None and way == "page" and role == "auditor":
            assert (status, found) == (302, frozenset())
            continue
        assert status == (403 if expected is None else 200), (department, text)
        if expected is None:
            assert OTHER not in text
            assert "numerator" not in text
        elif way == "notes":
            assert found <= expected
        else:
            # A picked department comes alone from the API; the page and its export show it beside all of government.
            assert found == expected, department
        if role == "department_head":
            assert not any(name in text for name in EVERYONE - {OWN}), department


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ALSO)
def test_what_has_no_departments_reaches_the_roles_that_it_is_for(app: Flask, role: Role, path: str) -> None:
    if path.startswith("/api"):
        answer = Program(app, role, scope_of(role).department).get(path)
    else:
        answer = person(app, role).get(path)
    assert answer.status_code == (200 if role in ALSO[path] else 403)
    if role == "department_head":
        assert not any(name in answer.text for name in EVERYONE - {OWN})


def test_every_address_of_the_server_is_in_this_matrix_or_has_no_figures(app: Flask) -> None:
    """A new route must be put into the matrix, or here, by someone who has thought about it."""
    asked = {
        *ALSO,
        "/",
        "/<path:path>",  # Dash's: the page at `/`, and 404
        "/_dash-layout",
        "/_dash-update-component",
        "/export.csv",
        "/export-notes.txt",
        "/exports/<job_id>/file",  # in exporting/test_exports.py: its asker's alone, while their role covers it
        f"/api/v1/releases/{RELEASE}/cells",
    }
    without_figures = {
        "/sign-in",
        "/sign-out",
        "/exports/<job_id>",
        "/exports/<job_id>/state",
        "/exports/<job_id>/cancel",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/openapi.json",
        "/assets/<path:filename>",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "/_dash-dependencies",
        "/_reload-hash",
        "/_favicon.ico",
    }
    routes = {rule.rule.replace("<id>", RELEASE) for rule in app.url_map.iter_rules()}
    assert routes - asked - without_figures == set()


def test_the_same_figure_is_everywhere_the_same_text(app: Flask) -> None:
    """Page, export and API of one reader, cell by cell."""
    client = person(app, "analyst")
    page = figures_in_html(client.get(f"/?department={OTHER.replace(' ', '+')}").text)
    export = figures_in_csv(client.get(f"/export.csv?department={OTHER.replace(' ', '+')}").text)
    found = {}
    for cell in Program(app, "analyst").every(f"releases/{RELEASE}/cells", "cells", limit=500):
        place = tuple(cell[name] for name in ("indicator", "view", "month", "department", "arm"))
        if cell["grade_band"] is None:
            found |= {(*place, part): cell["as_shown"][part] for part in ("numerator", "denominator", "value")}
    assert page
    for figure, texts in page.items():
        assert texts == {found[figure]}, figure
    for figure, text in export.items():
        assert text == found[figure], figure
    assert json.dumps(sorted(map(str, export))) != "[]"
