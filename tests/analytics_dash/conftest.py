"""For every test of the analytics wing: the language that one test leaves behind is not the next one's."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from analytics_dash import i18n


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
