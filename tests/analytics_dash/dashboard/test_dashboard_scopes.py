"""Every way to figures, for every reader: page, layout, callback, export. Nobody reaches another's department."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from analytics_dash.dashboard.signin import demo_department
from tests.support.dashboard import call_back, figures_in_csv, figures_in_html, figures_in_json, sign_in

OTHER = "Registry of Tides"
DEPARTMENT = 3  # position in the coordinates of a figure

WAYS: dict[str, Callable[[FlaskClient, str], Any]] = {
    "page": lambda client, query: client.get(f"/trained{query}"),
    "layout": lambda client, query: client.get(
        "/_dash-layout", headers={"Referer": f"http://localhost/trained{query}"}
    ),
    "callback": lambda client, query: call_back(client, query, page="trained"),
    "export": lambda client, query: client.get(f"/export.csv{query}"),
}


def departments(way: str, answer: Any) -> set[str]:
    if way == "page":
        found = set(figures_in_html(answer.text))
    elif way == "export":
        found = set(figures_in_csv(answer.text))
    else:
        found = {figure for figure, _text in figures_in_json(answer.json)}
    return {figure[DEPARTMENT] for figure in found if figure[DEPARTMENT]}


@pytest.fixture
def head(app: Flask) -> FlaskClient:
    return sign_in(app, "department_head")


@pytest.fixture
def own(app: Flask) -> str:
    with app.app_context():
        return str(demo_department())


@pytest.mark.parametrize("way", WAYS)
def test_a_department_head_cannot_reach_another_department(head: FlaskClient, way: str) -> None:
    answer = WAYS[way](head, "?department=Registry+of+Tides")
    assert answer.status_code == 403
    assert OTHER not in answer.text
    assert "numerator" not in answer.text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("query", ["", "?department="])
def test_a_department_head_sees_the_own_department_and_no_other(
    head: FlaskClient, own: str, way: str, query: str
) -> None:
    answer = WAYS[way](head, query)
    assert answer.status_code == 200
    assert departments(way, answer) == {own}
    assert OTHER not in answer.text


@pytest.mark.parametrize("way", WAYS)
def test_a_training_manager_sees_every_department(app: Flask, way: str) -> None:
    answer = WAYS[way](sign_in(app, "training_manager"), "?department=")
    assert OTHER in departments(way, answer)
    assert len(departments(way, answer)) == 4


@pytest.mark.parametrize("way", WAYS)
def test_a_chosen_department_comes_alone(app: Flask, way: str) -> None:
    answer = WAYS[way](sign_in(app, "training_manager"), "?department=Registry+of+Tides")
    assert departments(way, answer) == {OTHER}


@pytest.mark.parametrize("way", ["layout", "callback", "export"])
def test_an_auditor_reaches_no_figure(app: Flask, way: str) -> None:
    answer = WAYS[way](sign_in(app, "auditor"), "?department=")
    assert answer.status_code == 403
    assert "numerator" not in answer.text


def test_an_auditor_is_led_to_the_audit_log(app: Flask) -> None:
    client = sign_in(app, "auditor")
    assert client.get("/").location == "/audit"
    page = client.get("/audit")
    assert page.status_code == 200
    assert "demo-auditor" in page.text
    assert not figures_in_html(page.text)


def test_only_an_auditor_reads_the_audit_log(app: Flask, head: FlaskClient) -> None:
    assert head.get("/audit").status_code == 403
    assert sign_in(app, "training_manager").get("/audit").status_code == 403


def test_a_session_that_nobody_opened_is_no_session(app: Flask) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["key"] = "x" * 43
    assert client.get("/_dash-layout").status_code == 401
