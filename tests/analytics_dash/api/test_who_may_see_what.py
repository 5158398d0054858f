"""Every role at every address of the server, with its own department and with another's: one matrix, one rule.

What is expected is written down here, by hand, and not taken from the code. Pages are asked with a session as a person
has it, the API with a token.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from flask import Flask

from analytics_dash.dashboard import charts_script
from analytics_dash.releases import ROLES, Role, Scope
from tests.support.api import Program
from tests.support.dashboard import PAGES, call_back, figures_in_csv, figures_in_html, figures_in_json, person
from tests.support.numbers import Crawl
from tests.support.released import Released
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
    "/export-learning.csv": frozenset(ROLES) - {"auditor"},
}


def scope_of(role: Role) -> Scope:
    return Scope(role, OWN if role == "department_head" else None)


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
        client = person(app, role, scope_of(role).department)
        search = "?department=" + ("" if department is None else department.replace(" ", "+"))
        answer = {
            "page": lambda: client.get(f"/trained{search}"),
            "layout": lambda: client.get("/_dash-layout", headers={"Referer": f"http://localhost/trained{search}"}),
            "callback": lambda: call_back(client, search, page="trained"),
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
        answer = person(app, role, scope_of(role).department).get(path)
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
        charts_script.ADDRESS,
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "/_dash-dependencies",
        "/_reload-hash",
        "/_favicon.ico",
    }
    routes = {rule.rule.replace("<id>", RELEASE) for rule in app.url_map.iter_rules()}
    assert routes - asked - without_figures == set()


# A view or a month of a page, where it has one; every other page comes as it is.
ALSO_AS = {"trained": "view=nation", "use": "period=2026-09", "safety": "view=grade_band", "equity": "view=profession"}
READERS = [role for role in ROLES if role != "auditor"]


@pytest.mark.parametrize("role", READERS)
def test_every_figure_on_every_page_is_in_the_exports_and_in_the_api_and_none_is_out_of_scope(
    app: Flask, role: Role
) -> None:
    """The whole dashboard by HTTP alone, as each role: pages, views, and what callbacks hold."""
    client, program = person(app, role, scope_of(role).department), Program(app, role, scope_of(role).department)
    known = Released(program, RELEASE).figures
    seen = 0
    for department in ("", OWN):
        choice = f"department={department.replace(' ', '+')}"
        exported = figures_in_csv(client.get(f"/export.csv?{choice}").text)
        exported |= figures_in_csv(client.get(f"/export-learning.csv?{choice}").text)
        assert exported.items() <= known.items()
        for page in PAGES:
            for search in {choice, f"{choice}&{ALSO_AS[page]}" if page in ALSO_AS else choice}:
                answer = client.get(f"/{page}?{search}")
                assert answer.status_code == 200, (page, search)
                shown = figures_in_html(answer.text)
                assert {figure: {exported[figure]} for figure in shown} == shown, (page, search)
                update = call_back(client, f"?{search}", page=page)
                assert {figure: {text} for figure, text in figures_in_json(update.json)} == shown, (page, search)
                if role == "department_head":
                    for text in (answer.text, update.text):
                        assert not any(name in text for name in EVERYONE - {OWN}), (page, search)
                seen += len(shown)
    assert seen > 1000


@pytest.mark.parametrize("role", READERS)
def test_every_number_that_a_role_reads_is_a_released_one_or_derived_from_released_ones(app: Flask, role: Role) -> None:
    """In sentences, tables, charts and their alternatives; of two releases, so that there is something that changed."""
    crawl = Crawl(
        person(app, role, scope_of(role).department),
        Program(app, role, scope_of(role).department),
        RELEASE,
        "2026-09.1",
    )
    for department in ("", OWN):
        crawl.look(department or scope_of(role).department or "", also=ALSO_AS)
    assert crawl.faults == []
    assert crawl.numbers > 2000
