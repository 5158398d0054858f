"""One small real register for the whole room, and an application on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from analytics_dash import i18n
from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.questions import Facts, read_facts
from analytics_dash.releases import Scope
from tests.support.releases import make_register


@pytest.fixture(autouse=True)
def english() -> None:
    """A thread keeps the language of its last request, and a test's thread is that of the test before."""
    i18n.use("en")


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> str:
    url, _release = make_register(tmp_path_factory.mktemp("register"))
    return url


@pytest.fixture(scope="session")
def app(register: str) -> Flask:
    return create_app(DashboardConfig(register, "k" * 40, demo=True, testing=True))


@pytest.fixture(scope="session")
def everything(app: Flask) -> Facts:
    """All of government, as a training manager sees it."""
    with app.app_context():
        view = read_facts(Scope("training_manager"))
    assert view is not None
    return view


@pytest.fixture(scope="session")
def smallest(app: Flask) -> Facts:
    """The department that is so small that most of its cells are hidden."""
    with app.app_context():
        view = read_facts(Scope("training_manager"), "Registry of Tides")
    assert view is not None
    return view


@pytest.fixture
def empty_app(tmp_path: Path) -> Flask:
    """A register in which nothing is published."""
    url, _release = make_register(tmp_path, publish=False)
    return create_app(DashboardConfig(url, "k" * 40, demo=True, testing=True))
