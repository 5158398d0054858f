"""What a reader gets when something is wrong: a plain page in their language, protected as every other one."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.releases import dao
from tests.support.dashboard import call_back, sign_in
from tests.support.releases import make_register

HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")
WELSH = {"Accept-Language": "cy"}


@pytest.fixture
def broken(tmp_path: Path) -> FlaskClient:
    """A signed-in reader whose register becomes unreadable while the dashboard runs."""
    url, _release = make_register(tmp_path)
    app = create_app(DashboardConfig(url, "k" * 40, demo=True))
    client = sign_in(app, "training_manager")
    with app.app_context():
        dao.db.engine.dispose()  # so that nothing is left in SQLite's write-ahead log
    (tmp_path / "releases.sqlite").write_bytes(b"not a database, whatever it was before" * 100)
    return client


@pytest.mark.parametrize("path", ["/", "/export.csv", "/method", "/export-notes.txt"])
def test_a_register_that_cannot_be_read_gives_a_plain_page_that_shows_nothing_of_its_inside(
    broken: FlaskClient, path: str
) -> None:
    answer = broken.get(path, headers=WELSH)
    assert answer.status_code == 500
    assert "Yma y mae'r nam" in unescape(answer.text)
    for inside in ("Traceback", "sqlite", "SELECT", "Internal Server Error"):
        assert inside not in answer.text
    assert all(header in answer.headers for header in HEADERS)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_register_that_cannot_be_read_is_an_envelope_to_a_script_and_unhealthy_to_an_operator(
    broken: FlaskClient,
) -> None:
    answer = call_back(broken, "?department=")
    assert (answer.status_code, answer.json["error"]["code"]) == (500, "500")
    health = broken.get("/healthz")
    assert (health.status_code, health.json) == (503, {"status": "the register cannot be read"})


def test_the_page_of_an_error_is_kept_by_nobody_even_where_files_may_be(app: Flask) -> None:
    """It has the reader's role and the token of their forms on it."""
    client = sign_in(app, "training_manager")
    for path in ("/assets/none.css", "/_dash-component-suites/dash/none.js"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_the_framework_refuses_is_said_in_the_readers_language(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    method = client.post("/audit", headers=WELSH)
    large = client.post("/sign-out", data=b"x" * 70_000, headers=WELSH)
    host = client.get("/sign-in", headers=WELSH | {"Host": "rebound.example"})
    assert [answer.status_code for answer in (method, large, host)] == [405, 413, 400]
    for answer in (method, large, host):
        words = unescape(answer.text)
        assert "Nid yw'r dangosfwrdd hwn yn deall" in words or "yn rhy fawr" in words
        assert "rebound.example" not in words
