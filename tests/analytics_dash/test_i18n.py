"""Languages fall back to English, and months have names of their own whatever the server's locale is."""

from __future__ import annotations

from datetime import date

import pytest

from analytics_dash import dates, i18n


def test_an_unknown_language_is_english() -> None:
    assert i18n.choose("xx", None, accepted=["yy-ZZ"]) == "en"
    assert i18n.choose("en-GB") == "en"


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "cy_GB.UTF-8"}, "cy"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "fr_FR"}, "fr"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:fr:cy"}, "fr"),
        ({"LC_ALL": "C.UTF-8", "LANGUAGE": "cy"}, "en"),
    ],
)
def test_a_command_speaks_the_language_of_its_environment(environ: dict[str, str], language: str) -> None:
    assert i18n.of_environment(environ) == language


def test_months_and_days_are_written_out() -> None:
    assert dates.month("2026-10") == "October 2026"
    assert dates.day(date(2026, 11, 3)) == "3 November 2026"
    assert i18n.ngettext("one", "many", 2) == "many"
