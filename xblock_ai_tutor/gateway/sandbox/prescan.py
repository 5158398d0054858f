"""Which of many patterns can match a text at all: asked of all of them in one pass over it. Judges nothing.

A rule of the sandbox is a list of patterns, and most texts match none of them. RE2 runs a list as one automaton, in
time linear in the text and hardly dependent on how many there are; it knows no looking around and tells no places. So
each pattern is loosened (`loosened`) into one that RE2 can run and that matches wherever the pattern does, and often
elsewhere; `re` then runs those that answered. What is found is the same as if all had been run: `test_prescan.py` puts
that to every pattern in use. Called by `identifiers`, `markings`, `links` and the rules of prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import re2

_LOOKING: Final = ("(?=", "(?!", "(?<=", "(?<!")
_REPEATED: Final = re.compile(r"\{([0-9]+)(,?)([0-9]*)\}")
# Counting makes an automaton large: a repetition that may go on longer may go on for ever, and one of more is cut here.
_COUNTED: Final = 2
_LEAST: Final = 12
_NAMED: Final = re.compile(r"\(\?P<\w+>|\((?!\?)")
_REFERENCE: Final = re.compile(r"\(\?P=\w+\)|\\[1-9]")
# The flags of a pattern, and what may not stand before it: nothing of the pattern does, so that can be looked at.
_BEGINS: Final = re.compile(r"(?:\(\?[a-z]+\))?(?:\(\?<!\[(?P<before>[^\]\\]+\])\))?")
_FLAGS: Final = (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL))
# To `re` a vertical tab is white space. (The controls that also are have no place in a view.)
_ESCAPES: Final = {r"\s": r"[\s\x0b]", r"\Z": r"\z"}


class Prescan:
    """Some patterns, in order, and which of them can match a text."""

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        """Patterns are for views (`sandbox.view`), whose spaces and digits are ASCII."""
        self.patterns = tuple(patterns)
        options = re2.Options()
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        for pattern in self.patterns:
            self._set.Add(loosened(pattern))
        # What always matches: an answer without it is none, and then every pattern can match.
        self._always = self._set.Add("")
        self._set.Compile()

    def possible(self, text: bytes) -> Sequence[int]:
        """Return the numbers of the patterns that can match a text, given as `folding.scannable`, in no order."""
        found: list[int] = self._set.Match(text) or []
        try:
            found.remove(self._always)
        except ValueError:
            return range(len(self.patterns))
        return found

    def those_for(self, text: bytes) -> list[re.Pattern[str]]:
        """Return the patterns that can match a text, given as `folding.scannable`, in no order."""
        return [self.patterns[number] for number in self.possible(text)]


def loosened(pattern: re.Pattern[str]) -> str:
    """Return a pattern for RE2 that matches every text, prepared as by `folding.scannable`, that `pattern` matches.

    What looks around is left out, but for a class that may not stand before the whole; groups have no names; a
    reference to a group is anything; counted repetitions may go on. Raises `ValueError` for a letter outside ASCII,
    which a text so prepared has not.
    """
    source = pattern.pattern
    if any(char.isalnum() for char in source if not char.isascii()):
        raise ValueError(f"A letter outside ASCII cannot be sought here: {source}")
    parts = [f"(?{flag})" for flag, bit in _FLAGS if pattern.flags & bit]
    begins = _BEGINS.match(source)
    at = begins.end() if begins else 0
    if begins and begins["before"]:
        parts.append(rf"(?:\A|{_loosened_class('[^' + begins['before'])})")
    while at < len(source):
        part, at = _next_part(source, at)
        parts.append(part)
    return "".join(parts)


def _next_part(source: str, at: int) -> tuple[str, int]:  # noqa: PLR0911 - one for each kind
    """Return what the part of the pattern at `at` becomes, and where the next one begins."""
    if source.startswith(_LOOKING, at):
        return "", _group_end(source, at)
    if source[at] == "[":
        end = _class_end(source, at)
        return _loosened_class(source[at:end]), end
    if match := _REFERENCE.match(source, at):
        return "(?s:.*)", match.end()
    if source[at] == "\\":
        escape = source[at : at + 2]
        return _ESCAPES.get(escape, escape), at + 2
    if match := _NAMED.match(source, at):
        return "(?:", match.end()
    if match := _REPEATED.match(source, at):
        return _loosened_repetition(match), match.end()
    # `$` of `re` also stands before a line's end that is the last character.
    return "(?m:$)" if source[at] == "$" else source[at], at + 1


def _loosened_repetition(match: re.Match[str]) -> str:
    least, most = int(match[1]), match[3] if match[2] else match[1]
    if most and int(most) <= _COUNTED:
        return match[0]
    if most and int(most) == least <= _LEAST:
        return f"{{{least}}}"
    return f"{{{min(least, _LEAST)},}}"


def _loosened_class(source: str) -> str:
    if source.startswith("[^"):
        if r"\W" in source:
            return r"\w"
        # The letter that stands for those outside ASCII is none of the ASCII letters.
        source = source.replace("a-z", "a-pr-z").replace("A-Z", "A-PR-Z")
        if re.search("[A-Za-z]-[A-Za-z]|[qQ]", re.sub("a-pr-z|A-PR-Z", "", source)):
            return "(?s:.)"
    return source.replace(r"\s", r"\s\x0b")


def _group_end(source: str, at: int) -> int:
    """Return where the group that begins at `at` has ended."""
    depth = 0
    while True:
        if source[at] == "[":
            at = _class_end(source, at)
            continue
        depth += (source[at] == "(") - (source[at] == ")")
        at += 2 if source[at] == "\\" else 1
        if not depth:
            return at


def _class_end(source: str, at: int) -> int:
    """Return where the class of characters that begins at `at` has ended."""
    at += 2 if source[at + 1] == "^" else 1
    first = at
    while source[at] != "]" or at == first:
        at += 2 if source[at] == "\\" else 1
    return at + 1
