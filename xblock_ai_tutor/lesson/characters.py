"""Which characters a lesson may hold, and how its lines ended. For the file as it comes, and for what escapes in its
front matter stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# Controls, line separators, lone surrogates and non-characters: XML (a course export) cannot carry them, YAML and
# editors disagree on whether they end a line, and no learner can see them. Zero-width spaces and overrides of the
# direction of writing, which come with pasted text: a reviewer would read something else than what stands there.
_UNUSABLE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff"
    r"\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]"
)


_MARK: Final = "\ufeff"
_NEWLINE: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Layout:
    """What `normalise` takes out of a file: whether it began with a byte order mark, and the newline of each line.

    `newlines` is () when all are "\\n".
    """

    mark: bool = False
    newlines: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> Layout:
        """The layout of a file as it comes."""
        newlines = tuple(_NEWLINE.findall(text)) if "\r" in text else ()
        return cls(text.startswith(_MARK), newlines)

    def applied(self, text: str) -> str:
        """A normalised text as the file had it. New lines get the newline of the first."""
        if self.newlines:
            first, *rest = text.split("\n")
            known = (*self.newlines, *self.newlines[:1] * len(rest))
            text = first + "".join(newline + line for newline, line in zip(known, rest, strict=False))
        return _MARK + text if self.mark else text


def normalise(text: str) -> str:
    """Newlines as "\\n", no byte order mark at the start; nothing else changes."""
    return _NEWLINE.sub("\n", text.removeprefix(_MARK))


def unusable(text: str) -> str:
    """The first character that a lesson cannot hold, as "U+0000, at column 1" (1-based); "" when there is none."""
    found = _UNUSABLE.search(text)
    return f"U+{ord(found[0]):04X}, at column {found.start() + 1}" if found else ""
