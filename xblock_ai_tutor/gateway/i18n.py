"""The gateway's gettext: which catalogue speaks to which learner. It holds no text of its own.

A ticket names the learner's language, so a translator is made for each turn; there is no global language.
"""

from __future__ import annotations

import functools
import gettext
from pathlib import Path
from typing import Final, Protocol

TRANSLATIONS: Final = Path(__file__).resolve().parent.parent / "translations"
DOMAIN: Final = "text"  # the domain that XBlocks use


class Translator(Protocol):
    """What a caller needs of a catalogue."""

    def gettext(self, message: str, /) -> str: ...
    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str: ...


@functools.lru_cache(maxsize=64)
def translator(language: str) -> Translator:
    """The catalogue for a BCP 47 tag (`cy`, `en-GB`), falling back to the English msgids."""
    tag = language.replace("-", "_")
    return gettext.translation(DOMAIN, TRANSLATIONS, languages=[tag, tag.split("_")[0]], fallback=True)


def marked(message: str) -> str:
    """Mark a message for the catalogues where it is defined; it is translated where it is said."""
    return message
