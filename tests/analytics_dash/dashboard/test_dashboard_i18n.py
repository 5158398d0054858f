"""Languages fall back to English, and months have names of their own whatever the server's locale is."""

from __future__ import annotations

from datetime import date

from analytics_dash.dashboard import i18n


def test_an_unknown_language_is_english() -> None:
    assert i18n.choose("xx", None, accepted=["yy-ZZ"]) == "en"
    assert i18n.choose("en-GB") == "en"


def test_months_and_days_are_written_out() -> None:
    assert i18n.month("2026-10") == "October 2026"
    assert i18n.day(date(2026, 11, 3)) == "3 November 2026"
    assert i18n.ngettext("one", "many", 2) == "many"
