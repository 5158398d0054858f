"""Fixtures for the gateway's tests: a recording endpoint, and the real app in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import Gateway, RecordingEndpoint, gateway
from tests.support.postgres import PostgresServer, postgres_server


@pytest.fixture
def endpoint() -> Iterator[RecordingEndpoint]:
    with RecordingEndpoint() as recording:
        yield recording


@pytest.fixture
def tutor(tmp_path: Path, endpoint: RecordingEndpoint) -> Iterator[Gateway]:
    with gateway(tmp_path, endpoint.base_url) as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A private PostgreSQL server; where there is none, what needs it fails and says what to install."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that the gateway runs on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'gateway.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.database(request.node.name)
