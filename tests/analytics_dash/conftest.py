"""For every test of the analytics wing: English before and after, and an empty database of each kind for a register."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics_dash import i18n
from tests.support.postgres import PostgresServer, postgres_server


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """English before and after."""
    i18n.use(i18n.DEFAULT)
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture(autouse=True, scope="session")
def a_home_for_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Adoption's home is a folder of this run, so that no test signs with, or makes, a key of the developer's."""
    before = os.environ.get("ADOPTION_HOME")
    os.environ["ADOPTION_HOME"] = str(tmp_path_factory.mktemp("adoption-home"))
    yield
    if before is None:
        del os.environ["ADOPTION_HOME"]
    else:
        os.environ["ADOPTION_HOME"] = before


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A private PostgreSQL server; where there is none, what needs it fails and says what to install."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that a register may be on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.database(request.node.name)
