"""The API as a program uses it: pages, filters, conditional reads, tokens, problems that say what to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from analytics_dash.api.openapi import document
from analytics_dash.cli import cli
from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.errors import REFUSED
from analytics_dash.releases import Scope, audit_entries, cells, dao, format_cell
from analytics_dash.releases.access import take_turn, token_caller
from analytics_dash.releases.models import TokenRow
from analytics_dash.reports.csv import csv_bytes
from tests.support.api import Program
from tests.support.releases import add_release, make_register

NEWEST = "2026-10.1"
PLACE = "Ministry of Weather"
CELLS = f"releases/{NEWEST}/cells"


@pytest.fixture
def analyst(app: Flask) -> Program:
    return Program(app, "analyst")


def test_published_releases_are_listed_the_latest_first_and_no_others(analyst: Program) -> None:
    answer = analyst.get("releases")
    assert [release["id"] for release in answer.json["releases"]] == [NEWEST, "2026-09.1"]
    assert answer.json["releases"][0]["months"][-1] == "2026-10"
    pages = analyst.get("releases", limit=1).json
    assert [release["id"] for release in pages["releases"]] == [NEWEST]
    assert [release["id"] for release in analyst.get(pages["next"]).json["releases"]] == ["2026-09.1"]


@pytest.mark.parametrize("release", ["2026-10.2", "1999-01.1", "x", "2026-10.1%00", "..%2f..", "2026-10.1' OR 1=1"])
@pytest.mark.parametrize("part", ["", "/cells", "/learning"])
def test_a_release_that_is_not_published_is_as_absent_as_one_that_never_was(
    analyst: Program, release: str, part: str
) -> None:
    answer = analyst.get(f"releases/{release}{part}")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_pages_put_together_are_the_release_whatever_their_size(app: Flask, analyst: Program) -> None:
    with app.app_context():
        expected = cells(Scope("analyst"), NEWEST)
    for limit in (1000, 37):
        found = analyst.every(CELLS, "cells", limit=limit)
        assert [cell["value"] for cell in found] == [cell.value for cell in expected]
        assert [cell["department"] for cell in found] == [cell.department for cell in expected]


def test_filters_pick_cells_and_add_nothing_up(app: Flask, analyst: Program) -> None:
    query = {"view": "department_month", "indicator": "redaction_rate", "month": "2026-10", "department": PLACE}
    [cell] = analyst.every(CELLS, "cells", **query)
    with app.app_context():
        [expected] = [
            each
            for each in cells(Scope("analyst"), NEWEST, indicator="redaction_rate", view="department_month")
            if (each.month, each.department) == ("2026-10", PLACE)
        ]
    assert (cell["numerator"], cell["denominator"], cell["value"]) == (
        expected.numerator,
        expected.denominator,
        expected.value,
    )
    assert cell["as_shown"]["value"] == format_cell(expected).value


def test_a_hidden_cell_has_no_figure(analyst: Program) -> None:
    hidden = [cell for cell in analyst.every(CELLS, "cells") if cell["status"] == "c"]
    assert hidden
    for cell in hidden:
        assert (cell["numerator"], cell["denominator"], cell["value"]) == (None, None, None)
        assert cell["as_shown"] == {"numerator": "[c]", "denominator": "[c]", "value": "[c]"}


def test_as_csv_the_cells_are_the_bytes_of_the_export(app: Flask, analyst: Program) -> None:
    answer = analyst.get(CELLS, {"Accept": "text/csv"}, department="Office for Canals")
    with app.app_context():
        assert answer.data == csv_bytes(cells(Scope("analyst"), NEWEST, department="Office for Canals"))
    assert answer.content_type == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["releases", f"releases/{NEWEST}", CELLS, f"releases/{NEWEST}/learning", "indicators", "openapi.json"]
)
def test_what_a_caller_has_already_is_not_sent_again(analyst: Program, path: str) -> None:
    first = analyst.get(path)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = analyst.get(path, {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert analyst.get(path, {"If-None-Match": '"other"'}).status_code == 200
    if "releases" in path:
        assert analyst.get(path, {"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304


def test_another_readers_copy_is_another_answer(app: Flask, analyst: Program) -> None:
    """The same address with another scope has another ETag, and a shared cache must not keep either."""
    head = Program(app, "department_head", "Office for Canals")
    etag = analyst.get(CELLS).headers["ETag"]
    answer = head.get(CELLS, {"If-None-Match": etag})
    assert answer.status_code == 200
    assert {"Authorization", "Cookie", "Accept"} <= set(answer.headers["Vary"].split(", "))


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"view": "person"}, "view"),
        ({"indicator": ""}, "indicator"),
        ({"month": "2026-13"}, "month"),
        ({"department": "a\x00b"}, "department"),
        ({"department": "x" * 201}, "department"),
        ({"cursor": "=?="}, "cursor"),
        ({"grade": "EO"}, "?"),
        ({"arm": ["trained", "untrained"]}, "arm"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named_with_what_would(
    analyst: Program, query: dict[str, Any], wrong: str
) -> None:
    answer = analyst.get(CELLS, **query)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert [error["parameter"] for error in answer.json["errors"]] == [wrong]


def test_all_parameters_that_do_not_fit_are_named_at_once(analyst: Program) -> None:
    answer = analyst.get(CELLS, limit="x", view="x")
    assert {error["parameter"] for error in answer.json["errors"]} == {"limit", "view"}


def test_a_cursor_of_another_release_is_refused(analyst: Program) -> None:
    following = analyst.get(CELLS, limit=1).json["next"].partition("cursor=")[2]
    for cursor in (following, "AAAA"):
        assert analyst.get("releases/2026-09.1/cells", cursor=cursor).status_code == 404


def test_a_month_or_department_that_is_not_there_is_said(analyst: Program) -> None:
    assert analyst.get(CELLS, month="2031-01").status_code == 404
    answer = analyst.get(CELLS, department="Ministry of Nothing")
    assert answer.status_code == 404
    assert "Ministry of Nothing" not in answer.text


def test_only_reading_is_possible_and_only_in_forms_that_there_are(app: Flask, analyst: Program) -> None:
    for method in ("post", "put", "delete", "patch", "options"):
        answer = getattr(analyst.client, method)(f"/api/v1/{CELLS}", headers=analyst.headers)
        assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert analyst.get(CELLS, {"Accept": "application/xml"}).status_code == 406
    assert analyst.get("nothing").mimetype == "application/problem+json"


def test_without_a_token_only_the_description_is_open(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/api/v1/openapi.json").status_code == 200
    for path in ("releases", f"releases/{NEWEST}", CELLS, f"releases/{NEWEST}/learning", "indicators", "nothing"):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert client.get("/api/v1/releases", headers={"Authorization": "Bearer adt_x"}).status_code == 401
    assert client.get("/api/v1/releases", headers={"Authorization": "Basic YTpi"}).status_code == 401


def test_a_token_opens_the_api_and_nothing_else(app: Flask, analyst: Program) -> None:
    assert analyst.get("/export.csv").status_code == 302
    assert analyst.get("/").status_code == 302


def test_every_read_is_audited_by_what_was_asked_and_never_by_figures(app: Flask, analyst: Program) -> None:
    analyst.get(CELLS, department="Office for Canals", view="department")
    Program(app, "auditor").get(CELLS)
    with app.app_context():
        refused, read = audit_entries(limit=2)
    assert (read.user.startswith("token:test-analyst"), read.action) == (True, "api cells")
    assert read.detail == f"release {NEWEST}, department Office for Canals, view department"
    assert (refused.action, refused.detail) == ("refused", f"/api/v1/{CELLS}")


def test_who_asks_too_often_is_told_how_long_to_wait(tmp_path: Path) -> None:
    url, _info = make_register(tmp_path)
    app = create_app(DashboardConfig(url, "k" * 40, demo=True, testing=True, api_per_minute=2))
    eager, patient = Program(app, "analyst"), Program(app, "administrator")
    # Two windows may be touched while this runs; five requests meet the limit in one of them.
    answers = [eager.get("releases") for _ in range(5)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited
    assert 1 <= int(limited[0].headers["Retry-After"]) <= 60
    assert patient.get("releases").status_code == 200


def test_turns_are_counted_in_windows(app: Flask) -> None:
    with app.app_context():
        waits = [take_turn("test", "someone", limit=2, seconds=60, now=now) for now in (60, 61, 62, 119, 120)]
        assert waits == [0, 0, 58, 1, 0]


def test_a_token_is_shown_once_kept_as_a_digest_and_ends_when_revoked_or_expired(tmp_path: Path) -> None:
    url, _info = make_register(tmp_path)
    app = create_app(DashboardConfig(url, "k" * 40, demo=True, testing=True))
    at = ["--register", url]

    def adoption(*arguments: str) -> Any:
        return CliRunner().invoke(cli, ["token", *arguments, *at])

    made = adoption("create", "--name", "statistics", "--role", "analyst", "--json")
    text = json.loads(made.output)["token"]
    secret = text.rpartition("_")[2] if text.count("_") == 2 else text.split("_", 2)[2]
    assert secret.encode() not in (tmp_path / "releases.sqlite").read_bytes()
    assert secret not in adoption("list").output
    read = {"Authorization": f"Bearer {text}"}
    assert app.test_client().get("/api/v1/releases", headers=read).status_code == 200
    assert adoption("create", "--name", "statistics", "--role", "analyst").exit_code == REFUSED
    assert adoption("create", "--name", "Mrs A. Okafor", "--role", "analyst").exit_code == REFUSED
    assert adoption("create", "--name", "b", "--role", "department_head").exit_code == REFUSED
    with app.app_context():
        row = dao.db.session.scalars(dao.select(TokenRow)).one()
        end, row.expires_at = row.expires_at, datetime.now(UTC) - timedelta(seconds=1)
        dao.db.session.commit()
        assert token_caller(text) is None
        row.expires_at = end
        dao.db.session.commit()
        assert token_caller(text) is not None
        assert token_caller(text[:-1] + ("A" if text[-1] != "A" else "B")) is None
    assert adoption("revoke", "statistics").exit_code == 0
    assert app.test_client().get("/api/v1/releases", headers=read).status_code == 401
    assert "revoked" in adoption("list").output


def test_the_description_is_valid_and_names_every_route(app: Flask) -> None:
    described = document("/api/v1")
    OpenAPIV31SpecValidator(described).validate()
    routes = {
        rule.rule.removeprefix("/api/v1").replace("<id>", "{id}")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
    }
    assert set(described["paths"]) == routes
    assert app.test_client().get("/api/v1/openapi.json").json == json.loads(json.dumps(described))


def test_listing_goes_on_when_a_release_is_published_meanwhile(tmp_path: Path) -> None:
    url, _info = make_register(tmp_path, through="2026-08")
    app = create_app(DashboardConfig(url, "k" * 40, demo=True, testing=True))
    with app.app_context():
        add_release(through="2026-09")
    reader = Program(app, "analyst")
    first = reader.get("releases", limit=1).json
    with app.app_context():
        add_release(through="2026-10")
    assert [release["id"] for release in reader.get(first["next"]).json["releases"]] == ["2026-08.1"]
