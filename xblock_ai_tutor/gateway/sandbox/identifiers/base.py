"""What an identifier is to the sandbox: a type, a label and the forms in which it is written. No identifier is here.

A form is *unmistakable* (its shape or its check digit is proof enough), *labelled* (its name stands right before it)
or *in context* (words of its field stand nearby). Patterns work on the view of a text (`sandbox.view`), where digits
are ASCII. Every quantifier is bounded: hostile text costs linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

# Where an identifier may begin and end: not inside a word or a number. An underscore or a letter of another alphabet
# does not protect it (file names, running Chinese). `START` stands after the first character, so that the regular
# expression engine can skip to that character's class; patterns are several times faster that way.
START: Final = r"(?<![A-Za-z0-9].)"
END: Final = r"(?![A-Za-z0-9])"
# A number that is part of a price, a decimal or a longer number is no identifier.
START_NUMBER: Final = r"(?<![A-Za-z0-9£$€+].)(?<![0-9][.,/:].)(?<![0-9]-.)"
END_NUMBER: Final = r"(?![A-Za-z0-9%]|[.,/:\-][0-9])"
# What people put between the digits of a number, a line break included.
SEP: Final = r"[\s.\-]{0,3}"
# What stands between a label and its value: punctuation of prose, tables and JSON, and a few small words.
LINK: Final = (
    r"[\s:;#=.,\-\"'()\[\]|>*_]{0,12}"
    r"(?:(?:is|was|are|no|nos|num|number|numbers|ref|reference|id|code|of|for|the|my|his|her|their|your|client|patient|"
    r"customer|applicant|claimant|defendant|holder|given|as|value|reads|should|be)(?![A-Za-z0-9])"
    r"[\s:;#=.,\-\"'()\[\]|>*_]{0,12}){0,4}"
)

_RIGHT_BEFORE: Final = 24

UNMISTAKABLE: Final = 3
LABELLED: Final = 2
IN_CONTEXT: Final = 1


def digits_of(text: str) -> str:
    """Return the ASCII digits of `text`."""
    return "".join(char for char in text if "0" <= char <= "9")


def compact(text: str) -> str:
    """Return `text` as it is compared: ASCII letters and digits alone, in upper case."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


@dataclass(frozen=True, slots=True)
class Found:
    """An identifier at `start:end` of a view; `rank` says how it was known (UNMISTAKABLE, LABELLED or IN_CONTEXT)."""

    start: int
    end: int
    rank: int


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which an identifier is written.

    `pattern` finds candidates (group `id` when the pattern holds more than the identifier); `valid` accepts them;
    `context`, if any, must be found within `before` characters before or `after` characters after the candidate;
    `unless`, if any, must not be found right before it.
    """

    pattern: re.Pattern[str]
    valid: Callable[[str], bool] | None = None
    context: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    rank: int = UNMISTAKABLE
    before: int = 120
    after: int = 50

    def find(self, text: str) -> Iterator[Found]:
        """Yield the identifiers of this form in a view."""
        group = "id" if "id" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(text):
            start, end = match.span(group)
            if self.valid is not None and not self.valid(match[group]):
                continue
            if self.context is not None and not near(
                self.context, text, start, end, before=self.before, after=self.after
            ):
                continue
            if self.unless is not None and self.unless.search(text[max(0, start - _RIGHT_BEFORE) : start]):
                continue
            yield Found(start, end, self.rank)


def near(context: re.Pattern[str], text: str, start: int, end: int, *, before: int, after: int) -> bool:
    """Tell whether `context` stands within `before` characters before `start` or `after` characters after `end`."""
    return bool(context.search(text[max(0, start - before) : start]) or context.search(text[end : end + after]))


@dataclass(frozen=True, slots=True)
class Identifier:
    """One type of identifier. `key` turns a value (as seen in the view) into the form in which values are compared.

    `needs_digit` lets the search skip the type in a text without digits. `finder` is for the few types that patterns
    alone cannot find well.
    """

    type: str
    label: str
    forms: tuple[Form, ...] = ()
    key: Callable[[str], str] = compact
    needs_digit: bool = True
    finder: Callable[[str], Iterator[Found]] | None = None

    def find(self, text: str) -> Iterator[Found]:
        """Yield the identifiers of this type in a view; they may overlap."""
        for form in self.forms:
            yield from form.find(text)
        if self.finder is not None:
            yield from self.finder(text)


def labelled(label: str, value: str) -> re.Pattern[str]:
    """Return the pattern of `value` right after `label`: the label is not part of what is held back."""
    return re.compile(rf"(?is)(?<![A-Za-z])(?:{label})(?![A-Za-z]){LINK}(?P<id>{value})")


def words(pattern: str) -> re.Pattern[str]:
    """Return the pattern of context words: whole words, any case."""
    return re.compile(rf"(?i)(?<![A-Za-z])(?:{pattern})(?![A-Za-z])")
