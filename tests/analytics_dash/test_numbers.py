"""Numbers are written as the reader's language writes them, and can be read back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash import i18n
from analytics_dash.numbers import local, tick
from tests.support.dashboard import plain


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.use(i18n.DEFAULT)


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "12,345.6"), ("cy", "12,345.6"), ("fr", "12\u202f345,6")],
)
def test_thousands_and_decimals_are_those_of_the_language(language: str, written: str) -> None:
    i18n.use(language)
    assert local("12345.6") == written
    assert local("−12345.6") == f"−{written}"
    assert local("[c]") == "[c]"
    assert local("2026-10") == "2026-10"


def test_an_axis_has_no_more_decimals_than_it_needs() -> None:
    assert [tick(value) for value in (0.0, 2.5, -7.5, 100.0, 1_500_000.0)] == ["0", "2.5", "−7.5", "100", "1,500,000"]


@given(st.integers(0, 10**9), st.integers(0, 2), st.sampled_from(["en", "cy", "fr"]))
def test_a_program_reads_back_what_was_written(number: int, decimals: int, language: str) -> None:
    i18n.use(language)
    text = f"{number / 10**decimals:.{decimals}f}"
    assert plain(local(text)) == text
