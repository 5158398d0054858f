"""One register with two published releases and one that is built only, and the dashboard's application on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.releases import dao, register_app
from tests.support.releases import add_release


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('api') / 'releases.sqlite'}"
    with register_app(url).app_context():
        for through, publish in (("2026-09", True), ("2026-10", True), ("2026-10", False)):
            add_release(through=through, publish=publish)
        dao.db.session.remove()
        dao.db.engine.dispose()
    return url


@pytest.fixture(scope="session")
def app(register: str) -> Flask:
    return create_app(DashboardConfig(register, "k" * 40, demo=True, testing=True))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"
