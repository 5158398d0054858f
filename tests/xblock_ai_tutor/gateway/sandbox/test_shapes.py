"""Claims about telling from a pattern what may have begun: nothing that it matches is missed, at no place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xblock_ai_tutor.gateway.sandbox.identifiers import REGISTRY
from xblock_ai_tutor.gateway.sandbox.identifiers.shapes import Shapes

PATTERNS = (
    r"a(?:b|cd){2,3}e?",
    r"(?i)[x-z]{0,20}k",
    r"(?P<part>[ab])-(?P=part)",
    r"label (?P<id>[0-9]{2}\s[0-9])",
    r"[^\W\d_]+\.\w",
    r"a(?<![0-9].)b(?=c)(?!d)",
    r"x(?:ab){1,2}(?<![x].)c?",
    r"(?:a?b?){1,2}c",
    "(?-i:A)(?i:b)",
)


@pytest.mark.parametrize("source", PATTERNS)
@given(data=st.data())
def test_every_beginning_of_a_match_is_seen(source: str, data: st.DataObject) -> None:
    pattern = re.compile(source)
    text = data.draw(st.from_regex(pattern, alphabet=st.characters(max_codepoint=0x17F)))
    shapes = Shapes([pattern])
    for match in pattern.finditer(text):
        start, end = match.span("id" if "id" in pattern.groupindex else 0)
        for place in range(start + 1, end):
            begun = shapes.begun_in(text[:place])
            assert all(shapes.going_on(begun, text[:place], text[place:stop]) for stop in range(place, len(text) + 1))


def test_what_cannot_be_a_beginning_is_told_from_it() -> None:
    shapes = Shapes([re.compile("[0-9]{2}-[0-9]{2}"), re.compile(r"(?s)[A-Z](?<![A-Za-z0-9].)[0-9]{3}")])
    begun = shapes.begun_in("no 12-")
    assert shapes.patterns_of(begun) == {0}
    assert shapes.going_on(begun, "no 12-", "3")
    assert not shapes.going_on(begun, "no 12-", "x")
    assert shapes.going_on(begun, "no 12-", "34 and so on"), "what was whole within it is not forgotten"
    assert shapes.patterns_of(shapes.begun_in("is A")) == {1}
    assert not shapes.begun_in("isA")


@pytest.mark.parametrize("identifier", [one for one in REGISTRY if one.finder], ids=lambda one: one.type)
def test_each_finder_says_what_it_finds_looks_like(identifier: object) -> None:
    assert identifier.shapes  # type: ignore[attr-defined]
