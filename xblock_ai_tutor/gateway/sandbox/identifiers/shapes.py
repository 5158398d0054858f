"""Whether the end of a text can be the beginning of something that a pattern describes: told from the patterns alone.

`re` says where a pattern matches, and not where it could match if the text went on. So each pattern is read with the
standard library's own parser into its positions, the single characters that it is made of, and which can follow which
(Glushkov's automaton). A text is followed through all patterns at once; what is left of them at its end is what has
begun there. Nothing is left out that a pattern could match: what looks ahead is passed over, and so is what looks
behind, but for the rule of how an identifier begins (`base.START`). Called by `identifiers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from re import IGNORECASE, Pattern
from typing import Any, Final

from xblock_ai_tutor.gateway.sandbox.identifiers.parsed import (
    LETTER,
    SIGN,
    SINGLE,
    alphabet_of,
    characters,
    identifier,
    not_before,
    parse,
)

# A repetition that may go on so much longer than it must may go on for ever.
_LONG: Final = 12
# How many states are remembered: ordinary prose makes some hundreds.
_REMEMBERED: Final = 5_000

Positions = frozenset[int]
_NOWHERE: Final[Positions] = frozenset()


class _State(dict[str, "_State"]):
    """Where a text stands in all patterns, and for each next character where it stands then, once that was asked."""

    __slots__ = ("after", "positions", "shapes", "starting", "whole")

    def __init__(self, shapes: Shapes, positions: Positions, after: int, *, starting: bool) -> None:
        """`after` is the kind of the last character; `starting` whether something may begin with the next."""
        super().__init__()
        self.shapes, self.positions, self.after, self.starting = shapes, positions, after, starting
        self.whole = positions & shapes.last

    def __missing__(self, char: str) -> _State:
        state = self[char] = self.shapes.step(self, char)
        return state


@dataclass(slots=True)
class _Part:
    """A part of a pattern: whether it may be empty, and with which positions it begins and ends."""

    empty: bool = True
    first: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)


class Shapes:
    """Some patterns, in order. Where one has a group `id`, only what that group matches counts as begun or whole."""

    def __init__(self, patterns: Sequence[Pattern[str]]) -> None:
        """Patterns are for views (`sandbox.view`)."""
        self._number = 0  # of the pattern that is being read
        self._of: list[int] = []
        self._chars: list[frozenset[str]] = []
        self._not_after: list[frozenset[str]] = []
        self._follow: list[set[int]] = []
        self._groups: dict[int | None, tuple[Any, int]] = {}  # what the groups of the pattern are, and their flags
        self._classes: dict[tuple[str, int], frozenset[str]] = {}
        parsed = [parse(pattern) for pattern in patterns]
        self._alphabet = alphabet_of(parsed)
        first: set[int] = set()
        last: set[int] = set()
        for self._number, tree in enumerate(parsed):
            self._groups.clear()
            part = self._sequence(*identifier(tree, tree.state.groupdict.get("id"), tree.state.flags))
            first |= part.first
            last |= part.last
        self._first, self.last = frozenset(first), frozenset(last)
        self._kinds, self._not_after_kinds = self._kinds_of_last()
        self._states: dict[tuple[Positions, int, bool], _State] = {}
        self._classes.clear()

    def begun_in(self, text: str) -> Positions:
        """Return what may have begun in `text` and reaches its end, unless something else must follow."""
        state = self._state(_NOWHERE, self._kinds[""], starting=True)
        for char in self._seen(text):
            state = state[char]
        return state.positions

    def going_on(self, begun: Positions, before: str, text: str) -> Positions:
        """Return what of `begun` goes on over all of `text`, which stands after `before`, or was whole within it."""
        state, whole = self._state(begun, self._kinds[self._seen(before[-1:])], starting=False), _NOWHERE
        for char in self._seen(text):
            state = state[char]
            whole |= state.whole
            if not state.positions:
                break
        return state.positions | whole

    def patterns_of(self, begun: Positions) -> set[int]:
        """Return the numbers of the patterns that `begun` belongs to."""
        return {self._of[position] for position in begun}

    def step(self, state: _State, char: str) -> _State:
        """Return where a text stands after `char`."""
        following = set(self._first) if state.starting else set()
        following.update(*(self._follow[position] for position in state.positions))
        positions = frozenset(
            position
            for position in following
            if char in self._chars[position] and state.after not in self._not_after_kinds[position]
        )
        return self._state(positions, self._kinds[char], starting=state.starting)

    def _state(self, positions: Positions, after: int, *, starting: bool) -> _State:
        key = (positions, after, starting)
        if (state := self._states.get(key)) is None:
            if len(self._states) >= _REMEMBERED:
                self._states.clear()
            state = self._states[key] = _State(self, positions, after, starting=starting)
        return state

    def _seen(self, text: str) -> str:
        """Return `text` in the alphabet's characters."""
        if text.isascii():
            return text
        return "".join(
            char if char in self._alphabet else LETTER if char.isalnum() else " " if char.isspace() else SIGN
            for char in text
        )

    def _sequence(self, tree: Any, flags: int) -> _Part:
        whole = _Part()
        items = list(tree)
        for at, item in enumerate(items):
            part = self._part(item, flags)
            if str(item[0]) in SINGLE and at + 1 < len(items):
                for position in part.first:
                    self._not_after[position] |= not_before(items[at + 1], self._alphabet, flags)
            self._join(whole, part)
        return whole

    def _join(self, whole: _Part, part: _Part) -> None:
        """Put `part` after `whole`."""
        for position in whole.last:
            self._follow[position] |= part.first
        if whole.empty:
            whole.first |= part.first
        whole.last = whole.last | part.last if part.empty else set(part.last)
        whole.empty = whole.empty and part.empty

    def _part(self, item: tuple[Any, Any], flags: int) -> _Part:  # noqa: PLR0911 - one for each kind
        operation, given = item
        match str(operation):
            case name if name in SINGLE:
                return self._character(self._class(item, flags))
            case "SUBPATTERN":
                group, added, removed, tree = given
                self._groups[group] = (tree, (flags | added) & ~removed)
                return self._sequence(*self._groups[group])
            case "ATOMIC_GROUP":
                return self._sequence(given, flags)
            case "BRANCH":
                return _either(self._sequence(tree, flags) for tree in given[1])
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, tree = given
                return self._repeated(least, most, tree, flags)
            case "GROUPREF":
                return self._sequence(*self._groups[given])  # whatever the group could match
            case "ASSERT" | "ASSERT_NOT" | "AT":
                return _Part()
        raise ValueError(f"{operation} is not read here.")

    def _kinds_of_last(self) -> tuple[dict[str, int], list[frozenset[int]]]:
        """Return of what kind each character is as the last one, and the kinds that each position may not stand after.

        Characters are of one kind that the same positions may not stand after.
        """
        sets = list(set(self._not_after))
        numbers: dict[tuple[bool, ...], int] = {}
        kinds = {
            char: numbers.setdefault(tuple(char in one for one in sets), len(numbers)) for char in ("", *self._alphabet)
        }
        return kinds, [frozenset(kinds[char] for char in one) for one in self._not_after]

    def _class(self, item: tuple[Any, Any], flags: int) -> frozenset[str]:
        """Return the characters of the alphabet that `item` takes."""
        key = (str(item), flags & IGNORECASE)
        if key not in self._classes:
            self._classes[key] = characters(item, self._alphabet, flags)
        return self._classes[key]

    def _character(self, chars: frozenset[str]) -> _Part:
        position = len(self._chars)
        self._of.append(self._number)
        self._chars.append(chars)
        self._not_after.append(frozenset())
        self._follow.append(set())
        return _Part(empty=False, first={position}, last={position})

    def _repeated(self, least: int, most: int, tree: Any, flags: int) -> _Part:
        whole = _Part()
        for _ in range(least):
            self._join(whole, self._sequence(tree, flags))
        if most - least > _LONG:
            part = self._sequence(tree, flags)
            self._follow_on(part)
            part.empty = True
            self._join(whole, part)
            return whole
        more = _Part()
        for _ in range(most - least):
            part = self._sequence(tree, flags)
            self._join(part, more)
            part.empty = True
            part.last |= more.last
            more = part
        self._join(whole, more)
        return whole

    def _follow_on(self, part: _Part) -> None:
        """Let `part` come after itself."""
        for position in part.last:
            self._follow[position] |= part.first


def _either(parts: Iterable[_Part]) -> _Part:
    whole = _Part(empty=False)
    for part in parts:
        whole.empty = whole.empty or part.empty
        whole.first |= part.first
        whole.last |= part.last
    return whole
