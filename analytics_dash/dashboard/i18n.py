"""Words in the reader's language: stdlib gettext, domain `dashboard`, catalogues in `analytics_dash/translations`.

Modules import `_` and mark their English sentences with it; a request sets the language first (`use`). Month names
are here because a server's own locale must not decide what a page says. Catalogues are made by `make messages`.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

DOMAIN: Final = "dashboard"
DIRECTORY: Final = Path(__file__).resolve().parent.parent / "translations"
DEFAULT: Final = "en"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


@cache
def languages() -> tuple[str, ...]:
    """English, and every language that has a compiled catalogue."""
    found = {path.parent.parent.name for path in DIRECTORY.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")}
    return (DEFAULT, *sorted(found - {DEFAULT}))


def choose(*wishes: str | None, accepted: Iterable[str] = ()) -> str:
    """The first wish (then accepted tag) that has a catalogue; `cy-GB` is content with `cy`."""
    for wish in (*wishes, *accepted):
        tag = (wish or "").lower()
        for known in (tag, tag.split("-")[0]):
            if known in languages():
                return known
    return DEFAULT


def use(language: str) -> None:
    """Set the language of this request (or test): a context variable, so that threads do not meet."""
    _language.set(language)


def current() -> str:
    return _language.get()


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, DIRECTORY, languages=[language], fallback=True)


def _(message: str) -> str:
    return _catalogue(_language.get()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    return _catalogue(_language.get()).ngettext(one, many, count)


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
