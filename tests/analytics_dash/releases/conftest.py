"""A register and a warehouse for each test, and one that is built once for those that only read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from analytics_dash.releases import ReleaseInfo, dao, register_app
from analytics_dash.releases.build import build_release
from analytics_dash.warehouse import open_warehouse
from tests.support.disclosure import AFTER_CLOSE, THROUGH, plausible_facts
from tests.support.postgres import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A private PostgreSQL server; where there is none, what needs it fails and says what to install."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def register(tmp_path: Path) -> Iterator[str]:
    """The URL of an empty register, with its application context pushed."""
    url = f"sqlite:///{tmp_path / 'releases.sqlite'}"
    with register_app(url).app_context():
        yield url
        dao.db.session.remove()
        dao.db.engine.dispose()


@pytest.fixture(scope="session")
def warehouse_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A warehouse with a plausible government through October 2026."""
    return plausible_facts(300, departments=3).write(tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb")


@pytest.fixture(scope="session")
def built_register(warehouse_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register file in which the warehouse's release is built but not published; copy it before use."""
    path = tmp_path_factory.mktemp("register") / "releases.sqlite"
    with register_app(f"sqlite:///{path}").app_context(), open_warehouse(warehouse_url) as warehouse:
        build_release(warehouse, THROUGH, now=AFTER_CLOSE)
        dao.db.session.remove()
        dao.db.engine.dispose()
    return path


@pytest.fixture
def built(built_register: Path, tmp_path: Path) -> Iterator[ReleaseInfo]:
    """The built release, in a register of the test's own, with its application context pushed."""
    path = tmp_path / "built.sqlite"
    copyfile(built_register, path)
    with register_app(f"sqlite:///{path}").app_context():
        yield dao.list_releases()[0]
        dao.db.session.remove()
        dao.db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that a register may be on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.database(request.node.name)


@pytest.fixture
def other_database_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> str:
    """An empty database of the other kind."""
    if database_url.startswith("postgresql"):
        return f"sqlite:///{tmp_path / 'other.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.database(f"{request.node.name}_other")
