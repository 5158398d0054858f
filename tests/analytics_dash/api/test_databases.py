"""Dashboard and API on either database: sessions, tokens, limits and pages, also when many come at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from flask import Flask

from analytics_dash.cli import cli
from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.releases import Scope, audit, audit_entries, dao, register_app
from analytics_dash.releases.access import create_token, take_turn
from tests.support.api import Program
from tests.support.dashboard import sign_in
from tests.support.releases import add_release


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    with register_app(database_url).app_context():
        add_release()
        dao.db.session.remove()
        dao.db.engine.dispose()
    made = create_app(DashboardConfig(database_url, "k" * 40, demo=True, testing=True, exports_per_hour=2))
    yield made
    with made.app_context():
        dao.db.session.remove()
        dao.db.engine.dispose()


def test_pages_and_api_read_it(app: Flask, database_url: str) -> None:
    client = sign_in(app, "training_manager")
    assert client.get("/?department=").status_code == 200
    program = Program(app, "department_head", "Office for Canals")
    cells = program.every("releases/2026-10.1/cells", "cells", limit=40)
    assert {cell["department"] for cell in cells} == {"Office for Canals", None}
    ended = CliRunner().invoke(cli, ["session", "end", "demo-training-manager", "--register", database_url])
    assert ended.output == "Sessions ended: 1\n"
    assert client.get("/?department=").status_code == 302


def test_downloads_of_one_reader_are_limited_wherever_they_are_asked_for(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    answers = [client.get("/export.csv?department=Registry+of+Tides") for _ in range(5)]
    assert answers[0].status_code == 200
    assert {answer.data for answer in answers if answer.status_code == 200} == {answers[0].data}
    assert answers[-1].status_code == 429
    program = Program(app, "analyst")
    statuses = [program.get("releases/2026-10.1/cells", {"Accept": "text/csv"}).status_code for _ in range(5)]
    assert (statuses[0], statuses[-1]) == (200, 429)
    with app.app_context():
        assert {entry.user for entry in audit_entries() if entry.action == "export limit"} == {
            "demo-training-manager",
            "token:" + program_name(app),
        }


def program_name(app: Flask) -> str:
    with app.app_context():
        [name] = [entry.user for entry in audit_entries() if entry.user.startswith("token:")][:1]
    return name.removeprefix("token:")


def test_many_at_once_are_counted_and_audited_each(app: Flask) -> None:
    def one(number: int) -> int:
        with app.app_context():
            audit("many", "view page", str(number))
            return take_turn("test", "many", limit=30, seconds=3600, now=7_200)

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(one, range(40)))
    assert sorted(waits) == [0] * 30 + [3600] * 10
    with app.app_context():
        assert {entry.detail for entry in audit_entries(user="many")} == {str(number) for number in range(40)}


def test_a_token_of_one_database_opens_no_other(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('other') / 'releases.sqlite'}"
    with register_app(url).app_context():
        text = create_token("stranger", Scope("administrator"), days=1)
        dao.db.session.remove()
        dao.db.engine.dispose()
    answer = app.test_client().get("/api/v1/releases", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 401
