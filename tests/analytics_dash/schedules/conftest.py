"""A register, a real SMTP server with TLS, and two readers on one schedule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.mail import PASSWORD, USER, Post, post_office
from tests.support.provider import make_authority
from tests.support.releases import make_register
from tests.support.schedules import ANALYST, ARGUMENTS, HEAD, OWN, good


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    return make_authority(tmp_path_factory.mktemp("tls"), name="localhost")


@pytest.fixture
def office(authority: tuple[Path, Path, Path]) -> Iterator[Post]:
    with post_office(authority[1:], login=True) as post:
        yield post


@pytest.fixture
def env(tmp_path: Path, office: Post, authority: tuple[Path, Path, Path]) -> dict[str, str]:
    url, _release = make_register(tmp_path)
    return {
        "ADOPTION_REGISTER": url,
        "ADOPTION_SMTP_HOST": "localhost",
        "ADOPTION_SMTP_PORT": str(office.port),
        "ADOPTION_SMTP_CA_FILE": str(authority[0]),
        "ADOPTION_SMTP_USER": USER,
        "ADOPTION_SMTP_PASSWORD": PASSWORD,
        "ADOPTION_MAIL_FROM": "adoption@example.gov.uk",
        "ADOPTION_MAIL_DOMAINS": ".example.gov.uk",
        "ADOPTION_MAIL_REPORTS": "attach",
        "ADOPTION_PUBLIC_URL": "https://adoption.example.gov.uk",
    }


@pytest.fixture
def written(env: dict[str, str]) -> dict[str, str]:
    """Two readers on one schedule of a CSV."""
    good(env, "recipient", "add", HEAD, "--role", "department_head", "--department", OWN)
    good(env, "recipient", "add", ANALYST, "--role", "analyst")
    good(env, "schedule", "add", "monthly", "--to", HEAD, "--to", ANALYST, "--format", "csv", *ARGUMENTS)
    return env
