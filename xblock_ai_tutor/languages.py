"""Two languages on one page: the lesson's, and that of the interface around it (WCAG 3.1.2).

A page's root is in the lesson's language; what is the interface's says so where the two differ. A step's form is the
lesson's: its buttons and verdicts speak the lesson's language too, where we have a catalogue of it. Called by `pages`.
"""

from __future__ import annotations

import gettext as catalogues
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

Translate = Callable[[str], str]

RIGHT_TO_LEFT: Final = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_TRANSLATIONS: Final = Path(__file__).parent / "translations"
_DOMAIN: Final = "text"  # the domain that XBlocks use
_OUR_OWN: Final = "en"  # what the msgids are written in


def direction(language: str) -> str:
    """How a language is written, for the attribute `dir`."""
    return "rtl" if _base(language) in RIGHT_TO_LEFT else "ltr"


def interface_language(gettext: Translate) -> str:
    """The language that `gettext` speaks: a catalogue translates the tag `en` by its own; without one it is English."""
    _ = gettext
    return _("en")


def said_in(language: str, of: str) -> Markup:
    """The attributes of an element in `language` on a page in the language `of`; none where they are the same."""
    if _base(language) == _base(of):
        return Markup("")
    return Markup(' lang="{}" dir="{}"').format(language, direction(language))


def in_language(language: str, otherwise: Translate) -> Translate:
    """A function that translates into `language`, or else `otherwise`, where there is no catalogue of it."""
    if _base(language) == _base(interface_language(otherwise)):
        return otherwise
    return _catalogue(language) or otherwise


@lru_cache(maxsize=64)
def _catalogue(language: str) -> Translate | None:
    if _base(language) == _OUR_OWN:
        return str
    tag = language.replace("-", "_")
    try:
        return catalogues.translation(_DOMAIN, _TRANSLATIONS, languages=[tag, _base(language)]).gettext
    except FileNotFoundError:
        return None


def _base(language: str) -> str:
    return language.lower().replace("_", "-").partition("-")[0]
