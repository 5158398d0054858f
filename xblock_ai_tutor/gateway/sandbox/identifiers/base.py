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

from xblock_ai_tutor.gateway.sandbox.identifiers.searched import Searched, Sign, Words

# Where an identifier may begin and end: not inside a word or a number. An underscore or a letter of another alphabet
# does not protect it (file names, running Chinese). `START` stands after the first character, so that the regular
# expression engine can skip to that character's class; patterns are several times faster that way.
START: Final = r"(?<![A-Za-z0-9].)"
END: Final = r"(?![A-Za-z0-9])"
# A number that is part of a price, a decimal or a longer number is no identifier. A comma may stand beside one: nobody
# writes thousands beside nine digits in a row, and tables are pasted as comma-separated values.
# (A folder of a year or a month is: `/2026/03/07700900123.pdf`.)
NOT_IN_NUMBER: Final = r"(?<![0-9][.\-].)(?:(?<![0-9]/.)|(?<=/20[0-9]{2}/.)|(?<=/[01][0-9]/.))"
START_NUMBER: Final = rf"(?<![A-Za-z0-9£$€+].){NOT_IN_NUMBER}"
END_NUMBER: Final = r"(?![A-Za-z0-9%]|[./\-][0-9])"
# What people put between the digits of a number, a line break included; a tab sets the cells of a table apart.
SEP: Final = r"[ \n\r\f\v.\-/_]{0,3}"
# What stands between a label and its value: punctuation of prose, tables and JSON, and a few small words.
LINK: Final = (
    r"[\s:;#=.,\-\"'`…()\[\]{|<>*_]{0,12}"
    r"(?:(?:is|was|are|no|nos|num|number|numbers|ref|reference|id|code|of|for|the|my|his|her|their|your|client|patient|"
    r"customer|applicant|claimant|defendant|holder|given|such|like|as|value|reads|should|be|"
    r"yw|ydy|rhif|y|yr|fy|ei|eich|est|le|la|de|du|son|mon|votre|num.ro|n°)(?![A-Za-z0-9])"
    r"[\s:;#=.,\-\"'`…()\[\]{|<>*_]{0,12}){0,4}"
)

# What stands between a value and the name that follows it: "201575 as the sort code".
NAMED_AFTER: Final = (
    r"[\s\"'*_)\],]{0,3}"
    r"(?:(?:as|is|was|a|an|the|my|his|her|our|your|their|valid|right|correct|for|of)\s){0,4}\(?"
)

# Where a word begins and ends, also inside a key such as `nationalInsuranceNumber`; under the flag `i`.
_WORD_BEGINS: Final = r"(?:(?<![A-Za-z])|(?-i:(?<=[a-z])(?=[A-Z])))"
_WORD_ENDS: Final = r"(?-i:(?![a-z])(?!(?<=[A-Z])[A-Z]))"
_RIGHT_BEFORE: Final = 24

# How an identifier was known, the surest first. A label decides the type, also from nearby: of numbers of one type, one
# in eleven has the check digit of another.
LABELLED: Final = 4
NAMED_NEARBY: Final = 3
UNMISTAKABLE: Final = 2
IN_CONTEXT: Final = 1


def digits_of(text: str) -> str:
    """Return the ASCII digits of `text`."""
    return "".join(char for char in text if "0" <= char <= "9")


def compact(text: str) -> str:
    """Return `text` as it is compared: ASCII letters and digits alone, in upper case."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


# In a text with such a pair words may begin anywhere.
_CAMEL: Final = Sign(re.compile("[a-z][A-Z]"))


def words(pattern: str) -> Words:
    """Return the words that `pattern` matches, in any case: whole ones, also inside a key such as `cardNumber`."""
    return Words(
        re.compile(rf"(?i){_WORD_BEGINS}(?:{pattern}){_WORD_ENDS}"),
        (Sign(re.compile(rf"(?i)(?<![A-Za-z])(?:{pattern})(?:(?-i:[^a-z])|\Z)")), _CAMEL),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """An identifier at `start:end` of a view; `rank` says how it was known (LABELLED … IN_CONTEXT)."""

    start: int
    end: int
    rank: int


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which an identifier with digits is written.

    `pattern` finds candidates (group `id` when the pattern holds more than the identifier); `valid` accepts them;
    `context`, if any, must be found within `before` characters before or `after` characters after the candidate, or at
    the head of its column; `unless`, if any, must not be found right before it. `digits` is how many its number has at
    least. A pattern that begins with a `label` has `starts`: how its labels begin, in small letters.
    """

    pattern: re.Pattern[str]
    valid: Callable[[str], bool] | None = None
    context: Words | None = None
    unless: re.Pattern[str] | None = None
    rank: int = UNMISTAKABLE
    before: int = 120
    after: int = 50
    digits: int = 1
    label: Words | None = None
    starts: tuple[str, ...] = ()

    @property
    def signs(self) -> tuple[Sign, ...]:
        """What a text must hold for this form to be sought in it; none: the form says enough."""
        needed = self.label or self.context
        return needed.signs if needed else ()

    def find(self, searched: Searched) -> Iterator[Found]:
        """Yield the identifiers of this form; they may overlap."""
        text = searched.text
        for start, end, value in self._candidates(searched):
            if self.valid is not None and not self.valid(value):
                continue
            if self.context is not None and not searched.is_near(
                self.context, start, end, before=self.before, after=self.after
            ):
                continue
            if self.unless is not None and self.unless.search(text[max(0, start - _RIGHT_BEFORE) : start]):
                continue
            yield Found(start, end, self.rank)

    def _candidates(self, searched: Searched) -> Iterator[tuple[int, int, str]]:
        if not self.starts:
            yield from searched.matches(self.pattern, self.digits)
        for at in searched.begins_before(self.starts, self.digits):
            if _begins_word(searched.text, at) and (match := self.pattern.match(searched.text, at)):
                yield match.start("id"), match.end("id"), match["id"]


def _begins_word(text: str, at: int) -> bool:
    """Tell whether a word begins at `at`, also inside a key such as `nationalInsuranceNumber`."""
    before = text[at - 1] if at else " "
    return not (before.isascii() and before.isalpha()) or (before.islower() and text[at].isupper())


@dataclass(frozen=True, slots=True)
class Identifier:
    """One type of identifier. `key` turns a value (as seen in the view) into the form in which values are compared.

    `forms` are looked for in texts with digits; `finder` is for the few types that patterns alone cannot find well, and
    is asked of texts with one of `signs`. What it finds is, from beginning to end, in one of its `shapes`.
    """

    type: str
    label: str
    forms: tuple[Form, ...] = ()
    key: Callable[[str], str] = compact
    finder: Callable[[Searched], Iterator[Found]] | None = None
    signs: tuple[Sign, ...] = ()
    shapes: tuple[re.Pattern[str], ...] = ()


def labelled(
    label: str,
    value: str,
    *starts: str,
    valid: Callable[[str], bool] | None = None,
    rank: int = LABELLED,
    digits: int = 1,
    unless: re.Pattern[str] | None = None,
    plural: str = "s?",
) -> Form:
    """Return the form of `value` right after `label`: the label is not part of what is held back.

    `plural` is how the label's plural ends: nothing where that is a word of all prose ("accounts").
    """
    label = f"(?:{label}){plural}"
    pattern = rf"(?is){label}{_WORD_ENDS}{LINK}(?P<id>{value})"
    return Form(re.compile(pattern), valid, None, unless, rank, digits=digits, label=words(label), starts=starts)
