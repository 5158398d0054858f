"""Nothing but sign-in, health and static files answers without a session; sessions cannot be forged or planted."""

from __future__ import annotations

import pytest
from flask import Flask

from analytics_dash.releases import audit_entries
from tests.support.dashboard import call_back, sign_in, token

CLOSED = ("/", "/?department=Ministry+of+Weather", "/method", "/audit", "/export.csv", "/anything")
DATA = ("/_dash-layout", "/_dash-dependencies", "/_reload-hash")


@pytest.mark.parametrize("path", CLOSED)
def test_a_stranger_is_sent_to_sign_in(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")
    assert "data-part" not in answer.text


@pytest.mark.parametrize("path", DATA)
def test_a_stranger_gets_no_data(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == 401
    assert answer.json["error"]["code"] == "sign_in"


def test_a_stranger_gets_no_callback(app: Flask) -> None:
    answer = call_back(app.test_client(), "?department=")
    assert answer.status_code == 401
    assert "data-part" not in answer.text


def test_the_open_doors_are_sign_in_health_and_static_files(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    with client.get("/assets/dashboard.css") as styles:
        assert styles.status_code == 200
    assert client.get("/sign-in").status_code == 200


def test_sign_in_shows_that_the_data_is_fictional(app: Flask) -> None:
    page = app.test_client().get("/sign-in").text
    assert "Demonstration data: fictional." in page
    for title in ("Training manager", "Department head", "Auditor"):
        assert title in page


def test_a_session_cookie_is_signed_and_out_of_reach_of_scripts(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    cookie = client.get_cookie("adoption_session")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    client.set_cookie("adoption_session", cookie.value[:-4] + "AAAA")
    assert client.get("/").status_code == 302


def test_a_copy_of_the_cookie_is_worthless_once_the_reader_has_signed_out(app: Flask) -> None:
    client, thief = sign_in(app, "training_manager"), app.test_client()
    cookie = client.get_cookie("adoption_session")
    assert cookie is not None
    thief.set_cookie("adoption_session", cookie.value)
    assert thief.get("/method").status_code == 200
    client.post("/sign-out", data={"csrf_token": token(client.get("/method").text)})
    assert thief.get("/method").status_code == 302
    assert thief.get("/_dash-layout").status_code == 401


def test_a_form_without_its_token_is_refused(app: Flask) -> None:
    client = app.test_client()
    client.get("/sign-in")
    assert client.post("/sign-in", data={"reader": "auditor"}).status_code == 400
    assert client.post("/sign-in", data={"reader": "auditor", "csrf_token": "x"}).status_code == 400
    assert client.get("/").status_code == 302


def test_a_reader_who_does_not_exist_cannot_sign_in(app: Flask) -> None:
    client = app.test_client()
    data = {"csrf_token": token(client.get("/sign-in").text), "reader": "minister"}
    assert client.post("/sign-in", data=data).status_code == 400


def test_signing_in_makes_a_new_session(app: Flask) -> None:
    client = app.test_client()
    before = token(client.get("/sign-in").text)
    client.post("/sign-in", data={"csrf_token": before, "reader": "auditor"})
    assert token(client.get("/method").text) != before


def test_signing_out_ends_it(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    assert client.post("/sign-out").status_code == 400
    assert (
        client.post("/sign-out", data={"csrf_token": token(client.get("/").text)}).location == "/sign-in?signed_out=1"
    )
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:x",
        "",
        "/method\r\nX: y",
    ],
)
def test_sign_in_never_leads_elsewhere(app: Flask, target: str) -> None:
    client = app.test_client()
    data = {"csrf_token": token(client.get("/sign-in").text), "reader": "training_manager", "next": target}
    assert client.post("/sign-in", data=data).location == "/"


def test_sign_in_goes_on_to_where_the_reader_wanted(app: Flask) -> None:
    client = app.test_client()
    data = {"csrf_token": token(client.get("/sign-in").text), "reader": "training_manager", "next": "/method"}
    assert client.post("/sign-in", data=data).location == "/method"


def test_signing_out_of_a_session_that_has_ended_leads_to_sign_in(app: Flask) -> None:
    assert app.test_client().post("/sign-out", data={"csrf_token": "old"}).location == "/sign-in"


@pytest.mark.parametrize(
    "body",
    [{}, [], "x", {"output": "x"}, {"output": "..status.children...view.children...shown.data..", "inputs": []}],
)
def test_a_request_that_no_page_makes_is_the_senders_mistake(app: Flask, body: object) -> None:
    assert sign_in(app, "training_manager").post("/_dash-update-component", json=body).status_code == 400


@pytest.mark.parametrize("search", [5, {"department": "x"}, ["x"], True])
def test_an_address_that_is_no_text_is_the_senders_mistake(app: Flask, search: str) -> None:
    assert call_back(sign_in(app, "training_manager"), search).status_code == 400


def test_a_script_that_is_not_there_is_not_found(app: Flask) -> None:
    assert app.test_client().get("/_dash-component-suites/dash/dash.py").status_code == 404


def test_another_name_for_this_machine_is_not_answered(app: Flask) -> None:
    assert app.test_client().get("/sign-in", headers={"Host": "rebound.example"}).status_code == 400


def test_views_downloads_and_refusals_are_recorded_with_who_and_what(app: Flask) -> None:
    client = sign_in(app, "department_head")
    client.get("/")
    client.get("/export.csv")
    client.get("/?department=Ministry+of+Tea")
    client.get("/audit")
    with app.app_context():
        latest = [(entry.user, entry.action) for entry in audit_entries(limit=5)]
    assert latest == [
        ("demo-department-head", "refused"),
        ("demo-department-head", "refused"),
        ("demo-department-head", "export csv"),
        ("demo-department-head", "view page"),
        ("demo-department-head", "sign in"),
    ]


def test_the_layout_of_a_page_just_opened_is_not_a_second_view_but_a_later_one_is(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    for path in ("/", "/_dash-layout", "/_dash-layout"):
        client.get(path)
    with app.app_context():
        assert [entry.action for entry in audit_entries(limit=3)] == ["view layout", "view page", "sign in"]
