"""Months and days in words, in the reader's language: a server's own locale must not decide what a page says."""

from __future__ import annotations

from datetime import date

from analytics_dash.i18n import _


def month_names() -> tuple[str, ...]:
    return (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )


def short_month_names() -> tuple[str, ...]:
    """Names for an axis: short, and no two alike (French has juin and juillet)."""
    return (
        *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
        *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
    )


def month(value: str) -> str:
    """`2026-10` → `October 2026`."""
    year, number = value.split("-")
    return f"{month_names()[int(number) - 1]} {year}"


def day(value: date) -> str:
    """A date in words: `3 November 2026`."""
    return f"{value.day} {month_names()[value.month - 1]} {value.year}"
