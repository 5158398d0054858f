"""Fixtures for the security tests: a recording endpoint, and the real app in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import quiet_xblock  # noqa: F401
from tests.support.gateway import Gateway, RecordingEndpoint, gateway


@pytest.fixture
def endpoint() -> Iterator[RecordingEndpoint]:
    with RecordingEndpoint() as recording:
        yield recording


@pytest.fixture
def tutor(tmp_path: Path, endpoint: RecordingEndpoint) -> Iterator[Gateway]:
    with gateway(tmp_path, endpoint.base_url) as running:
        yield running
