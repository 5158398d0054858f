"""Words in the reader's language, for every room: stdlib gettext, domain `dashboard`, catalogues in `translations`.

Modules import `_` and mark their English sentences with it. Whoever knows the reader sets the language first (`use`):
a request of the dashboard, or the command line from its environment. Catalogues are made by `make messages`.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final

DOMAIN: Final = "dashboard"
DIRECTORY: Final = Path(__file__).resolve().parent / "translations"
DEFAULT: Final = "en"
NAMES: Final = {"en": "English", "cy": "Cymraeg", "fr": "Français"}
"""What each language calls itself."""

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


@cache
def languages() -> tuple[str, ...]:
    """English, and every language that has a compiled catalogue."""
    found = {path.parent.parent.name for path in DIRECTORY.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")}
    return (DEFAULT, *sorted(found - {DEFAULT}))


def choose(*wishes: str | None, accepted: Iterable[str] = ()) -> str:
    """The first wish (then accepted tag) that has a catalogue; `cy-GB` and `cy_GB.UTF-8` are content with `cy`."""
    for wish in (*wishes, *accepted):
        tag = (wish or "").lower().partition(".")[0].replace("_", "-")
        for known in (tag, tag.split("-")[0]):
            if known in languages():
                return known
    return DEFAULT


def of_environment(environ: Mapping[str, str]) -> str:
    """The language that a terminal asks for, by the variables that gettext goes by; `C` is English."""
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    if locale.partition(".")[0] in {"", "C", "POSIX"}:
        return DEFAULT
    return choose(*environ.get("LANGUAGE", "").split(":"), locale)


def use(language: str) -> None:
    """Set the language of this request, command or test: a context variable, so that threads do not meet."""
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
