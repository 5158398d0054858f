"""Which characters a lesson may hold. For the file as it comes, and for what escapes in its front matter stand for."""

from __future__ import annotations

import re
from typing import Final

# Controls, line separators, lone surrogates and non-characters: XML (a course export) cannot carry them, YAML and
# editors disagree on whether they end a line, and no learner can see them. Zero-width spaces and overrides of the
# direction of writing, which come with pasted text: a reviewer would read something else than what stands there.
_UNUSABLE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff"
    r"\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]"
)


def normalise(text: str) -> str:
    """Newlines as "\\n", no byte order mark at the start; nothing else changes."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def unusable(text: str) -> str:
    """The first character that a lesson cannot hold, as "U+0000, at column 1" (1-based); "" when there is none."""
    found = _UNUSABLE.search(text)
    return f"U+{ord(found[0]):04X}, at column {found.start() + 1}" if found else ""
