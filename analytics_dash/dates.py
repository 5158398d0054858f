"""Months and days in words, in the reader's language: a server's own locale must not decide what a page says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from analytics_dash.i18n import _, current


def month_names() -> tuple[str, ...]:
    return _month_names(current())


@cache  # a page of a year names hundreds of months
def _month_names(_language: str) -> tuple[str, ...]:
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


def span(months: Sequence[str]) -> str:
    """Months one after the other in words, the year once where it is the same: `May to October 2026`."""
    first, last = months[0], months[-1]
    if first == last:
        return month(first)
    begins = month(first).removesuffix(f" {first[:4]}") if first[:4] == last[:4] else month(first)
    return _("{first} to {last}").format(first=begins, last=month(last))


def day(value: date) -> str:
    """A date in words: `3 November 2026`."""
    return f"{value.day} {month_names()[value.month - 1]} {value.year}"
