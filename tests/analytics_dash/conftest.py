"""For every test of the analytics wing: the language that one test leaves behind is not the next one's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analytics_dash import i18n


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """English before and after."""
    i18n.use(i18n.DEFAULT)
    yield
    i18n.use(i18n.DEFAULT)
