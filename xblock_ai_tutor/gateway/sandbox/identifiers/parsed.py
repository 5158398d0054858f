"""A pattern as the standard library's own parser reads it: which characters its parts take. Called by `shapes`.

The parser's names are not documented; that they are what they were is tested by every pattern of the registry, which
is read when the gateway starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from re import IGNORECASE, Pattern, _parser  # type: ignore[attr-defined]
from typing import Any, Final

# Characters outside ASCII are letters or not, unless a pattern names one.
LETTER: Final = "é"
SIGN: Final = "☃"
_ASCII: Final = tuple(map(chr, range(128)))
# What the parser calls a single character of a pattern.
SINGLE: Final = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN"})


def parse(pattern: Pattern[str]) -> Any:
    """Return the parts of a pattern: each an operation and what is given with it."""
    return _parser.parse(pattern.pattern, pattern.flags)


def alphabet_of(parsed: Sequence[Any]) -> frozenset[str]:
    """Return the characters that patterns tell apart; `LETTER` and `SIGN` stand for all others."""
    return frozenset((*_ASCII, LETTER, SIGN, *_named_in(parsed)))


def identifier(tree: Any, group: int | None, flags: int) -> tuple[Any, int]:
    """Return the part of a pattern that its group `id` is, and the flags that hold in it; else all of it."""
    for operation, given in tree:
        if group is not None and str(operation) == "SUBPATTERN":
            number, added, removed, inner = given
            if number == group:
                return inner, (flags | added) & ~removed
    return tree, flags


def not_before(item: tuple[Any, Any], alphabet: frozenset[str], flags: int) -> frozenset[str]:
    """Return what may not stand before a first character by the assertion after it: `(?<![…].)`, as in `START`."""
    operation, given = item
    if str(operation) != "ASSERT_NOT" or given[0] > 0 or len(given[1]) != 2:
        return frozenset()
    first, second = given[1]
    is_start = str(first[0]) in SINGLE and str(second[0]) == "ANY"
    return characters(first, alphabet, flags) if is_start else frozenset()


def characters(item: tuple[Any, Any], alphabet: frozenset[str], flags: int) -> frozenset[str]:
    """Return the characters of the alphabet that one position of a pattern takes."""
    operation, given = item
    match str(operation):
        case "ANY":
            return alphabet
        case "NOT_LITERAL":
            return alphabet - characters((_parser.LITERAL, given), alphabet, flags)
        case "LITERAL":
            found = {chr(given)}
        case _:
            members = [member for member in given if str(member[0]) != "NEGATE"]
            found = {char for char in alphabet for member in members if _is_member(char, *member)}
            if flags & IGNORECASE:
                found |= {char for char in alphabet if {char.lower(), char.upper()} & found}
            return frozenset(alphabet - found if len(members) < len(given) else found)
    if flags & IGNORECASE:
        found |= {char for one in found for char in (one.lower(), one.upper())}
    return frozenset(found)


def _is_member(char: str, operation: Any, given: Any) -> bool:
    match str(operation):
        case "LITERAL":
            return bool(ord(char) == given)
        case "RANGE":
            return bool(given[0] <= ord(char) <= given[1])
        case "CATEGORY":
            name = str(given).removeprefix("CATEGORY_")
            kind = name.removeprefix("NOT_")
            is_one = {"DIGIT": char.isdigit(), "SPACE": char.isspace(), "WORD": char.isalnum() or char == "_"}[kind]
            return bool(is_one != (kind != name))
    raise ValueError(f"{operation} is not read here.")


def _named_in(tree: Any) -> Iterator[str]:
    """Yield the characters that patterns name one by one."""
    if isinstance(tree, tuple) and len(tree) == 2 and str(tree[0]) in ("LITERAL", "NOT_LITERAL"):
        yield chr(tree[1])
    elif isinstance(tree, list | tuple | _parser.SubPattern):
        for part in tree:
            yield from _named_in(part)
